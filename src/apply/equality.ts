/** When a stored value counts as the one that was asked for, although it is written differently. */
import { isArray, isObject, isZero, type JsonObject } from './json.ts';
import { equalQuantities } from '../api/quantity.ts';

/** Maps whose values are quantities, and fields that are one. */
const quantityMaps = new Set([
  'limits',
  'requests',
  'hard',
  'capacity',
  'max',
  'min',
  'default',
  'defaultRequest',
]);
const quantityFields = new Set(['sizeLimit', 'divisor', 'storage']);

/**
 * Defaults that the API server writes into values which it stores as a whole. Elsewhere defaults don't matter, since
 * a field that we never sent is not ours. `beside` is a key that the map has, `value` what an absent key stands for. (A subject that is a ServiceAccount has no group.)
 */
const defaults: readonly { readonly key: string; readonly beside: string; readonly value: unknown }[] = [
  { key: 'apiVersion', beside: 'fieldPath', value: 'v1' },
  { key: 'divisor', beside: 'resource', value: '0' },
  { key: 'expirationSeconds', beside: 'path', value: 3600 },
  { key: 'apiGroup', beside: 'kind', value: 'rbac.authorization.k8s.io' },
  { key: 'protocol', beside: 'port', value: 'TCP' },
];

/**
 * True when `live` is what the API server makes of `desired`: zero values may be left out, quantities may be written
 * in another way, and well-known defaults may have come in. `path` ends with the field's name.
 */
export function equalValues(desired: unknown, live: unknown, path: readonly string[]): boolean {
  if (desired === live || (isZero(desired) && isZero(live))) {
    return true;
  }
  if (isArray(desired)) {
    return (
      isArray(live) &&
      live.length === desired.length &&
      desired.every((item, index) => equalValues(item, live[index], path))
    );
  }
  if (isObject(desired)) {
    return isObject(live) && equalMaps(desired, live, path);
  }
  return isQuantity(path) && equalQuantities(desired, live);
}

function isQuantity(path: readonly string[]): boolean {
  return quantityFields.has(path.at(-1) ?? '') || quantityMaps.has(path.at(-2) ?? '');
}

function equalMaps(desired: JsonObject, live: JsonObject, path: readonly string[]): boolean {
  const keys = new Set([...Object.keys(desired), ...Object.keys(live)]);
  return [...keys].every((key) => {
    const want = desired[key] ?? defaultOf(key, desired);
    const have = live[key] ?? defaultOf(key, live);
    return equalValues(want, have, [...path, key]);
  });
}

function defaultOf(key: string, map: JsonObject): unknown {
  return map['kind'] === 'ServiceAccount'
    ? undefined
    : defaults.find((entry) => entry.key === key && entry.beside in map)?.value;
}
