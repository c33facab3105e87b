/** Plans and their outcomes. */
import type { KubeObject } from '../api/kubernetes.ts';
import type { ObjectRef } from '../kube/types.ts';

/** One field that is not as wanted. Values are shortened; those of Secrets are never shown. */
export interface FieldDifference {
  readonly path: string;
  readonly want?: string;
  readonly have?: string;
}

/** What is to be done with one object. */
export type Action =
  | { readonly kind: 'none'; readonly ref: ObjectRef }
  | { readonly kind: 'create'; readonly ref: ObjectRef; readonly object: KubeObject }
  | {
      readonly kind: 'apply';
      readonly ref: ObjectRef;
      readonly object: KubeObject;
      readonly differences: readonly FieldDifference[];
      /** True when the fields had been as wanted before and somebody else changed them. */
      readonly drift: boolean;
    }
  | {
      readonly kind: 'recreate';
      readonly ref: ObjectRef;
      readonly object: KubeObject;
      readonly uid: string;
      /** Which immutable field forces it. */
      readonly reason: string;
    }
  | { readonly kind: 'delete'; readonly ref: ObjectRef; readonly uid: string; readonly reason: string };

/** What became of an action. */
export type Outcome =
  | { readonly kind: 'done'; readonly action: Action; readonly object?: KubeObject }
  | { readonly kind: 'failed'; readonly action: Action; readonly error: Error }
  /** Not tried, since an earlier stage failed. */
  | { readonly kind: 'skipped'; readonly action: Action };
