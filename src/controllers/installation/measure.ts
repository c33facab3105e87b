/** Gauges of what is: set after each pass. */
import type { CertificateSet } from '../../api/key-pair.ts';
import { certificateExpiries } from '../../certificates/expiry.ts';
import type { DesiredObject } from '../../render/types.ts';
import type { Resolved } from '../../resolve/types.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { liveWorkloads } from './live.ts';
import type { Outfit } from './outfit.ts';

/** Objects by kind, nodes, Typha. */
export function measure(
  desired: readonly DesiredObject[],
  { cluster, typha }: Resolved,
  { metrics, stores }: Pick<Outfit, 'metrics' | 'stores'>,
): void {
  const byKind: Record<string, number> = {};
  for (const { object } of desired) byKind[object.kind] = (byKind[object.kind] ?? 0) + 1;
  metrics.setManagedObjects(byKind);
  metrics.setNodes(cluster.nodes.total);
  metrics.setTypha({
    desired: typha.wanted ? typha.replicas : 0,
    ready: liveWorkloads(stores).typha?.status?.readyReplicas ?? 0,
  });
}

/** When certificates end. */
export function measureCertificates(set: CertificateSet, metrics: Pick<Metrics, 'setCertificates'>): void {
  const ends = certificateExpiries(set).map(({ secretName, notAfter }) => [secretName, notAfter * 1000]);
  metrics.setCertificates(Object.fromEntries(ends) as Record<string, number>);
}
