/** Whether every node runs a DaemonSet as it is now. */
import type { DaemonSet } from '../../api/kubernetes.ts';

/** Counts of nodes. */
export interface DaemonSetRollout {
  /** The DaemonSet's controller has seen the latest template, every node has a pod of it, and each pod is available. */
  readonly complete: boolean;
  readonly desired: number;
  /** Nodes whose pod is of the latest template and counts as available; an estimate from below. */
  readonly done: number;
}

/** A status of an earlier generation says nothing about this one, so it counts as nothing done. */
export function daemonSetRollout({ metadata, status }: DaemonSet): DaemonSetRollout {
  const observed = status !== undefined && (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  const desired = status?.desiredNumberScheduled ?? 0;
  const done = observed
    ? Math.min(
        desired,
        status.currentNumberScheduled,
        status.updatedNumberScheduled ?? 0,
        status.numberAvailable ?? 0,
      )
    : 0;
  return { complete: observed && done === desired, desired, done };
}
