/**
 * Whose value a field of Calico's own configuration is. Users may write the same objects as the operator, and the
 * operator applies with force; so a field that belongs to somebody else must not be rendered at all.
 *
 * A field is ours to render as a default when nobody set it, or when the operator alone owns it in `managedFields`.
 * Anybody else who writes the field, by apply or by edit, becomes an owner and keeps it. Whoever gives the field up
 * hands it back: it is unset, and the default returns with the next reconcile.
 */
import type { KubeObject, ManagedFieldsEntry } from '../../api/kubernetes.ts';

/** Field managers of this operator: one for each controller, under one name. */
const managerPrefix = 'calico-operator/';

const isOurs = ({ manager, operation }: ManagedFieldsEntry) =>
  operation === 'Apply' && (manager?.startsWith(managerPrefix) ?? false);

/** Looks up `['spec', 'healthPort']` in `{"f:spec":{"f:healthPort":{}}}`. */
function covers(entry: ManagedFieldsEntry, path: readonly string[]): boolean {
  let level: unknown = entry.fieldsV1;
  for (const name of path) {
    if (typeof level !== 'object' || level === null) return false;
    level = (level as Record<string, unknown>)[`f:${name}`];
  }
  return level !== undefined;
}

function isSet(live: KubeObject, path: readonly string[]): boolean {
  let level: unknown = live;
  for (const name of path) {
    if (typeof level !== 'object' || level === null) return false;
    level = (level as Record<string, unknown>)[name];
  }
  return level !== undefined && level !== null;
}

/** True when the operator may render the field as a default: nobody set it, or the operator alone did. */
export function mayDefault(live: KubeObject | undefined, path: readonly string[]): boolean {
  if (live === undefined || !isSet(live, path)) return true;
  const owners = (live.metadata.managedFields ?? []).filter((entry) => covers(entry, path));
  return owners.length > 0 && owners.every(isOurs);
}

/** True when the operator has applied the object before, so that rendering it without fields gives these up. */
export function hasApplied(live: KubeObject | undefined): boolean {
  return live?.metadata.managedFields?.some(isOurs) ?? false;
}
