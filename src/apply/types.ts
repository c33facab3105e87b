/** Plans and their outcomes. */
import type { KubeObject } from '../api/kubernetes.ts';
import type { Refusal } from '../api/refusal.ts';
import type { ObjectRef } from '../kube/types.ts';

/** One field that is not as wanted. Values are shortened; those of Secrets are never shown. */
export interface FieldDifference {
  readonly path: string;
  readonly want?: string;
  readonly have?: string;
  /**
   * `changed`: still ours, but another value is wanted now. `unowned`: not ours, because it is new in what we want, or
   * because somebody else took or removed it. `dropped`: ours, but not wanted any more.
   */
  readonly cause: 'changed' | 'unowned' | 'dropped';
}

/** What is to be done with one object. */
export type Action =
  | {
      readonly kind: 'none';
      readonly ref: ObjectRef;
      /** What is wanted, when the live object is exactly that. */
      readonly object?: KubeObject;
    }
  | {
      readonly kind: 'create';
      readonly ref: ObjectRef;
      readonly object: KubeObject;
      /** True when the object had been as wanted before and somebody else deleted it. */
      readonly drift: boolean;
    }
  | {
      readonly kind: 'apply';
      readonly ref: ObjectRef;
      readonly object: KubeObject;
      readonly differences: readonly FieldDifference[];
      /** True when the fields had been as wanted before and somebody else changed them. */
      readonly drift: boolean;
      /** True for a workload that we have never applied: fields of an operator before us become ours first. */
      readonly takeOver?: boolean;
    }
  | {
      readonly kind: 'recreate';
      readonly ref: ObjectRef;
      readonly object: KubeObject;
      readonly uid: string;
      /** Which immutable field forces it. */
      readonly reason: string;
    }
  | {
      readonly kind: 'delete';
      readonly ref: ObjectRef;
      readonly uid: string;
      readonly reason: string;
      /** True when finalizers keep the object for a while after it was deleted. */
      readonly lingers: boolean;
    }
  /** Nothing can be done now; a change in the cluster will bring it up again. */
  | { readonly kind: 'wait'; readonly ref: ObjectRef; readonly reason: string }
  /** Could be done, but only with harm that nobody asked for. */
  | { readonly kind: 'refuse'; readonly ref: ObjectRef; readonly refusal: Refusal };

/** What became of an action. */
export type Outcome =
  | { readonly kind: 'done'; readonly action: Action; readonly object?: KubeObject }
  /** `recalled`: not tried now, as it failed a short time ago. */
  | { readonly kind: 'failed'; readonly action: Action; readonly error: Error; readonly recalled?: true }
  | { readonly kind: 'waiting'; readonly action: Action; readonly reason: string }
  | { readonly kind: 'refused'; readonly action: Action; readonly refusal: Refusal }
  /** Not tried, since an earlier stage did not succeed or the process stops. */
  | { readonly kind: 'skipped'; readonly action: Action };

/** Actions that may go in parallel. A later stage starts when the earlier ones of its lane succeeded. */
export interface PlannedStage {
  readonly name: string;
  /** Stages of another lane neither wait for this one nor hold it up. Absent: that of most. */
  readonly lane?: string;
  readonly actions: readonly Action[];
}

/** Stages in the order in which they go. */
export type Plan = readonly PlannedStage[];

/**
 * An object as it shall be. A renderer's `DesiredObject` is one; this room needs no more of it, and may not import the
 * renderers.
 */
export interface Target {
  readonly object: KubeObject;
  readonly stage: TargetStage;
  readonly ownership: 'owned' | 'shared';
  readonly teardown?: 'last' | 'keep';
  readonly hold?: string;
}

/** In the order of an apply; those that do not need each other go at the same time. */
export const targetStages = [['namespace'], ['identity'], ['configuration', 'pools'], ['workload']] as const;

/** After everything else, deletions included: what fails here holds nothing else up. */
export const lastStages = [['windows-configuration'], ['windows-workload']] as const;

/** Beside everything else: neither do they wait for its success, nor does it for theirs. */
export const asideStages = [['aws-access'], ['aws-job']] as const;

export type TargetStage =
  | (typeof targetStages)[number][number]
  | (typeof lastStages)[number][number]
  | (typeof asideStages)[number][number];

/** What is remembered of earlier applies; see memory.ts. */
export interface ApplyHistory {
  /** The object was once seen exactly as wanted: `same` if what is wanted has not changed since. */
  wasAsWanted(object: KubeObject): 'same' | 'other' | 'unknown';
  /** The API server was already asked for exactly this and answered with exactly these differences. */
  isFutile(object: KubeObject, differences: readonly FieldDifference[]): boolean;
}
