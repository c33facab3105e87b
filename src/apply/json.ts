/** JSON as data of unknown shape. */

export type JsonObject = Readonly<Record<string, unknown>>;

/** True for maps: neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Narrows to an array of unknown values. */
export function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** True for what the API server does not tell from an absent field: null, false, 0, '', [] and {}. */
export function isZero(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === '') {
    return true;
  }
  return isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

/** A copy without `undefined` and `null`, as it may be sent in an apply. */
export function withoutNulls<T>(value: T): T {
  return prune(value) as T;
}

function prune(value: unknown): unknown {
  if (isArray(value)) {
    return value.map(prune);
  }
  if (!isObject(value)) {
    return value;
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined && item !== null);
  return Object.fromEntries(entries.map(([key, item]) => [key, prune(item)]));
}

/** JSON with sorted keys: equal text means equal data. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    isObject(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item,
  );
}
