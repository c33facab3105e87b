/** Names that the rendered objects share with each other and with Calico's own programs. */

/** Namespace of everything that runs. */
export const calicoNamespace = 'calico-system';

/** Objects that more than one operand refers to. */
export const names = {
  node: 'calico-node',
  nodeWindows: 'calico-node-windows',
  cniPlugin: 'calico-cni-plugin',
  cniConfig: 'cni-config',
  cniConfigWindows: 'cni-config-windows',
  typha: 'calico-typha',
  kubeControllers: 'calico-kube-controllers',
  csi: 'csi-node-driver',
  csiDriver: 'csi.tigera.io',
  trustBundle: 'tigera-ca-bundle',
  nodeCertificate: 'node-certs',
  typhaCertificate: 'typha-certs',
  authority: 'tigera-ca-private',
} as const;

/** Common names that Felix and Typha check in each other's certificates. */
export const commonNames = { client: 'typha-client', server: 'typha-server' } as const;

/** API groups that Calico's configuration may live in; roles name both. */
export const calicoGroups = ['projectcalico.org', 'crd.projectcalico.org'] as const;
