/**
 * Environment variables that an override may not set, since no other value than the operator's can work: the node would
 * lose its identity, its data, or its peers. Asked for at admission and again when a spec is resolved.
 */
import type { OverrideBlock } from './workload-override.ts';

/** Variables that are reserved for one and the same cause. */
export interface Reservation {
  readonly names: readonly string[];
  /** What goes wrong with another value. */
  readonly problem: string;
  /** What to do instead. */
  readonly cure: string;
}

const leaveOut = 'Leave it out';

const datastore = (...names: readonly string[]): Reservation => ({
  names: [...names, 'CALICO_API_GROUP'],
  problem: 'it says where Calico keeps its data, and with another value the program would find none',
  cure: leaveOut,
});

const identity = (...names: readonly string[]): Reservation => ({
  names,
  problem: 'it says which node the program works for, and with another value that node loses its network',
  cure: leaveOut,
});

const certificates = (...names: readonly string[]): Reservation => ({
  names,
  problem:
    'it belongs to the certificates that the operator mounts, and with another value peers are refused',
  cure: 'Leave it out; certificates of your own go into the Secrets node-certs and typha-certs of the operator',
});

const health = (prefix: string): Reservation => ({
  names: ['HEALTHENABLED', 'HEALTHHOST', 'HEALTHPORT'].map((name) => `${prefix}_${name}`),
  problem: 'the probes of the pod ask there, and would restart it again and again',
  cure: 'Leave it out; the port follows healthPort of FelixConfiguration default',
});

const init: Reservation = {
  names: ['SLEEP'],
  problem: 'an init container that does not end keeps its pod from starting',
  cure: leaveOut,
};

const typhaOfFelix = certificates(
  ...['ADDR', 'CAFILE', 'CERTFILE', 'CN', 'K8SNAMESPACE', 'K8SSERVICENAME', 'KEYFILE', 'URISAN'].map(
    (name) => `FELIX_TYPHA${name}`,
  ),
);

const felix: readonly Reservation[] = [
  datastore('DATASTORE_TYPE', 'FELIX_DATASTORETYPE'),
  identity('NODENAME', 'FELIX_FELIXHOSTNAME', 'NAMESPACE', 'KUBERNETES_NODE_NAME'),
  typhaOfFelix,
  health('FELIX'),
  init,
];

/** Reserved variables of every container of a block. */
export const reservedVariables: Readonly<Record<OverrideBlock, readonly Reservation[]>> = {
  calicoNodeDaemonSet: felix,
  calicoNodeWindowsDaemonSet: felix,
  calicoKubeControllersDeployment: [datastore('DATASTORE_TYPE'), certificates('CA_CRT_PATH')],
  typhaDeployment: [
    datastore('TYPHA_DATASTORETYPE', 'TYPHA_K8SNAMESPACE'),
    certificates(
      'TYPHA_CAFILE',
      'TYPHA_CLIENTCN',
      'TYPHA_CLIENTURISAN',
      'TYPHA_SERVERCERTFILE',
      'TYPHA_SERVERKEYFILE',
    ),
    health('TYPHA'),
    {
      names: ['TYPHA_SERVERPORT'],
      problem: 'the Service of Typha leads to another port',
      cure: leaveOut,
    },
    {
      names: ['TYPHA_SHUTDOWNTIMEOUTSECS'],
      problem: 'it follows from the time that pods get to end',
      cure: 'Set terminationGracePeriodSeconds of typhaDeployment',
    },
  ],
  csiNodeDriverDaemonSet: [
    identity('KUBE_NODE_NAME'),
    {
      names: ['ADDRESS', 'DRIVER_REG_SOCK_PATH'],
      problem: 'the kubelet looks for the driver there',
      cure: 'Leave it out; the path follows kubeletVolumePluginPath',
    },
  ],
};

/** Reserved besides in init containers that ask for certificates: what they ask for, and where they leave it. */
export const provisionerVariables = certificates(
  'APP_NAME',
  'CA_CERT',
  'CA_CERT_NAME',
  'CERTIFICATE_PATH',
  'CERT_NAME',
  'COMMON_NAME',
  'DNS_NAMES',
  'KEY_NAME',
  'POD_IP',
  'POD_NAME',
  'POD_NAMESPACE',
  'SECRET_NAME',
  'SIGNER',
);
