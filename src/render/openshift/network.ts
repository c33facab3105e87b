/** What OpenShift is told about the network: its other operators wait for it. */
import type { OpenShiftNetwork } from '../../api/openshift.ts';
import type { DesiredObject, RenderInput } from '../types.ts';

/**
 * `status` of Network `cluster`: the networks of its spec, that they are Calico's, and the MTU (0: each node finds it
 * out). The kind has no status subresource. Nothing elsewhere, and nothing while the object is not known: it is
 * OpenShift's to make.
 */
export function renderOpenShiftNetwork({ resolved, live }: RenderInput): readonly DesiredObject[] {
  const network = live.openShiftNetwork;
  if (resolved.spec.kubernetesProvider !== 'OpenShift' || network === undefined) return [];
  const { clusterNetwork, serviceNetwork } = network.spec ?? {};
  const object: OpenShiftNetwork = {
    apiVersion: 'config.openshift.io/v1',
    kind: 'Network',
    metadata: { name: network.metadata.name },
    status: {
      ...(clusterNetwork === undefined ? {} : { clusterNetwork }),
      ...(serviceNetwork === undefined ? {} : { serviceNetwork }),
      networkType: 'Calico',
      clusterNetworkMTU: resolved.spec.calicoNetwork.mtu ?? 0,
    },
  };
  return [{ object, stage: 'configuration', component: 'calico', ownership: 'shared' }];
}
