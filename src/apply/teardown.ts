/**
 * The order in which an installation is taken down (docs/adr/0004-teardown.md). Each step is found anew from what is
 * still there, so it does not matter who deleted what so far, nor whether the operator was alive.
 */
import type { KubeObject } from '../api/kubernetes.ts';
import type { ObjectRef } from '../kube/types.ts';
import { hasOwner, isIgnored, isMadeByUs, type Ownership, teardownOf } from './ownership.ts';
import { describeRef, refOf } from './refs.ts';
import { deleteAction, pruneStages } from './removal.ts';
import type { Plan } from './types.ts';

/** Our finalizer, under the name that the reference operator uses: either can end what the other began. */
export const installationFinalizer = 'operator.tigera.io/installation-controller';

/** Another finalizer of the reference operator that nobody else would lift. */
const referenceFinalizers = ['tigera.io/operator-cleanup'];

/**
 * How long a pod may take to go, from when it was asked to, before the teardown goes on without it, in milliseconds. Twice
 * that, for those before the node agents and for these, has to be over before `uninstall` and its Job give up.
 */
const defaultPatience = 120_000;
/** Milliseconds between two looks while nothing happens. */
const lookInterval = 10_000;

/** A pod of one of the operator's workloads. */
export interface TeardownPod {
  readonly namespace: string;
  readonly name: string;
  readonly node?: string;
  /** Label `k8s-app`: the workload's name. */
  readonly app: string;
  /** `metadata.deletionTimestamp`. */
  readonly deletionTimestamp?: string;
  /** `metadata.deletionGracePeriodSeconds`: by how much the timestamp is later than the request was. */
  readonly deletionGracePeriodSeconds?: number;
}

/** What a step is found from. */
export interface TeardownInput {
  /** The Installation, with a deletion timestamp. */
  readonly installation: KubeObject;
  /** Every live object of the kinds that the operator makes, whoever made it. */
  readonly live: readonly KubeObject[];
  /** Pods of the operator's namespaces. */
  readonly pods: readonly TeardownPod[];
  readonly ownership: Ownership;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Milliseconds; two minutes by default. */
  readonly patience?: number;
}

/** What to do now. */
export type TeardownStep =
  | { readonly kind: 'delete'; readonly plan: Plan; readonly message: string }
  /** Look again after an event, or after `retryAfter` milliseconds. */
  | { readonly kind: 'wait'; readonly message: string; readonly retryAfter: number }
  /** Lift our finalizer. `left` stays in the cluster, `abandoned` are pods that did not go in time. */
  | { readonly kind: 'release'; readonly left: readonly ObjectRef[]; readonly abandoned: readonly string[] };

/** The deletion asks to leave everything as it is. */
export function leavesEverything(input: Pick<TeardownInput, 'installation' | 'live' | 'ownership'>): boolean {
  return isOrphaning(input.installation, oursOf(input), input.ownership.ownerUid);
}

function oursOf({ live, ownership }: Pick<TeardownInput, 'live' | 'ownership'>): readonly KubeObject[] {
  return live.filter((object) => isMadeByUs(object, ownership) && !isIgnored(object));
}

/** The next step of a teardown. */
export function planTeardown(input: TeardownInput): TeardownStep {
  const ours = oursOf(input);
  if (leavesEverything(input)) return { kind: 'release', left: ours.map(refOf), abandoned: [] };
  const of = (role: 'first' | 'last' | 'keep'): readonly KubeObject[] =>
    ours.filter((o) => teardownOf(o) === role);
  const [first, last] = [of('first'), of('last')];
  const agents = new Set(last.filter(isWorkload).map(({ metadata }) => metadata.name));
  return (
    removeWorkloads(input, first.filter(isWorkload), 'workloads with pod network') ??
    awaitPods(
      input,
      input.pods.filter(({ app }) => !agents.has(app)),
    ) ??
    removeOthers(first, 'what only they needed') ??
    removeWorkloads(input, last.filter(isWorkload), 'node agents') ??
    awaitPods(input, input.pods) ??
    removeOthers(last, 'what only the node agents needed') ?? {
      kind: 'release',
      left: of('keep').map(refOf),
      abandoned: input.pods.map(describePod),
    }
  );
}

/**
 * `--cascade=orphan` asks to leave everything running. The garbage collector acts on it by taking itself off the
 * owned objects, which can be over before we look; no other way of deleting strips live objects of their owner.
 */
function isOrphaning(installation: KubeObject, ours: readonly KubeObject[], uid: string): boolean {
  const owned = ours.filter(
    (object) => teardownOf(object) === 'first' && object.metadata.deletionTimestamp === undefined,
  );
  const stripped = owned.length > 0 && !owned.some((object) => hasOwner(object, uid));
  return (installation.metadata.finalizers?.includes('orphan') ?? false) || stripped;
}

function isWorkload({ kind }: KubeObject): boolean {
  return kind === 'DaemonSet' || kind === 'Deployment';
}

function isLeaving({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}

function removeWorkloads(
  input: TeardownInput,
  workloads: readonly KubeObject[],
  what: string,
): TeardownStep | undefined {
  const standing = workloads.filter((workload) => !isLeaving(workload));
  if (standing.length > 0) {
    const actions = standing.map((workload) => deleteAction(workload, 'the Installation is being deleted'));
    return { kind: 'delete', plan: [{ name: `remove ${what}`, actions }], message: `Removing ${what}` };
  }
  return wait(
    input,
    workloads.map((workload) => ({
      name: describeRef(refOf(workload)),
      end: endOf(input, workload.metadata),
    })),
  );
}

/** Objects that others hold by finalizers are not waited for: nothing of ours depends on their going. */
function removeOthers(objects: readonly KubeObject[], what: string): TeardownStep | undefined {
  const standing = objects.filter((object) => !isWorkload(object) && !isLeaving(object));
  return standing.length === 0
    ? undefined
    : {
        kind: 'delete',
        plan: pruneStages(standing, 'the Installation is being deleted'),
        message: `Removing ${what}`,
      };
}

function awaitPods(input: TeardownInput, pods: readonly TeardownPod[]): TeardownStep | undefined {
  return wait(
    input,
    pods.map((pod) => ({ name: describePod(pod), end: endOf(input, pod) })),
  );
}

/**
 * When something that leaves is waited for no longer, in milliseconds since the epoch. The API server adds a pod's grace
 * period to the time of the request, and Typha has five minutes.
 */
function endOf(
  { installation, patience = defaultPatience }: TeardownInput,
  leaving: Pick<TeardownPod, 'deletionTimestamp' | 'deletionGracePeriodSeconds'>,
): number {
  const { deletionTimestamp = '', deletionGracePeriodSeconds = 0 } = leaving;
  const times = [
    Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000,
    Date.parse(installation.metadata.deletionTimestamp ?? ''),
  ];
  return Math.max(...times.filter((time) => !Number.isNaN(time)), 0) + patience;
}

function wait(
  { now, patience = defaultPatience }: TeardownInput,
  leaving: readonly { readonly name: string; readonly end: number }[],
): TeardownStep | undefined {
  const pending = leaving.filter(({ end }) => now < end);
  if (pending.length === 0) return undefined;
  const shown = pending
    .slice(0, 5)
    .map(({ name }) => name)
    .join(', ');
  const more = pending.length > 5 ? ` and ${pending.length - 5} more` : '';
  return {
    kind: 'wait',
    message: `Waiting for ${shown}${more} to go, for at most ${Math.round(patience / 1000)} s each`,
    retryAfter: Math.min(lookInterval, ...pending.map(({ end }) => end - now)),
  };
}

function describePod(pod: TeardownPod): string {
  const node = pod.node === undefined ? '' : ` on node ${pod.node}`;
  return `Pod ${pod.namespace}/${pod.name}${node}`;
}

/**
 * A JSON merge patch that sets or lifts our finalizer, under an optimistic lock so that nobody else's finalizer is lost;
 * undefined when there is nothing to do. Never an apply, which would create an Installation that is gone.
 */
export function finalizerPatch(installation: KubeObject, wanted: 'set' | 'lifted'): object | undefined {
  const { finalizers = [], resourceVersion, deletionTimestamp } = installation.metadata;
  const foreign = finalizers.filter(
    (name) => name !== installationFinalizer && !(wanted === 'lifted' && referenceFinalizers.includes(name)),
  );
  const next = wanted === 'set' ? [...foreign, installationFinalizer] : foreign;
  const leaving = deletionTimestamp !== undefined;
  if (next.length === finalizers.length || (wanted === 'set' && leaving)) {
    return undefined;
  }
  return { metadata: { resourceVersion, finalizers: next } };
}
