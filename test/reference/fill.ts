/** Completing nested JSON objects. */
import { isList, isObject, type Json, type JsonObject } from './json.ts';

/** Fills what is absent; `given` wins at every level. */
export function fill(given: JsonObject, filling: JsonObject): JsonObject {
  return { ...filling, ...given };
}

/** Replaces a nested object, when it is there, by what `change` makes of it. */
export function within(
  object: JsonObject,
  field: string,
  change: (value: JsonObject) => JsonObject,
): JsonObject {
  const value = object[field];
  return isObject(value) ? { ...object, [field]: change(value) } : object;
}

/** Replaces every object of a list, when it is there. */
export function each(
  object: JsonObject,
  field: string,
  change: (value: JsonObject) => JsonObject,
): JsonObject {
  const value = object[field];
  return isList(value)
    ? { ...object, [field]: value.map((item): Json => (isObject(item) ? change(item) : item)) }
    : object;
}
