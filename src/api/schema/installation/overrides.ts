/** The workload overrides of the Installation, current and deprecated. */
import { atomicList, object, oneOf, openObject, optional } from '../kit.ts';
import {
  deploymentStrategy,
  initContainers,
  openContainer,
  override,
  podAdditions,
  spreadConstraints,
  terminationGracePeriod,
} from '../overrides.ts';
import { dnsConfig, nodeAffinity, resourceRequirements } from '../pod-types.ts';

const calicoNodeDaemonSet = override({
  workload: 'DaemonSet calico-node',
  containers: openContainer('calicoNodeDaemonSet', ['calico-node']),
  pod: {
    ...podAdditions,
    initContainers: initContainers(
      openContainer('calicoNodeDaemonSet', [
        'install-cni',
        'hostpath-init',
        'flexvol-driver',
        'ebpf-bootstrap',
        'node-certs-key-cert-provisioner',
        'calico-node-prometheus-server-tls-key-cert-provisioner',
        'mount-bpffs',
      ]),
      [
        {
          rule: '!self.exists(c, c.name == "mount-bpffs") || !self.exists(c, c.name == "ebpf-bootstrap")',
          message: 'mount-bpffs is the former name of ebpf-bootstrap: keep only ebpf-bootstrap',
        },
      ],
    ),
    dnsPolicy: optional(
      oneOf(['', 'Default', 'ClusterFirst', 'ClusterFirstWithHostNet', 'None'], 'DNS policy of the pods.'),
    ),
    dnsConfig: optional(dnsConfig('DNS settings of the pods.')),
  },
  spec: {},
});

const csiNodeDriverDaemonSet = override({
  workload: 'DaemonSet csi-node-driver',
  containers: openContainer('csiNodeDriverDaemonSet', [
    'calico-csi',
    'csi-node-driver-registrar',
    'csi-node-driver',
  ]),
  pod: podAdditions,
  spec: {},
});

const calicoKubeControllersDeployment = override({
  workload: 'Deployment calico-kube-controllers',
  containers: openContainer('calicoKubeControllersDeployment', [
    'calico-kube-controllers',
    'es-calico-kube-controllers',
  ]),
  pod: podAdditions,
  spec: {},
});

const typhaDeployment = override({
  workload: 'Deployment calico-typha',
  containers: openContainer('typhaDeployment', ['calico-typha']),
  pod: {
    ...podAdditions,
    initContainers: initContainers(openContainer('typhaDeployment', ['typha-certs-key-cert-provisioner'])),
    terminationGracePeriodSeconds: terminationGracePeriod,
    topologySpreadConstraints: spreadConstraints,
  },
  spec: { strategy: optional(deploymentStrategy) },
});

const calicoNodeWindowsDaemonSet = override({
  workload: 'DaemonSet calico-node-windows',
  containers: openContainer('calicoNodeWindowsDaemonSet', ['calico-node-windows', 'node', 'felix', 'confd']),
  pod: {
    ...podAdditions,
    initContainers: initContainers(
      openContainer('calicoNodeWindowsDaemonSet', [
        'uninstall-calico',
        'install-cni',
        'hostpath-init',
        'flexvol-driver',
        'node-certs-key-cert-provisioner',
        'calico-node-windows-prometheus-server-tls-key-cert-provisioner',
      ]),
    ),
  },
  spec: {},
});

const calicoWindowsUpgradeDaemonSet = openObject(
  'Deprecated: no effect, since the DaemonSet that it changed no longer exists. What stands in it is not looked at.',
);

const componentResource = object('Resources of one component.', {
  componentName: oneOf(
    ['Node', 'Typha', 'KubeControllers', 'NodeWindows', 'FelixWindows', 'ConfdWindows'],
    'The component; those of Windows are the containers of calico-node-windows.',
  ),
  resourceRequirements: resourceRequirements('Requests and limits of its main container.'),
});

const typhaAffinity = object('Deprecated: use typhaDeployment.', {
  nodeAffinity: optional(nodeAffinity('Which nodes Typha may or should run on.')),
});

/** Fields of the spec that change single workloads. */
export const workloadOverrides = {
  calicoNodeDaemonSet: optional(calicoNodeDaemonSet),
  csiNodeDriverDaemonSet: optional(csiNodeDriverDaemonSet),
  calicoKubeControllersDeployment: optional(calicoKubeControllersDeployment),
  typhaDeployment: optional(typhaDeployment),
  calicoNodeWindowsDaemonSet: optional(calicoNodeWindowsDaemonSet),
  calicoWindowsUpgradeDaemonSet: optional(calicoWindowsUpgradeDaemonSet),
  componentResources: optional(
    atomicList(componentResource, 'Deprecated: use the override of the workload. The first match counts.', {
      maxItems: 16,
    }),
  ),
  typhaAffinity: optional(typhaAffinity),
};
