/** Whether Typha should run, and how many: a pure function of spec, nodes, what was decided before, and the time. */
import type { Warning } from '../../api/refusal.ts';
import { atInstallation } from '../findings.ts';
import type { EffectiveSpec, Snapshot, TyphaDecision } from '../types.ts';
import { countHosts, typhaPlacement } from './placement.ts';
import { decideSwitch } from './switch.ts';

/** The decision for the cluster as it is now, with what `status.typha` and the cluster tell of the time before. */
export function decideTypha(spec: EffectiveSpec, snapshot: Snapshot): TyphaDecision {
  const { nodes } = snapshot.cluster;
  const { mode, nodeThreshold, switchOffPercent, switchOffAfterSeconds } = spec.typha;
  const limits = {
    switchOnAbove: nodeThreshold,
    switchOffBelow: Math.ceil((nodeThreshold * switchOffPercent) / 100),
    switchOffAfter: switchOffAfterSeconds * 1000,
  };
  const hosts = countHosts(nodes, typhaPlacement(spec));
  const asked = replicasFor(nodes.typhaCandidates);
  const record = snapshot.installation.status?.typha;
  return {
    mode,
    ...limits,
    nodes: nodes.typhaCandidates,
    asked,
    hosts,
    replicas: Math.max(1, Math.min(asked, hosts)),
    ...decideSwitch({
      mode,
      ...limits,
      nodes: nodes.typhaCandidates,
      runs: record?.wanted ?? snapshot.typha?.present ?? false,
      ...(record?.belowSince === undefined ? {} : { belowSince: record.belowSince }),
      remembers: snapshot.typha?.remembers ?? true,
      now: snapshot.typha?.now ?? 0,
    }),
  };
}

/** Replicas by number of nodes: 1 up to 2, 2 up to 4, then at least 3 and one more for every further 200 nodes. */
export function replicasFor(nodes: number): number {
  if (nodes <= 2) return 1;
  if (nodes <= 4) return 2;
  return Math.max(3, Math.floor(nodes / 200) + 2);
}

/** No node can run Typha although there are nodes: nothing that the operator does would bring one up. */
export function isHomeless({ hosts, nodes }: Pick<TyphaDecision, 'hosts' | 'nodes'>): boolean {
  return hosts === 0 && nodes > 0;
}

/** A remark where Typha would run with fewer replicas than it should; without any, it is more than a remark. */
export function typhaWarnings(
  snapshot: Pick<Snapshot, 'installation' | 'overlay'>,
  { wanted, asked, hosts }: TyphaDecision,
): readonly Warning[] {
  if (!wanted || hosts === 0 || hosts >= asked) return [];
  return [
    atInstallation(snapshot, {
      reason: 'ResourceScalingError',
      field: 'spec.typha',
      problem: `a cluster of this size should run ${asked} Typha, but only ${hosts} Linux nodes can take one`,
      cure: 'Add Linux nodes, or let Typha onto more of them',
    }),
  ];
}

/** What is wrong when no node can run Typha, and what helps. */
export function homelessTypha(snapshot: Pick<Snapshot, 'installation' | 'overlay'>): Warning {
  return atInstallation(snapshot, {
    reason: 'ResourceScalingError',
    field: 'spec.typhaDeployment',
    problem:
      'Typha is needed, but no Linux node can run it with the node selector, affinity and tolerations that it has',
    cure: 'Let Typha onto some nodes, or set spec.typha.mode to Never',
  });
}
