/** Gauges of what is: set after each pass. */
import type { CertificateSet } from '../../api/key-pair.ts';
import type { DaemonSet } from '../../api/kubernetes.ts';
import { certificateExpiries } from '../../certificates/expiry.ts';
import type { DesiredObject } from '../../render/types.ts';
import type { Resolved } from '../../resolve/types.ts';
import type { Metrics, PodCounts } from '../../telemetry/metrics.ts';
import { liveWorkloads } from './live.ts';
import type { Outfit } from './outfit.ts';

/** Objects by kind, nodes, Typha, pods of calico-node. */
export function measure(
  desired: readonly DesiredObject[],
  { cluster, typha }: Resolved,
  { metrics, stores }: Pick<Outfit, 'metrics' | 'stores'>,
): void {
  const byKind: Record<string, number> = {};
  for (const { object } of desired) byKind[object.kind] = (byKind[object.kind] ?? 0) + 1;
  metrics.setManagedObjects(byKind);
  metrics.setNodes(cluster.nodes.total);
  const live = liveWorkloads(stores);
  metrics.setTypha({
    desired: typha.wanted ? typha.replicas : 0,
    ready: live.typha?.status?.readyReplicas ?? 0,
  });
  const daemonSets = [live.node, live.nodeWindows].filter((daemonSet) => daemonSet !== undefined);
  metrics.setNodePods(
    Object.fromEntries(daemonSets.map((daemonSet) => [daemonSet.metadata.name, podsOf(daemonSet)])),
  );
}

/** Pods of earlier templates count as well: they serve their nodes, too. */
function podsOf({ status }: DaemonSet): PodCounts {
  return { desired: status?.desiredNumberScheduled ?? 0, ready: status?.numberReady ?? 0 };
}

/** Nothing is installed any more: what was measured of it would be told for ever. */
export function measureNothing(metrics: Metrics): void {
  metrics.setConditions({});
  metrics.setManagedObjects({});
  metrics.setNodes(0);
  metrics.setTypha({ desired: 0, ready: 0 });
  metrics.setNodePods({});
  metrics.setCertificates({});
}

/** When certificates end. */
export function measureCertificates(set: CertificateSet, metrics: Pick<Metrics, 'setCertificates'>): void {
  const ends = certificateExpiries(set).map(({ secretName, notAfter }) => [secretName, notAfter * 1000]);
  metrics.setCertificates(Object.fromEntries(ends) as Record<string, number>);
}
