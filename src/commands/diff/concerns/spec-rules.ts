/** Fields of the Installation whose change users' pods notice. Data, but for what a rule says of two values. */
import type { FieldPath } from '../../../api/refusal.ts';
import { showValue } from '../../../resolve/findings.ts';
import type { Concern } from '../types.ts';

/** One field to look at. */
export interface SpecRule {
  readonly topic: string;
  /** Below `spec`. */
  readonly field: FieldPath;
  /** What an absent value means. */
  readonly absent?: unknown;
  /** Undefined where the change harms nobody. */
  readonly judge: (from: unknown, to: unknown) => Pick<Concern, 'severity' | 'because'> | undefined;
}

const disruptive = (because: string) => ({ severity: 'disruptive', because }) as const;
const note = (because: string) => ({ severity: 'note', because }) as const;
const always = (because: string) => () => disruptive(because);
const onlyNew = () =>
  note('it takes effect in pods that start from then on; running ones keep what they have');

/** Of two rules about one topic the first counts. Fields without a rule harm nobody, or objects tell what they bring about. */
export const specRules: readonly SpecRule[] = [
  {
    topic: 'data plane',
    field: 'calicoNetwork.linuxDataplane',
    absent: 'Iptables',
    judge: always(
      'each node takes its packet rules down and sets up others: connections, above all those through Services, may break there, and until all nodes are done both kinds run side by side',
    ),
  },
  {
    topic: 'BGP',
    field: 'calicoNetwork.bgp',
    judge: (from, to) =>
      to === 'Disabled'
        ? disruptive(
            'BGP sessions end and their routes are withdrawn: pods of pools with IPIP or without encapsulation are cut off from other nodes, and every peer outside of the cluster loses its routes to pods',
          )
        : from === undefined
          ? undefined
          : note('nodes open BGP sessions with each other: TCP port 179 has to be open between them'),
  },
  {
    topic: 'routing',
    field: 'calicoNetwork.clusterRoutingMode',
    absent: 'BIRD',
    judge: always(
      'routes to the pods of other nodes are taken down by one program and set by another, node by node: packets between nodes get lost meanwhile',
    ),
  },
  {
    topic: 'MTU',
    field: 'calicoNetwork.mtu',
    absent: 0,
    judge: (_, to) =>
      disruptive(
        `running pods keep the MTU they started with, tunnels and new pods take ${to === 0 ? 'the one that is found out on each node' : 'the new one'}: until all pods are started again, large packets between the two may get lost`,
      ),
  },
  ...(['V4', 'V6'] as const).map(
    (family): SpecRule => ({
      topic: `node address ${family}`,
      field: `calicoNetwork.nodeAddressAutodetection${family}`,
      // A node that gets its first address of a family loses nothing.
      judge: (from) =>
        from === undefined
          ? undefined
          : disruptive(
              "each node looks for its address anew when its calico-node restarts: where it finds another one, the node's tunnels, routes and BGP sessions are made again, and its pods are cut off from other nodes meanwhile",
            ),
    }),
  ),
  {
    topic: 'CNI plugin',
    field: 'cni.type',
    judge: always(
      'running pods keep the interface and the address of the plugin that started them, and new ones cannot reach them until every pod of the cluster is started again',
    ),
  },
  {
    topic: 'IPAM',
    field: 'cni.ipam.type',
    judge: always(
      'running pods keep addresses that the new IPAM plugin knows nothing of and may give to others: every pod of the cluster has to be started again',
    ),
  },
  ...(['binDir', 'confDir'] as const).map(
    (directory): SpecRule => ({
      topic: `CNI ${directory}`,
      field: `cni.${directory}`,
      judge: always(
        'no pod starts on a node whose container runtime does not look there, and what lies in the former directory stays',
      ),
    }),
  ),
  {
    topic: 'host ports',
    field: 'calicoNetwork.hostPorts',
    absent: 'Enabled',
    judge: (_, to) =>
      to === 'Disabled'
        ? disruptive('pods that start from then on are not reachable at their hostPort')
        : onlyNew(),
  },
  { topic: 'sysctl', field: 'calicoNetwork.sysctl', judge: onlyNew },
  {
    topic: 'policy setup',
    field: 'calicoNetwork.linuxPolicySetupTimeoutSeconds',
    absent: 0,
    judge: (_, to) =>
      note(
        to === 0
          ? 'pods that start from then on do not wait until their policies are in force: their first packets may be judged by none'
          : `pods that start from then on wait until their policies are in force, ${showValue(to)} s at most`,
      ),
  },
  {
    topic: 'IP forwarding',
    field: 'calicoNetwork.containerIPForwarding',
    absent: 'Disabled',
    judge: onlyNew,
  },
  {
    topic: 'Windows',
    field: 'calicoNetwork.windowsDataplane',
    absent: 'Disabled',
    judge: (_, to) =>
      to === 'Disabled'
        ? disruptive('Windows nodes lose their network plugin: no pod starts there any more')
        : undefined,
  },
  {
    topic: 'certificates',
    field: 'certificateManagement.signerName',
    judge: (_, to) =>
      note(
        to === undefined
          ? 'certificates come from the authority of the operator again; Typha follows first, then calico-node, and both authorities are trusted meanwhile'
          : `each pod of Calico that starts from then on waits until signer ${showValue(to)} has signed its request; Typha follows first, then calico-node, and both authorities are trusted meanwhile`,
      ),
  },
  {
    topic: 'authority',
    field: 'certificateManagement.caCert',
    judge: (from, to) =>
      from === undefined || to === undefined
        ? undefined
        : note('Typha follows first, then calico-node, and both authorities are trusted meanwhile'),
  },
  {
    topic: 'TLS',
    field: 'tlsCipherSuites',
    judge: (from, to) =>
      isDisjoint(from, to)
        ? disruptive(
            'no suite is in both lists: until all pods of Calico are replaced, those with TLS 1.2 refuse each other across the two, and calico-node gets no news of policies and pods where Typha runs',
          )
        : note('peers that know none of these suites are refused'),
  },
  {
    topic: 'FIPS',
    field: 'fipsMode',
    absent: 'Disabled',
    judge: (_, to) =>
      note(
        to === 'Enabled'
          ? 'programs of Calico refuse peers without cryptography that FIPS 140 approves of'
          : 'programs of Calico accept cryptography again that FIPS 140 does not approve of',
      ),
  },
  {
    topic: 'platform',
    field: 'kubernetesProvider',
    absent: '',
    judge: () =>
      note(
        'rights, tolerations, directories and defaults of another platform apply: which of them change is in the objects; what was frozen in status.computed stays',
      ),
  },
  {
    topic: 'CSI driver',
    field: 'kubeletVolumePluginPath',
    // Where it goes altogether, its DaemonSet tells.
    judge: (from, to) =>
      isPath(from) && isPath(to)
        ? disruptive(
            'no pod with a volume of csi.tigera.io starts unless the kubelet looks into the new directory',
          )
        : undefined,
  },
  {
    topic: 'FlexVolume driver',
    field: 'flexVolumePath',
    judge: (from) =>
      isPath(from)
        ? note('the driver that was installed on the nodes stays where it is, and is not updated any more')
        : undefined,
  },
  ...(['nodeMetricsPort', 'typhaMetricsPort'] as const).map(
    (field): SpecRule => ({
      topic: field,
      field,
      judge: (from) =>
        from === undefined ? undefined : note('whoever reads metrics has to ask at the new port'),
    }),
  ),
  ...(['cniBinDir', 'cniConfigDir'] as const).map(
    (directory): SpecRule => ({
      topic: `Windows ${directory}`,
      field: `windowsNodes.${directory}`,
      // Where Windows comes or goes altogether, there is no directory before or after.
      judge: (from, to) =>
        from === undefined || to === undefined
          ? undefined
          : disruptive('no pod starts on a Windows node whose container runtime does not look there'),
    }),
  ),
  ...(
    [
      ['vxlanMACPrefix', '0E-2A'],
      ['vxlanAdapter', ''],
    ] as const
  ).map(
    ([field, absent]): SpecRule => ({
      topic: 'Windows VXLAN',
      field: `windowsNodes.${field}`,
      absent,
      judge: always(
        'the network of each Windows node is made anew: its pods are cut off meanwhile, and others reach them only when every node has learnt of it',
      ),
    }),
  ),
];

const isPath = (value: unknown): boolean => typeof value === 'string' && value.startsWith('/');

/** Suites of both lists that share nothing; an empty list allows what Go allows. */
function isDisjoint(from: unknown, to: unknown): boolean {
  const [old, next] = [namesIn(from), namesIn(to)];
  return old.length > 0 && next.length > 0 && !old.some((name) => next.includes(name));
}

function namesIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(({ name }: { readonly name: string }) => name) : [];
}
