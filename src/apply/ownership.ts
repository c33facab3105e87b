/** Whose an object is, and which objects go with the Installation. */
import type { KubeObject, OwnerReference } from '../api/kubernetes.ts';
import { appliedFields } from './managed-fields.ts';
import type { Target } from './types.ts';

/** Standard label that says which program keeps an object. */
export const managedByLabel = 'app.kubernetes.io/managed-by';

/** On a live object, by a user: leave it alone. The reference operator knows the same annotation. */
export const ignoreAnnotation = 'unsupported.operator.tigera.io/ignore';

/**
 * Written on what outlives the first step of a deletion, so that a teardown knows it from the live objects alone, also
 * when the spec is refused and nothing can be rendered: `last` goes after everything that has pods of its own network,
 * `keep` stays. See docs/adr/0004-teardown.md.
 */
export const teardownAnnotation = 'operator.tigera.io/teardown';

/** How we know what is ours. */
export interface Ownership {
  /** Field manager of the applies, as `calico-operator/installation`. */
  readonly manager: string;
  /** Value of `app.kubernetes.io/managed-by` on what the operator makes. */
  readonly managedBy: string;
  /** uid of the Installation. */
  readonly ownerUid: string;
}

/** The live object asks to be left alone. */
export function isIgnored(live: KubeObject): boolean {
  return live.metadata.annotations?.[ignoreAnnotation] === 'true';
}

/** The object belongs to this Installation by its owner references. */
export function hasOwner(object: KubeObject, uid: string): boolean {
  return object.metadata.ownerReferences?.some((reference) => reference.uid === uid) ?? false;
}

/** We applied the object, and it says that it is ours; a user's object that we share fields of has no such label. */
export function isMadeByUs(object: KubeObject, by: Pick<Ownership, 'manager' | 'managedBy'>): boolean {
  return (
    object.metadata.labels?.[managedByLabel] === by.managedBy &&
    appliedFields(object, by.manager) !== undefined
  );
}

/** What the object says about a teardown: nothing is `first`. */
export function teardownOf(object: KubeObject): 'first' | 'last' | 'keep' {
  const value = object.metadata.annotations?.[teardownAnnotation];
  return value === 'last' || value === 'keep' ? value : 'first';
}

/**
 * Gives a rendered object the owner that its role in a deletion asks for. Only what may go first is owned by the
 * Installation: the garbage collector takes owned objects at a moment of its own, and in foreground mode before our
 * finalizer is asked. What the CNI plugin needs must not be taken by it.
 */
export function withOwner<T extends Target>(target: T, owner: OwnerReference | undefined): T {
  const { ownerReferences: _, ...metadata } = target.object.metadata;
  if (target.ownership === 'shared' || owner === undefined) {
    return { ...target, object: { ...target.object, metadata } };
  }
  const owned =
    target.teardown === undefined
      ? { ...metadata, ownerReferences: [owner] }
      : { ...metadata, annotations: { ...metadata.annotations, [teardownAnnotation]: target.teardown } };
  return { ...target, object: { ...target.object, metadata: owned } };
}
