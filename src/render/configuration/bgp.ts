/** BGPConfiguration `default`: only which program sets the routes, and only when the Installation says so. */
import type { BGPConfiguration } from '../../api/calico.ts';
import type { RenderInput } from '../types.ts';
import { hasApplied } from '../shared/ownership.ts';

/**
 * Absent while `clusterRoutingMode` is unset and the operator never wrote the object. Once it did, the object is rendered
 * without the field, so that applying it gives the field up.
 */
export function bgpConfiguration({ resolved, live }: RenderInput): BGPConfiguration | undefined {
  const { clusterRoutingMode } = resolved.spec.calicoNetwork;
  if (clusterRoutingMode === undefined && !hasApplied(live.bgp)) return undefined;
  return {
    apiVersion: resolved.cluster.calicoApi,
    kind: 'BGPConfiguration',
    metadata: { name: 'default' },
    spec:
      clusterRoutingMode === undefined
        ? {}
        : { programClusterRoutes: clusterRoutingMode === 'BIRD' ? 'Enabled' : 'Disabled' },
  };
}
