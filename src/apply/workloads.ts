/** Workloads: objects whose status changes all the time, while what we write of them rests. */
import type { KubeObject } from '../api/kubernetes.ts';

/** Whether the object's generation stands for its whole spec, and its controller counts pods in its status. */
export function isWorkload({ kind }: Pick<KubeObject, 'kind'>): boolean {
  return kind === 'DaemonSet' || kind === 'Deployment';
}

/** What of a workload no controller changes by counting. While it is the same, so is everything but the status. */
export function lasting({ metadata }: Pick<KubeObject, 'metadata'>): object {
  const { resourceVersion: _, ...kept } = metadata;
  return kept;
}
