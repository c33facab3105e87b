/** An object as a flat map from field paths to values, with path elements as in fieldsV1. For tests. */
import { isArray, isObject, type JsonObject } from '../json.ts';

/** Path elements joined; see `split`. */
export type FieldKey = string;

/** Marks a list item or an empty map, which have a path but no value of their own. */
export const marker = Symbol('marker');

const separator = '\u0000';
const lists: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  env: ['name'],
  ownerReferences: ['uid'],
  ports: ['containerPort', 'protocol'],
  volumes: ['name'],
};
const sets = new Set(['finalizers']);
const atomicMaps = new Set(['selector', 'nodeSelector', 'fieldRef']);

/** The elements of a path. */
export function split(key: FieldKey): readonly string[] {
  return key.split(separator);
}

const join = (path: readonly string[]): FieldKey => path.join(separator);

/** Every field of an object, in the order in which it stands there. */
export function flatten(object: JsonObject): Map<FieldKey, unknown> {
  const fields = new Map<FieldKey, unknown>();
  for (const [key, value] of Object.entries(object)) {
    visit(fields, [`f:${key}`], key, value);
  }
  return fields;
}

function visit(fields: Map<FieldKey, unknown>, path: readonly string[], name: string, value: unknown): void {
  if (isObject(value) && !atomicMaps.has(name)) {
    if (Object.keys(value).length === 0) {
      fields.set(join(path), marker);
    }
    for (const [key, item] of Object.entries(value)) {
      visit(fields, [...path, `f:${key}`], key, item);
    }
  } else if (isArray(value) && sets.has(name)) {
    for (const item of value) {
      fields.set(join([...path, `v:${JSON.stringify(item)}`]), item);
    }
  } else if (isArray(value) && lists[name] !== undefined) {
    for (const item of value.filter(isObject)) {
      visitItem(fields, [...path, `k:${keyText(lists[name], item)}`], item);
    }
  } else {
    fields.set(join(path), value);
  }
}

function visitItem(fields: Map<FieldKey, unknown>, path: readonly string[], item: JsonObject): void {
  fields.set(join(path), marker);
  for (const [key, value] of Object.entries(item)) {
    visit(fields, [...path, `f:${key}`], key, value);
  }
}

function keyText(keys: readonly string[], item: JsonObject): string {
  const entries = keys.map((key) => [key, item[key] ?? (key === 'protocol' ? 'TCP' : undefined)] as const);
  return JSON.stringify(Object.fromEntries(entries));
}

/** The object that has these fields. */
export function unflatten(fields: ReadonlyMap<FieldKey, unknown>): JsonObject {
  const root: Record<string, unknown> = {};
  const nodes = new Map<FieldKey, unknown>([['', root]]);
  for (const [key, value] of fields) {
    const path = split(key);
    path.forEach((element, index) => {
      const here = join(path.slice(0, index + 1));
      if (!nodes.has(here)) {
        const next = path[index + 1];
        const node = next === undefined ? leaf(element, value) : /^[kv]:/.test(next) ? [] : {};
        nodes.set(here, node);
        attach(nodes.get(join(path.slice(0, index))), element, node);
      }
    });
  }
  return root;
}

function leaf(element: string, value: unknown): unknown {
  return value === marker ? {} : element.startsWith('v:') ? JSON.parse(element.slice(2)) : value;
}

function attach(parent: unknown, element: string, node: unknown): void {
  if (Array.isArray(parent)) {
    parent.push(node);
  } else if (isObject(parent)) {
    (parent as Record<string, unknown>)[element.slice(2)] = node;
  }
}

/** fieldsV1 of a set of fields. */
export function fieldsV1(keys: Iterable<FieldKey>): JsonObject {
  type Node = { [key: string]: Node };
  const root: Node = {};
  for (const key of keys) {
    const path = split(key);
    let node = root;
    for (const element of path) {
      node = node[element] ??= {};
    }
    if (path.at(-1)?.startsWith('k:') ?? false) {
      node['.'] = {};
    }
  }
  return root;
}
