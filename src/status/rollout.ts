/** Where the rollout of a DaemonSet or Deployment stands, and what holds it up. */
import { isReady, type ObservedPod, podTrouble } from './pods.ts';
import type { RolloutFacts, RolloutMark } from './types.ts';

/** The parts of a DaemonSet or Deployment that are looked at; a whole one is one. */
export interface ObservedWorkload {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly generation?: number };
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberAvailable?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly replicas?: number;
  };
}

/** Input of rolloutFacts. */
export interface RolloutInput {
  readonly workload: ObservedWorkload;
  /** The workload's pods; only those that are not ready matter. */
  readonly pods: readonly ObservedPod[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly previous?: RolloutMark;
}

/** A rollout that does not move for so long has stalled, in milliseconds. */
const stallLimit = 600_000;
const namesShown = 5;

interface Counts {
  readonly desired: number;
  readonly updated: number;
  readonly available: number;
  readonly observed: boolean;
  readonly generation: number;
}

/** What a workload's status and its pods say. */
export function rolloutFacts({ workload, pods, now, previous }: RolloutInput): RolloutFacts {
  const counts = countsOf(workload);
  const { desired, available } = counts;
  const object = `${workload.kind} ${workload.metadata.namespace ?? ''}/${workload.metadata.name}`;
  const troubles = pods.flatMap((pod) => {
    const trouble = podTrouble(pod, now);
    return trouble === undefined ? [] : [{ ...trouble, node: pod.spec?.nodeName }];
  });
  const failing = troubles.filter(({ severity }) => severity === 'failing');
  const starting = troubles.filter(({ severity }) => severity === 'starting');
  const moving = isGrowing(counts, previous) ? undefined : movement(counts, failing.length);
  const mark = nextMark(counts, pods, now, previous);
  const stalled = moving !== undefined && failing.length === 0 && now - mark.since >= stallLimit;
  const line = (text: string): string => `${object}: ${text}`;
  const waits = [
    ...starting.map(({ patience }) => patience ?? stallLimit),
    ...(moving === undefined || stalled ? [] : [mark.since + stallLimit - now]),
  ];
  return {
    object,
    desired,
    available,
    progressing: moving === undefined || stalled ? [] : [line([moving, ...grouped(starting)].join('; '))],
    failing: stalled
      ? [line(`no progress for ${stallLimit / 60_000} minutes: ${[moving, ...grouped(starting)].join('; ')}`)]
      : grouped(failing).map(line),
    ...(waits.length === 0 ? {} : { changesIn: Math.max(1, Math.min(...waits)) }),
    mark,
  };
}

/** Every pod is of the latest template and available; nothing more is to come by itself. */
export function isComplete(workload: ObservedWorkload): boolean {
  return movement(countsOf(workload), 0) === undefined;
}

/** The facts of a workload that should be there and is not. */
export function missingRollout(object: string, now: number): RolloutFacts {
  const progressing = [`${object}: not created yet`];
  return {
    object,
    desired: 0,
    available: 0,
    progressing,
    failing: [],
    mark: { fingerprint: '', since: now },
  };
}

function countsOf({ kind, metadata, spec, status = {} }: ObservedWorkload): Counts {
  const generation = metadata.generation ?? 0;
  const observed = (status.observedGeneration ?? 0) >= generation;
  return kind === 'DaemonSet'
    ? {
        desired: status.desiredNumberScheduled ?? 0,
        updated: status.updatedNumberScheduled ?? 0,
        available: status.numberAvailable ?? 0,
        observed,
        generation,
      }
    : {
        desired: spec?.replicas ?? 1,
        updated: status.updatedReplicas ?? 0,
        available: status.availableReplicas ?? 0,
        observed,
        generation,
      };
}

/** What still moves by itself; pods that fail do not. */
function movement({ desired, updated, available, observed }: Counts, failing: number): string | undefined {
  if (!observed) {
    return 'waiting for its controller to take in the latest change';
  }
  if (updated < desired && failing === 0) {
    return `rolling out, ${updated} of ${desired} pods updated`;
  }
  return available + failing < desired ? `${available} of ${desired} pods available` : undefined;
}

/**
 * The rollout was complete, nothing that was available is lost, and only new nodes are without their pod yet. A cluster
 * that scales all day is ready all day; a new pod that does not start within its time fails like any other.
 */
function isGrowing({ observed, available, generation }: Counts, previous?: RolloutMark): boolean {
  const completed = previous?.completed;
  return observed && completed?.generation === generation && available >= completed.available;
}

function nextMark(
  counts: Counts,
  pods: readonly ObservedPod[],
  now: number,
  previous?: RolloutMark,
): RolloutMark {
  const { desired, updated, available, observed, generation } = counts;
  const fingerprint = JSON.stringify([counts, pods.filter(isReady).length]);
  const since = previous?.fingerprint === fingerprint ? previous.since : now;
  const complete = observed && updated >= desired && available >= desired;
  const completed = complete ? { generation, available } : previous?.completed;
  return { fingerprint, since, ...(completed === undefined ? {} : { completed }) };
}

/** Equal troubles in one line, with the nodes that have them. */
function grouped(
  troubles: readonly { readonly text: string; readonly node: string | undefined }[],
): readonly string[] {
  const nodes = new Map<string, string[]>();
  for (const { text, node } of troubles) {
    const found = nodes.get(text) ?? [];
    if (node !== undefined) found.push(node);
    nodes.set(text, found);
  }
  return [...nodes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([text, names]) => (names.length === 0 ? text : `${text} on ${listNodes(names)}`));
}

function listNodes(names: readonly string[]): string {
  const sorted = [...new Set(names)].sort();
  const shown = sorted.slice(0, namesShown).join(', ');
  const more = sorted.length - namesShown;
  return `node${sorted.length === 1 ? '' : 's'} ${shown}${more > 0 ? ` and ${more} more` : ''}`;
}
