/** Whether Typha should run, and how many. */
import type { InstallationSpec } from '../api/installation.ts';
import type { Warning } from '../api/refusal.ts';
import { atInstallation } from './findings.ts';
import type { NodeSummary, Snapshot, TyphaDecision } from './types.ts';

/** Number of nodes above which `Auto` runs Typha, unless the spec says otherwise. */
export const defaultNodeThreshold = 50;

/**
 * The decision for the cluster as it is now. It has no memory: that `Auto` does not leave Typha off at once when the
 * cluster shrinks is for the Typha transition, which knows what runs and since when.
 */
export function decideTypha(spec: InstallationSpec, nodes: NodeSummary): TyphaDecision {
  const mode = spec.typha?.mode ?? 'Auto';
  const threshold = spec.typha?.nodeThreshold ?? defaultNodeThreshold;
  const wanted = mode === 'Always' || (mode === 'Auto' && nodes.total > threshold);
  const replicas = Math.max(1, Math.min(replicasFor(nodes.typhaCandidates), nodes.typhaCandidatesLinux));
  return { mode, wanted, replicas };
}

/** Replicas by number of nodes: 1 up to 2, 2 up to 4, then at least 3 and one more for every further 200 nodes. */
export function replicasFor(nodes: number): number {
  if (nodes <= 2) return 1;
  if (nodes <= 4) return 2;
  return Math.max(3, Math.floor(nodes / 200) + 2);
}

/** A remark where Typha would run with fewer replicas than it should. */
export function typhaWarnings(snapshot: Snapshot, decision: TyphaDecision): readonly Warning[] {
  const nodes = snapshot.cluster.nodes;
  const asked = replicasFor(nodes.typhaCandidates);
  if (!decision.wanted || nodes.typhaCandidatesLinux >= asked) return [];
  return [
    atInstallation(snapshot, {
      reason: 'ResourceScalingError',
      field: 'spec.typha',
      problem: `a cluster of this size should run ${asked} Typha, but only ${nodes.typhaCandidatesLinux} Linux nodes can take one`,
      cure: 'Add Linux nodes or make some schedulable again',
    }),
  ];
}
