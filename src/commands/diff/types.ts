/** What the operator would do, as `diff` tells it. */
import type { KubeObject } from '../../api/kubernetes.ts';
import type { FieldPath } from '../../api/refusal.ts';
import type { ObjectRef } from '../../kube/types.ts';

/** One object that the operator would write. */
export interface Change {
  readonly ref: ObjectRef;
  /** `recreate`: deleted and made again, since a field of it cannot be changed. */
  readonly action: 'create' | 'update' | 'recreate' | 'delete';
  /** Why it is made again. */
  readonly reason?: string;
  /** As it is; absent when it is created. */
  readonly before?: KubeObject;
  /** As it would be stored, but for defaults of the API server; absent when it is deleted. */
  readonly after?: KubeObject;
}

/** What the operator does at once, before it waits for rollouts or for time. */
export interface Step<OneChange = Change> {
  /** Milliseconds between this step and the rollouts of the one before. */
  readonly after: number;
  /** What the operator says that it waits for until then. */
  readonly waitedFor: readonly string[];
  /** Never empty; against the step before. */
  readonly changes: readonly OneChange[];
}

/** What a change means for pods. */
export type Effect =
  | { readonly kind: 'none' }
  /** Every pod is replaced, at a pace such as `one at a time`. */
  | { readonly kind: 'rolls'; readonly pods: number; readonly pace: string }
  | { readonly kind: 'starts'; readonly pods: number }
  | { readonly kind: 'stops'; readonly pods: number }
  | { readonly kind: 'scales'; readonly from: number; readonly to: number };

/** What a change does to the users' own pods beyond restarts of Calico's. */
export interface Concern {
  /** `disruptive`: connections, addresses or new pods suffer. `note`: worth knowing, harms nothing by itself. */
  readonly severity: 'disruptive' | 'note';
  /** What it is about: of two concerns about one matter only the first is told. */
  readonly topic: string;
  /** The object that brings it about, as `IPPool default-ipv4-ippool`. */
  readonly object: string;
  /** Of the object, or of the Installation as `Installation spec.calicoNetwork.mtu`. */
  readonly field: FieldPath;
  readonly from?: string;
  readonly to?: string;
  /** In one sentence, without a full stop. */
  readonly because: string;
}

/** Classes of changes, the mildest first. */
export const classes = ['no restart', 'rolls', 'disruptive'] as const;
/** One of them. */
export type Class = (typeof classes)[number];

/** A change with what it means. */
export interface ClassifiedChange extends Change {
  readonly effect: Effect;
  readonly class: Class;
  readonly concerns: readonly Concern[];
}

/** A change as a step brings it. */
export type StepChange = Change & { readonly effect: Effect };
