/** Carries a plan out. */
import type { KubeObject } from '../api/kubernetes.ts';
import { isAlreadyExists, isConflict, isNotFound } from '../kube/errors.ts';
import type { KubeClient, ObjectRef } from '../kube/types.ts';
import { applyError } from './failure.ts';
import { describeRef } from './refs.ts';
import { takeOver } from './take-over.ts';
import type { Action, Outcome, Plan } from './types.ts';

/** What carrying out needs. */
export interface ExecuteOptions {
  readonly client: Pick<KubeClient, 'apply' | 'delete' | 'mergePatch'>;
  /** Field manager of every apply. */
  readonly manager: string;
  /** Aborts: requests under way are given up, the rest is skipped. */
  readonly signal: AbortSignal;
  /** Write-through to the stores, so that the next plan knows our own writes. */
  readonly observe: (ref: ObjectRef, object: KubeObject) => void;
  readonly observeDeleted: (ref: ObjectRef, uid: string | undefined) => void;
  /** The error of an action that failed so short a time ago that it is not tried now; see failed-writes.ts. */
  readonly recall?: (action: Action) => Error | undefined;
  /** Called with each outcome as it comes; for logs and metrics. */
  readonly onOutcome?: (outcome: Outcome) => void;
  /** Requests at the same time; 8 by default. */
  readonly concurrency?: number;
}

/**
 * Carries out stage by stage. When anything in a stage fails, waits or is refused, its other actions still go, and
 * later stages of the same lane are skipped.
 * @returns one outcome for each action, in the plan's order; failures are outcomes, nothing is thrown
 */
export async function execute(plan: Plan, options: ExecuteOptions): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const blocked = new Set<string | undefined>();
  for (const stage of plan) {
    const results: readonly Outcome[] =
      blocked.has(stage.lane) || options.signal.aborted
        ? stage.actions.map((action) => ({ kind: 'skipped', action }))
        : await executeStage(stage.actions, options);
    if (results.some(({ kind }) => kind !== 'done')) blocked.add(stage.lane);
    outcomes.push(...results);
  }
  return outcomes;
}

async function executeStage(
  actions: readonly Action[],
  options: ExecuteOptions,
): Promise<readonly Outcome[]> {
  const results: Outcome[] = actions.map((action) => ({ kind: 'skipped', action }));
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < actions.length && !options.signal.aborted) {
      const index = next++;
      const outcome = await attempt(actions[index] as Action, options);
      results[index] = outcome;
      options.onOutcome?.(outcome);
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.concurrency ?? 8, actions.length) }, work));
  return results;
}

async function attempt(action: Action, options: ExecuteOptions): Promise<Outcome> {
  const recalled = options.recall?.(action);
  if (recalled !== undefined) return { kind: 'failed', action, error: recalled, recalled: true };
  try {
    return await carryOut(action, options);
  } catch (error) {
    return options.signal.aborted
      ? { kind: 'skipped', action }
      : { kind: 'failed', action, error: applyError(action, error) };
  }
}

async function carryOut(action: Action, options: ExecuteOptions): Promise<Outcome> {
  switch (action.kind) {
    case 'none':
      return { kind: 'done', action };
    case 'wait':
      return { kind: 'waiting', action, reason: action.reason };
    case 'refuse':
      return { kind: 'refused', action, refusal: action.refusal };
    case 'apply':
      if (action.takeOver === true) await takeOver(action.ref, options);
      return applied(action, await apply(action.ref, action.object, options));
    case 'create':
      return applied(action, await apply(action.ref, action.object, options));
    case 'recreate':
      await remove(action.ref, action.uid, options);
      return applied(action, await apply(action.ref, action.object, options), action.uid);
    case 'delete':
      if (await remove(action.ref, action.uid, options)) {
        // What lingers is told by the watch: first that it is being deleted, then that it is gone.
        if (!action.lingers) {
          options.observeDeleted(action.ref, action.uid === '' ? undefined : action.uid);
        }
        return { kind: 'done', action };
      }
      return { kind: 'waiting', action, reason: `${describeRef(action.ref)} was replaced meanwhile` };
  }
}

/** Two writers may meet; who comes second just asks again, since an apply says what shall be and not what to change. */
async function apply(ref: ObjectRef, object: KubeObject, options: ExecuteOptions): Promise<KubeObject> {
  const send = (): Promise<KubeObject> =>
    options.client.apply(ref.resource, object, { fieldManager: options.manager, signal: options.signal });
  const stored = await send().catch((error: unknown) => {
    if (isConflict(error) || isAlreadyExists(error)) {
      return send();
    }
    throw error;
  });
  options.observe(ref, stored);
  return stored;
}

/** @returns false when the object is another incarnation by now, which is none of this action's business */
async function remove(ref: ObjectRef, uid: string, options: ExecuteOptions): Promise<boolean> {
  const { signal } = options;
  try {
    await options.client.delete(ref, { ...(uid === '' ? {} : { uid }), propagation: 'Background', signal });
  } catch (error) {
    if (isConflict(error)) {
      return false;
    }
    if (!isNotFound(error)) {
      throw error;
    }
  }
  return true;
}

/** An apply to an object on its way out is lost with it. */
function applied(action: Action, object: KubeObject, oldUid?: string): Outcome {
  const leaving = object.metadata.deletionTimestamp !== undefined || object.metadata.uid === oldUid;
  return leaving && object.metadata.uid !== undefined
    ? { kind: 'waiting', action, reason: `${describeRef(action.ref)} is still being deleted` }
    : { kind: 'done', action, object };
}
