/** What a store keeps of an object. */
import type { KubeObject, ManagedFieldsEntry } from '../api/kubernetes.ts';
import type { StoreKey } from './types.ts';

/** One object as a store holds it. */
export interface Entry<Item> {
  readonly key: StoreKey;
  readonly uid: string;
  readonly resourceVersion: string;
  /** The object waits for its finalizers. */
  readonly deleting: boolean;
  readonly item: Item;
}

/** Which entries of `managedFields` are kept. */
export type ManagerFilter = (entry: ManagedFieldsEntry) => boolean;

/** Keeps the operator's own field managers: `calico-operator`, `calico-operator/…`. */
export const ownManagers: ManagerFilter = (entry) => entry.manager?.startsWith('calico-operator') === true;

/** The key of an object in its store. */
export function keyOf(name: string, namespace: string | undefined): StoreKey {
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

/** Reduces an object to an entry. The object itself is left as it was and can be forgotten. */
export function decodeEntry<Item>(
  object: KubeObject,
  project: (object: KubeObject) => Item,
  keep: ManagerFilter,
): Entry<Item> {
  const { managedFields, ...rest } = object.metadata;
  const kept = managedFields?.filter(keep) ?? [];
  const metadata = kept.length === 0 ? rest : { ...rest, managedFields: kept };
  return {
    key: keyOf(metadata.name, metadata.namespace),
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    deleting: metadata.deletionTimestamp !== undefined,
    item: project({ ...object, metadata }),
  };
}

/**
 * Compares two resourceVersions of one resource as the integers that they are (KEP-5504): negative when `a` is older.
 * Undefined when one of them is no integer: then nothing may be concluded.
 */
export function compareVersions(a: string, b: string): number | undefined {
  if (!/^[0-9]+$/.test(a) || !/^[0-9]+$/.test(b)) return undefined;
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
