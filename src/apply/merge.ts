/**
 * What an apply would make of a live object, without asking the API server: the counterpart of compare() in
 * managed-fields.ts, by the same records. Defaults that only the API server knows are not filled in.
 */
import type { KubeObject } from '../api/kubernetes.ts';
import { equalValues } from './equality.ts';
import { isArray, isObject, isZero, type JsonObject, withoutNulls } from './json.ts';
import { appliedFields, atomicMaps, childKinds, hasKeys, itemLists } from './managed-fields.ts';

/** A place in the object, and who owns what below it: our manager, and every other one that owns anything there. */
interface Place {
  readonly path: readonly string[];
  /** Node of fieldsV1; undefined where we own nothing. */
  readonly owned: JsonObject | undefined;
  readonly others: readonly JsonObject[];
}

/**
 * The object as it stands after a forced apply of `desired` by `manager`: what we owned and no longer want is gone unless
 * others own it too, what we want is there, what others set beside it stays. A value that means the same keeps its live
 * spelling.
 * @param live with the whole of `metadata.managedFields`
 */
export function mergeApplied<T extends KubeObject>(desired: T, live: KubeObject, manager: string): T {
  const entries = live.metadata.managedFields ?? [];
  const others = entries.flatMap((entry) =>
    isObject(entry.fieldsV1) && !(entry.manager === manager && entry.operation === 'Apply')
      ? [entry.fieldsV1]
      : [],
  );
  const root: Place = { path: [], owned: appliedFields(live, manager), others };
  return mergeFields(root, json(withoutNulls(desired)), json(live)) as unknown as T;
}

function json(object: KubeObject): JsonObject {
  return object as unknown as JsonObject;
}

function below({ path, owned, others }: Place, element: string): Place {
  const inner = owned?.[element];
  return {
    path: [...path, element.slice(2)],
    owned: isObject(inner) ? inner : undefined,
    others: others.flatMap((node) => (isObject(node[element]) ? [node[element]] : [])),
  };
}

function mergeFields(place: Place, desired: JsonObject, live: JsonObject): JsonObject {
  const result = new Map(Object.entries(live));
  for (const element of Object.keys(place.owned ?? {})) {
    const field = element.slice(2);
    if (!element.startsWith('f:') || field in desired) continue;
    const left = keepOthers(live[field], below(place, element));
    if (left === undefined) result.delete(field);
    else result.set(field, left);
  }
  for (const [field, value] of Object.entries(desired)) {
    const merged = mergeValue(below(place, `f:${field}`), value, live[field]);
    if (merged !== undefined) result.set(field, merged);
  }
  return Object.fromEntries(result);
}

function mergeValue(place: Place, desired: unknown, live: unknown): unknown {
  const { path, owned, others } = place;
  // A zero value of ours that isn't there is one that the API server does not store.
  if (live === undefined || live === null) return owned !== undefined && isZero(desired) ? live : desired;
  const name = path.at(-1) ?? '';
  const kinds = childKinds(owned ?? {});
  if (isObject(desired) && isObject(live)) {
    const isLeaf = owned !== undefined && ![owned, ...others].some(hasChildren);
    if (!atomicMaps.has(name) && (!isLeaf || isEmpty(desired))) return mergeFields(place, desired, live);
  } else if (isArray(desired) && isArray(live)) {
    if (kinds.has('v')) return mergeSet(place, desired, live);
    if (kinds.has('k') || (owned === undefined && itemLists.has(name)))
      return mergeItems(place, desired, live);
  }
  return equalValues(desired, live, path) ? live : desired;
}

const hasChildren = (node: JsonObject): boolean => childKinds(node).size > 0;
const isEmpty = (value: JsonObject): boolean => Object.keys(value).length === 0;

/** What stays of a value that we give up: the parts that others own; undefined when there are none. */
function keepOthers(live: unknown, { owned, others }: Omit<Place, 'path'>): unknown {
  if (live === undefined || others.length === 0) return undefined;
  if (!others.some(hasChildren)) {
    // A leaf, or something that is stored as a whole; where we own parts, they own the frame alone.
    return owned !== undefined && hasChildren(owned) ? (isArray(live) ? [] : {}) : live;
  }
  if (isObject(live)) {
    const kept = Object.entries(live).flatMap(([key, value]) => {
      const left = keepOthers(value, below({ path: [], owned, others }, `f:${key}`));
      return left === undefined ? [] : [[key, left] as const];
    });
    return kept.length === 0 ? undefined : Object.fromEntries(kept);
  }
  if (!isArray(live)) return live;
  const kept = live.flatMap((item) => keepItem(item, { owned, others }));
  return kept.length === 0 ? undefined : kept;
}

/** What stays of an item that we give up: nothing, or its keys and the parts that others own. */
function keepItem(item: unknown, { owned = {}, others }: Omit<Place, 'path'>): readonly unknown[] {
  if (!isObject(item)) return isOwned(item, others) ? [item] : [];
  const [first] = others.flatMap((node) => recordsOf(item, node));
  if (first === undefined) return [];
  const inner = {
    owned: recordsOf(item, owned)[0]?.fields,
    others: others.flatMap((node) => recordsOf(item, node).map(({ fields }) => fields)),
  };
  const parts = inner.others.some(hasChildren) ? keepOthers(item, inner) : {};
  return [{ ...first.keys, ...(parts as JsonObject | undefined) }];
}

/** What a node of fieldsV1 says of an item. */
function recordsOf(item: unknown, node: JsonObject) {
  return Object.entries(node).flatMap(([element, fields]) => {
    if (!element.startsWith('k:') || !isObject(fields)) return [];
    const keys = keysIn(element);
    return hasKeys(item, keys) ? [{ keys, fields }] : [];
  });
}

function keysIn(element: string): JsonObject {
  return JSON.parse(element.slice(2)) as JsonObject;
}

/** Whether somebody owns this item of a list. */
function isOwned(item: unknown, owners: readonly JsonObject[]): boolean {
  return owners.some((node) => recordsOf(item, node).length > 0 || `v:${JSON.stringify(item)}` in node);
}

/** A list whose items are known by some of their fields: ours in our order, those of others after what they followed. */
function mergeItems(place: Place, desired: readonly unknown[], live: readonly unknown[]): readonly unknown[] {
  const { path, owned = {}, others } = place;
  const elements = [owned, ...others].flatMap((node) =>
    Object.keys(node).filter((key) => key.startsWith('k:')),
  );
  const records = [...new Set(elements)].map((element) => ({ element, keys: keysIn(element) }));
  const [first] = records;
  const names = first === undefined ? usualKeys(path.at(-1) ?? '') : Object.keys(first.keys);
  const matched = new Set<unknown>();
  const result = desired.map((item) => {
    const record = records.find(({ keys }) => hasKeys(item, keys));
    const keys = record?.keys ?? keysOf(item, names);
    const match = live.find((candidate) => hasKeys(candidate, keys));
    matched.add(match);
    const inner = below(place, record?.element ?? 'k:');
    return { live: match, item: mergeValue(inner, item, match) };
  });
  for (const [index, item] of live.entries()) {
    if (matched.has(item)) continue;
    const follows = result.findIndex((entry) => index > 0 && entry.live === live[index - 1]);
    const left = isOwned(item, [owned]) ? keepItem(item, place) : [item];
    result.splice(follows + 1, 0, ...left.map((kept) => ({ live: item, item: kept })));
  }
  return result.map(({ item }) => item);
}

function keysOf(item: unknown, names: readonly string[]): JsonObject {
  return isObject(item)
    ? Object.fromEntries(names.flatMap((name) => (name in item ? [[name, item[name]]] : [])))
    : {};
}

const keysOfLists: Readonly<Record<string, readonly string[]>> = {
  hostAliases: ['ip'],
  ownerReferences: ['uid'],
  ports: ['containerPort', 'port', 'protocol'],
  topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
  volumeDevices: ['devicePath'],
  volumeMounts: ['mountPath'],
};

/** By which fields the API server knows the items of a list of which nobody owns one yet. */
function usualKeys(list: string): readonly string[] {
  return keysOfLists[list] ?? ['name'];
}

/** A list of scalars in which each value is somebody's own. */
function mergeSet(
  { owned = {}, others }: Place,
  desired: readonly unknown[],
  live: readonly unknown[],
): readonly unknown[] {
  const kept = live.filter(
    (item) => desired.includes(item) || !isOwned(item, [owned]) || isOwned(item, others),
  );
  return [...kept, ...desired.filter((item) => !kept.includes(item))];
}
