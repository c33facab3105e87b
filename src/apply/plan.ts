/** What has to be done so that the cluster is as wanted. Pure: the same input gives the same plan. */
import type { Job, KubeObject } from '../api/kubernetes.ts';
import { reasons } from '../api/conditions.ts';
import type { ObjectRef } from '../kube/types.ts';
import { immutableChange } from './immutable.ts';
import { withoutNulls } from './json.ts';
import { once } from './once.ts';
import { appliedFields, compare } from './managed-fields.ts';
import { hasOwner, isIgnored, isMadeByUs, type Ownership } from './ownership.ts';
import { describeRef, keyOf, refOf } from './refs.ts';
import { pruneStages } from './removal.ts';
import { isStandalone, standaloneAnnotation } from './take-over.ts';
import {
  type Action,
  type ApplyHistory,
  asideStages,
  type FieldDifference,
  lastStages,
  type Plan,
  type PlannedStage,
  type Target,
  type TargetStage,
  targetStages,
} from './types.ts';

/** Input of a plan. */
export interface PlanInput {
  readonly desired: readonly Target[];
  /** The object as the cache knows it, with our managers' entries in managedFields. */
  readonly live: (ref: ObjectRef) => KubeObject | undefined;
  readonly ownership: Ownership;
  /**
   * Live objects of the kinds that we make. Those of ours that are not desired are deleted. One without an owner
   * reference to this Installation is ours only if the caller says so with `prunable`.
   */
  readonly existing?: readonly KubeObject[];
  /** Beyond owned objects, what else of ours may be deleted when it is not desired: by default nothing. */
  readonly prunable?: (object: KubeObject) => boolean;
  /** What of this Installation another operator made and nobody needs any more: by default nothing. */
  readonly leftover?: (object: KubeObject) => boolean;
  readonly history?: ApplyHistory;
  /** compare() for the manager of `ownership`, where its answers are remembered. */
  readonly compare?: (wanted: KubeObject, live: KubeObject) => readonly FieldDifference[];
}

/** An apply of null would take the field. */
const sendable = once((object: KubeObject) => withoutNulls(object));

const noHistory: ApplyHistory = { wasAsWanted: () => 'unknown', isFutile: () => false };

/**
 * Plans every stage. Objects that are no longer desired go after what every node needs, in reverse order, and before the
 * last stages. Those beside everything else come at the end. Stages without actions are left out.
 */
export function plan(input: PlanInput): Plan {
  const stageOf = (names: readonly TargetStage[]): PlannedStage => ({
    name: names.join(' and '),
    actions: input.desired
      .filter(({ stage }) => names.includes(stage))
      .map((target) => planTarget(target, input)),
  });
  const all = [
    ...targetStages.map(stageOf),
    ...pruneStages(unwanted(input)),
    ...lastStages.map(stageOf),
    ...asideStages.map((names) => ({ ...stageOf(names), lane: 'aside' })),
  ];
  return all.filter(({ actions }) => actions.length > 0);
}

/** What is held is still wanted: it must not be taken for something to delete. */
function planTarget({ object, hold }: Target, input: PlanInput): Action {
  return hold === undefined ? planObject(object, input) : { kind: 'wait', ref: refOf(object), reason: hold };
}

function planObject(object: KubeObject, input: PlanInput): Action {
  const ref = refOf(object);
  const wanted = sendable(object);
  const live = input.live(ref);
  const { manager } = input.ownership;
  const history = input.history ?? noHistory;
  const obstacle = terminating(ref, live, input);
  if (live !== undefined && (isIgnored(live) || isComplete(live))) {
    return { kind: 'none', ref };
  }
  if (obstacle !== undefined) {
    return { kind: 'wait', ref, reason: obstacle };
  }
  if (live === undefined) {
    return { kind: 'create', ref, object: wanted, drift: history.wasAsWanted(wanted) === 'same' };
  }
  const differences = [
    ...(input.compare?.(wanted, live) ?? compare(wanted, live, manager)),
    ...standaloneMark(ref, live),
  ];
  if (differences.length === 0) {
    return { kind: 'none', ref, object: wanted };
  }
  if (history.isFutile(wanted, differences)) {
    return { kind: 'none', ref };
  }
  const immutable = immutableChange(wanted, live, differences);
  if (immutable !== undefined) {
    return replace(ref, wanted, live, immutable);
  }
  const appliedBefore = appliedFields(live, manager) !== undefined;
  const drift = isDrift(history.wasAsWanted(wanted), differences, appliedBefore);
  const isFirst = !appliedBefore || isStandalone(live);
  const takesOver = isFirst && workloadKinds.includes(ref.resource.kind);
  return { kind: 'apply', ref, object: wanted, differences, drift, ...(takesOver ? { takeOver: true } : {}) };
}

/** A Job that came through has done its work: changed as it may be wanted by now, it must not run again. */
function isComplete({ kind, metadata, ...rest }: KubeObject): boolean {
  if (kind !== 'Job' || metadata.deletionTimestamp !== undefined) return false;
  const { status } = rest as Partial<Pick<Job, 'status'>>;
  return (
    status?.conditions?.some(({ type, status: value }) => type === 'Complete' && value === 'True') === true
  );
}

/** What is left in their templates of an operator before us would run on. */
const workloadKinds: readonly string[] = ['DaemonSet', 'Deployment'];

/** A manifest that stands for an operator was applied, be it once more after we came: its fields have to go. */
function standaloneMark(ref: ObjectRef, live: KubeObject): readonly FieldDifference[] {
  return workloadKinds.includes(ref.resource.kind) && isStandalone(live)
    ? [{ path: `metadata.annotations[${standaloneAnnotation}]`, cause: 'unowned' }]
    : [];
}

function terminating(ref: ObjectRef, live: KubeObject | undefined, input: PlanInput): string | undefined {
  if (live?.metadata.deletionTimestamp !== undefined) {
    return `${describeRef(ref)} is being deleted${heldBy(live)}; it is made again as soon as it is gone`;
  }
  if (ref.namespace === undefined) {
    return undefined;
  }
  const namespace = input.live(
    refOf({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: ref.namespace } }),
  );
  return namespace?.metadata.deletionTimestamp === undefined
    ? undefined
    : `namespace ${ref.namespace} is being deleted, ${describeRef(ref)} is made as soon as the namespace is gone`;
}

function heldBy(live: KubeObject): string {
  const finalizers = live.metadata.finalizers ?? [];
  return finalizers.length === 0 ? '' : ` (held by finalizers ${finalizers.join(', ')})`;
}

const nodeAgents: readonly string[] = ['calico-node', 'calico-node-windows'];

/**
 * The pods of calico-node are every node's network. Deleting their DaemonSet to change its selector would stop all of
 * them at once and forget the rolling update, so a person has to decide it.
 */
function replace(ref: ObjectRef, object: KubeObject, live: KubeObject, field: string): Action {
  const uid = live.metadata.uid ?? '';
  if (ref.resource.kind !== 'DaemonSet' || !nodeAgents.includes(ref.name)) {
    return { kind: 'recreate', ref, object, uid, reason: `${field} is immutable` };
  }
  return {
    kind: 'refuse',
    ref,
    refusal: {
      reason: reasons.UnsafeChangeRefused,
      object: describeRef(ref),
      field,
      problem:
        'it is not the selector that this release uses, and a selector can be changed only by deleting the DaemonSet',
      cure: `When you can accept it, run kubectl delete daemonset -n ${ref.namespace ?? ''} ${ref.name} --cascade=orphan: the pods keep running and are replaced node by node`,
    },
  };
}

function isDrift(
  history: ReturnType<ApplyHistory['wasAsWanted']>,
  differences: readonly FieldDifference[],
  appliedBefore: boolean,
): boolean {
  return history === 'unknown'
    ? appliedBefore && differences.every(({ cause }) => cause === 'unowned')
    : history === 'same';
}

/** Only what is certainly ours, and what nobody is deleting already. */
function unwanted(input: PlanInput): readonly KubeObject[] {
  const desired = new Set(input.desired.map((target) => keyOf(refOf(target.object))));
  const { ownership, prunable = () => false, leftover = () => false } = input;
  const isOwned = (object: KubeObject): boolean => hasOwner(object, ownership.ownerUid);
  return (input.existing ?? []).filter(
    (object) =>
      !desired.has(keyOf(refOf(object))) &&
      object.metadata.deletionTimestamp === undefined &&
      !isIgnored(object) &&
      (isMadeByUs(object, ownership)
        ? isOwned(object) || prunable(object)
        : isOwned(object) && leftover(object)),
  );
}
