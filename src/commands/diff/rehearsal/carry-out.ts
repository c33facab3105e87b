/** Carries plans out where nothing is at stake: on forked stores. */
import type { KubeObject, ManagedFieldsEntry } from '../../../api/kubernetes.ts';
import { keyOf } from '../../../apply/refs.ts';
import type { Action, Plan } from '../../../apply/types.ts';
import { comesBeforeHandOver } from '../../../controllers/installation/kube-proxy/hand-over.ts';
import { installationManager } from '../../../controllers/installation/outfit.ts';
import type { Stores } from '../../../controllers/installation/stores.ts';
import type { ObjectRef } from '../../../kube/types.ts';
import { baseOf, changeOf } from '../outcome.ts';
import type { Change } from '../types.ts';

/** What came of a plan. */
export interface Outcome {
  readonly changes: readonly Change[];
  /** Why something could not be written. */
  readonly waiting: readonly string[];
  /** Everything that the hand-over of Services waits for was written. */
  readonly settled: boolean;
}

/** The stage on which steps are tried one after the other. */
export class Rehearsed {
  readonly stores: Stores;
  readonly #original: Stores['live'];
  /** Of each object that was written: what applies are laid over; undefined where the object itself was made here. */
  readonly #bases = new Map<string, KubeObject | undefined>();

  /** @param stores forked; `original` answers with what is in the cluster */
  constructor(stores: Stores, original: Stores['live']) {
    this.stores = stores;
    this.#original = original;
  }

  /** Stage by stage, as the operator does: what waits holds the later stages up. */
  carryOut(plan: Plan, now: number): Outcome {
    const changes: Change[] = [];
    for (const { actions } of plan) {
      for (const action of actions) changes.push(...this.#write(action, now));
      const waits = actions.filter((action) => action.kind === 'wait');
      if (waits.length === 0) continue;
      const settled = !waits.some(({ ref }) => comesBeforeHandOver(ref));
      return { changes, waiting: waits.map(({ reason }) => reason), settled };
    }
    return { changes, waiting: [], settled: true };
  }

  #write(action: Action, now: number): readonly Change[] {
    const { ref } = action;
    const key = keyOf(ref);
    const live = this.stores.live(ref);
    if (action.kind === 'apply' && !this.#bases.has(key)) {
      this.#bases.set(key, baseOf(action, this.#original(ref)));
    }
    const changes = changeOf(action, { live, base: this.#bases.get(key) });
    for (const { after } of changes) {
      if (after === undefined) this.#forget(ref);
      else if (action.kind === 'apply') this.#store(ref, after, action.object, live, now);
      else this.#store(ref, after, after, undefined, now);
    }
    if (action.kind === 'create' || action.kind === 'recreate') this.#bases.set(key, undefined);
    return changes;
  }

  #forget(ref: ObjectRef): void {
    this.stores.storeOf(ref)?.observeDeleted(ref.name, ref.namespace, undefined);
    this.#bases.delete(keyOf(ref));
  }

  #store(
    ref: ObjectRef,
    after: KubeObject,
    applied: KubeObject,
    live: KubeObject | undefined,
    now: number,
  ): void {
    const time = new Date(now).toISOString();
    const { uid = 'rehearsed', creationTimestamp = time, generation = 0 } = live?.metadata ?? {};
    const entry: ManagedFieldsEntry = {
      manager: installationManager,
      operation: 'Apply',
      apiVersion: applied.apiVersion,
      time,
      fieldsType: 'FieldsV1',
      fieldsV1: recordOf(applied),
    };
    this.stores.storeOf(ref)?.observe({
      ...after,
      metadata: {
        ...after.metadata,
        uid,
        creationTimestamp,
        generation: generation + 1,
        managedFields: [entry],
      },
    });
  }
}

/** Roughly what the API server would note as ours: lists as a whole. Decisions look at fields outside of lists only. */
function recordOf(value: object): object {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: [string, unknown]) => {
      const isMap = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
      return [`f:${key}`, isMap ? recordOf(inner) : {}];
    }),
  );
}
