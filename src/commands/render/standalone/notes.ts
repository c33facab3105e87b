/** Comments of a standalone manifest: what guides for Calico's own calico.yaml tell to edit, and where it is here. */
import type { KubeObject } from '../../../api/kubernetes.ts';
import { names } from '../../../render/shared/names.ts';
import { isWorkload } from './certificates.ts';

/** A comment and its place. */
export interface Note {
  /** The line that it stands before; the first that matches. */
  readonly before: RegExp;
  /** Without the number sign. */
  readonly lines: readonly string[];
}

/** The notes on one object. */
export function notesFor(object: KubeObject): readonly Note[] {
  const { name } = object.metadata;
  if (object.kind === 'ConfigMap' && name === names.cniConfig) return cniNotes;
  if (object.kind === 'Secret') return [secretNote];
  if (!isWorkload(object)) return [];
  if (name !== names.node) return [imageNote];
  const variables = object.spec.template.spec?.containers.flatMap(({ env = [] }) => env) ?? [];
  const isOpen = !variables.some((each) => each.name === 'CALICO_IPV4POOL_CIDR');
  return [imageNote, ...nodeNotes(isOpen ? openRange : givenRange)];
}

const imageNote: Note = {
  before: /^ +image: /,
  lines: [
    'Images of another registry: replace quay.io/calico/ in all of this file. Secrets to pull them with belong into the',
    'namespace calico-system, and their names into imagePullSecrets of each pod.',
  ],
};

const secretNote: Note = { before: /^type: |^data:/, lines: ['Given along with the Installation.'] };

const cniNotes: readonly Note[] = [
  {
    before: /^ {2}config: /,
    lines: [
      '"mtu" is that of pods (veth_mtu in other manifests); 0: that of the network less what tunnels need. It holds for',
      'new pods. To set it, set FELIX_IPINIPMTU, FELIX_VXLANMTU and FELIX_WIREGUARDMTU of calico-node along with it. After a',
      'change here: kubectl -n calico-system rollout restart daemonset calico-node',
    ],
  },
];

const variable = (name: string, ...lines: readonly string[]): Note => ({
  before: new RegExp(`^ *- name: ${name}$`),
  lines,
});

const givenRange = variable(
  'CALICO_IPV4POOL_CIDR',
  'Has to be the range of pods that the cluster was made with (kubeadm init --pod-network-cidr). Without this variable',
  "kubeadm's is taken, else 192.168.0.0/16.",
);

/** Where the range is left open, its variable stands in a comment. */
const openRange = variable(
  'CALICO_IPV4POOL_IPIP',
  'Has to be the range of pods that the cluster was made with. As long as it is not set, that of kubeadm',
  '(kubeadm init --pod-network-cidr) is taken, else 192.168.0.0/16.',
  '- name: CALICO_IPV4POOL_CIDR',
  '  value: 192.168.0.0/16',
);

const nodeNotes = (range: Note): readonly Note[] => [
  variable(
    'FELIX_DEFAULTENDPOINTTOHOSTACTION',
    'Any field of FelixConfiguration may be set as FELIX_ and its name in capitals, and wins over the resource:',
    '- name: FELIX_LOGSEVERITYSCREEN',
    '  value: Warning',
  ),
  {
    before: /^ *- name: CALICO_IPV4POOL_(IPIP|CIDR)$/,
    lines: [
      'The pool that addresses of pods come from. calico-node makes it when it starts and finds none: a change here does',
      'nothing once it is there. Edit the pool then: kubectl edit ippools.crd.projectcalico.org default-ipv4-ippool',
    ],
  },
  range,
  {
    before: /^ *- name: CALICO_IPV4POOL_IPIP$/,
    lines: [
      'IP-in-IP and VXLAN: Always, CrossSubnet (only between subnets) or Never; one of the two is Never. With VXLAN alone',
      'BGP is of no use: set CALICO_NETWORKING_BACKEND to vxlan, and take -bird-ready out of the readinessProbe.',
    ],
  },
  variable(
    'CALICO_NETWORKING_BACKEND',
    'bird: routes by BGP. vxlan: VXLAN without BGP. none: routes are the matter of somebody else.',
  ),
  variable(
    'IP_AUTODETECTION_METHOD',
    'How calico-node finds the address of its node: first-found, kubernetes-internal-ip, interface=eth.*,',
    'skip-interface=docker.*, can-reach=192.0.2.1, cidr=10.0.0.0/8.',
  ),
  variable(
    'IP6',
    'For IPv6: set it to autodetect, FELIX_IPV6SUPPORT to true, assign_ipv6 of the ConfigMap cni-config to true, and add',
    'CALICO_IPV6POOL_CIDR.',
  ),
];
