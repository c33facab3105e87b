/**
 * What we own of a live object, compared with what we want it to be. Server-side apply records for each manager which
 * fields it applied (`metadata.managedFields`, fieldsV1); a field that somebody else changes leaves our record. So one
 * look at the live object tells whether an apply would do anything, without asking the API server, and just as well
 * after a restart.
 *
 * A node of fieldsV1 is a map whose keys are `f:<field>`, `k:<keys of a list item as JSON>`, `v:<item of a set as
 * JSON>`, and `.` for the node itself. A node without any is a leaf: a scalar, or a list or map that is owned whole.
 */
import type { KubeObject } from '../api/kubernetes.ts';
import { equalValues } from './equality.ts';
import { isArray, isObject, isZero, type JsonObject } from './json.ts';
import type { FieldDifference } from './types.ts';

/** Which of an object's entries in managedFields is looked at. */
export interface CompareOptions {
  /** `status`: only the status is compared, with what the manager applied through the status subresource. */
  readonly subresource?: 'status';
}

interface Walk {
  readonly secret: boolean;
  readonly found: FieldDifference[];
}

type Path = readonly string[];

/** Fields that the API server never records for an applier. */
const unrecordedMetadata = new Set([
  'name',
  'namespace',
  'generateName',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
  'managedFields',
]);

/** Kinds that we write the status of, and that have no subresource for it: there it is a field like any other. */
export const withoutSubresource: ReadonlySet<string> = new Set(['Network']);

/** The fields that `manager` applied, or undefined when it never applied this object. */
export function appliedFields(
  live: KubeObject,
  manager: string,
  options: CompareOptions = {},
): JsonObject | undefined {
  const entry = live.metadata.managedFields?.find(
    (candidate) =>
      candidate.manager === manager &&
      candidate.operation === 'Apply' &&
      (candidate.subresource ?? '') === (options.subresource ?? ''),
  );
  return isObject(entry?.fieldsV1) ? entry.fieldsV1 : undefined;
}

/**
 * The fields in which `live` is not what an apply of `desired` by `manager` would make it. None means that the apply
 * would change nothing. Fields of others are no difference.
 */
export function compare(
  desired: KubeObject,
  live: KubeObject,
  manager: string,
  options: CompareOptions = {},
): readonly FieldDifference[] {
  const walk: Walk = { secret: desired.kind === 'Secret', found: [] };
  const owned = appliedFields(live, manager, options) ?? {};
  compareFields(walk, [], recorded(desired, options), recorded(live, options), owned);
  return walk.found;
}

/** The object without what managedFields never speaks of. */
function recorded(object: KubeObject, options: CompareOptions): JsonObject {
  const { apiVersion: _, kind: __, metadata, ...rest } = object as KubeObject & { readonly status?: unknown };
  if (options.subresource === 'status') {
    return { status: rest.status };
  }
  const { status: ___, ...withoutStatus } = rest;
  const content = withoutSubresource.has(object.kind) ? rest : withoutStatus;
  const kept = Object.entries(metadata).filter(([key]) => !unrecordedMetadata.has(key));
  return kept.length === 0 ? content : { metadata: Object.fromEntries(kept), ...content };
}

function compareValue(walk: Walk, path: Path, desired: unknown, live: unknown, owned: unknown): void {
  if (!isObject(owned)) {
    const nothing = isArray(desired) && desired.length === 0 && itemLists.has(path.at(-1) ?? '');
    if (isRecordable(desired) || (!isZero(live) && !nothing)) {
      report(walk, path, 'unowned', desired, live);
    }
    return;
  }
  const kinds = childKinds(owned);
  if (kinds.has('f') && isObject(desired)) {
    compareFields(walk, path, desired, isObject(live) ? live : {}, owned);
  } else if (kinds.has('k') && isArray(desired)) {
    compareItems(walk, path, desired, isArray(live) ? live : [], owned);
  } else if (kinds.has('v') && isArray(desired)) {
    compareSet(walk, path, desired, owned);
  } else if (kinds.size > 0 || !equalLeaves(desired, live, path)) {
    report(walk, path, 'changed', desired, live);
  }
}

/** Maps that the built-in kinds store as a whole. */
export const atomicMaps = new Set([
  'selector',
  'nodeSelector',
  'podSelector',
  'namespaceSelector',
  'labelSelector',
]);

/** An empty map of ours leaves room for the keys of others and for defaults, unless it is stored as a whole. */
function equalLeaves(desired: unknown, live: unknown, path: Path): boolean {
  const roomy = isObject(desired) && isZero(desired) && isObject(live) && !atomicMaps.has(path.at(-1) ?? '');
  return roomy || equalValues(desired, live, path);
}

/** Lists of the built-in kinds whose items belong to whoever applied them: an empty one of ours asks for nothing. */
export const itemLists = new Set([
  'containers',
  'env',
  'finalizers',
  'hostAliases',
  'imagePullSecrets',
  'initContainers',
  'ownerReferences',
  'ports',
  'secrets',
  'topologySpreadConstraints',
  'volumeDevices',
  'volumeMounts',
  'volumes',
]);

/** Null is never sent, and nothing is recorded for an empty list whose items are recorded one by one. */
function isRecordable(value: unknown): boolean {
  if (isArray(value)) {
    return value.length > 0;
  }
  if (isObject(value)) {
    const items = Object.values(value);
    return items.length === 0 || items.some(isRecordable);
  }
  return value !== undefined && value !== null;
}

/** What a node of fieldsV1 speaks of: fields (`f`), items by key (`k`), values of a set (`v`); a leaf of nothing. */
export function childKinds(owned: JsonObject): ReadonlySet<string> {
  return new Set(Object.keys(owned).flatMap((key) => (key === '.' ? [] : [key.slice(0, key.indexOf(':'))])));
}

function compareFields(
  walk: Walk,
  path: Path,
  desired: JsonObject,
  live: JsonObject,
  owned: JsonObject,
): void {
  for (const [key, value] of Object.entries(desired)) {
    if (value !== undefined && value !== null) {
      compareValue(walk, [...path, key], value, live[key], owned[`f:${key}`]);
    }
  }
  for (const key of Object.keys(owned)) {
    const field = key.slice(2);
    if (key.startsWith('f:') && (desired[field] === undefined || desired[field] === null)) {
      report(walk, [...path, field], 'dropped', undefined, live[field]);
    }
  }
}

/** A list whose items are known by some of their fields. */
function compareItems(
  walk: Walk,
  path: Path,
  desired: readonly unknown[],
  live: readonly unknown[],
  owned: JsonObject,
): void {
  const ownedItems = Object.entries(owned).flatMap(([key, fields]) =>
    key.startsWith('k:') ? [{ keys: JSON.parse(key.slice(2)) as JsonObject, fields }] : [],
  );
  const positions: number[] = [];
  for (const item of desired) {
    const match = ownedItems.find(({ keys }) => hasKeys(item, keys));
    const names = Object.keys(match?.keys ?? ownedItems[0]?.keys ?? {});
    const keys = match?.keys ?? (isObject(item) ? Object.fromEntries(names.map((n) => [n, item[n]])) : {});
    const position = live.findIndex((candidate) => hasKeys(candidate, keys));
    compareValue(walk, [...path, itemName(keys)], item, live[position], match?.fields);
    if (match !== undefined && position >= 0) {
      positions.push(position);
    }
  }
  for (const { keys } of ownedItems) {
    if (!desired.some((item) => hasKeys(item, keys))) {
      const item = live.find((candidate) => hasKeys(candidate, keys));
      report(walk, [...path, itemName(keys)], 'dropped', undefined, item);
    }
  }
  if (positions.some((position, index) => index > 0 && position < (positions[index - 1] ?? 0))) {
    report(walk, [...path, '[order]'], 'changed', 'as rendered', 'another order');
  }
}

/** Whether an item of a list has these keys. A port's protocol is the one key that has a default. */
export function hasKeys(item: unknown, keys: JsonObject): boolean {
  return (
    isObject(item) &&
    Object.entries(keys).every(
      ([key, value]) => (item[key] ?? (key === 'protocol' ? 'TCP' : undefined)) === (value ?? undefined),
    )
  );
}

function itemName(keys: JsonObject): string {
  return `[${Object.entries(keys)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(',')}]`;
}

/** A list of scalars in which each value is somebody's own. */
function compareSet(walk: Walk, path: Path, desired: readonly unknown[], owned: JsonObject): void {
  const wanted = new Set(desired.map((item) => `v:${JSON.stringify(item)}`));
  for (const key of wanted) {
    if (!(key in owned)) {
      report(walk, [...path, `[${key.slice(2)}]`], 'unowned', JSON.parse(key.slice(2)), undefined);
    }
  }
  for (const key of Object.keys(owned)) {
    if (key.startsWith('v:') && !wanted.has(key)) {
      report(walk, [...path, `[${key.slice(2)}]`], 'dropped', undefined, JSON.parse(key.slice(2)));
    }
  }
}

function report(walk: Walk, path: Path, cause: FieldDifference['cause'], want: unknown, have: unknown): void {
  const hidden = walk.secret && (path[0] === 'data' || path[0] === 'stringData');
  walk.found.push({
    path: path.join('.').replaceAll('.[', '['),
    cause,
    ...(want === undefined ? {} : { want: hidden ? '(hidden)' : shorten(want) }),
    ...(have === undefined ? {} : { have: hidden ? '(hidden)' : shorten(have) }),
  });
}

function shorten(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}
