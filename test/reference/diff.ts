/** Field-wise difference of two objects. */
import { isList, isObject, type Json, type JsonObject, textOf } from './json.ts';

/** One field that differs; values as JSON text, `absent` where there is none. */
export interface FieldDifference {
  readonly path: string;
  readonly reference: string;
  readonly ours: string;
}

/** What items of a list are told apart by: the mount path of mounts, else the name. */
function identity(item: Json): string | undefined {
  if (!isObject(item)) return undefined;
  const key = item['mountPath'] ?? item['name'];
  return typeof key === 'string' ? key : undefined;
}

function byIdentity(list: readonly Json[]): JsonObject | undefined {
  const entries = list.map((item) => [identity(item), item] as const);
  const keys = new Set(entries.map(([key]) => key));
  return keys.size === entries.length && !keys.has(undefined)
    ? Object.fromEntries(entries.map(([key, item]) => [`[${key ?? ''}]`, item]))
    : undefined;
}

/** Items that only one side has, when both are lists of unnamed objects, as policy rules. */
function withoutCommon(list: readonly Json[], other: readonly Json[]): Json {
  const texts = new Set(other.map((item) => textOf(item)));
  return list.filter((item) => !texts.has(textOf(item)));
}

function children(value: Json | undefined): JsonObject | undefined {
  if (isList(value)) return value.length === 0 ? undefined : byIdentity(value);
  return isObject(value) ? value : undefined;
}

/** A variable's name is in the path already: its value says enough. */
function shown(value: Json | undefined): string {
  const isVariable = isObject(value) && Object.keys(value).sort().join() === 'name,value';
  return textOf(isVariable ? value['value'] : value);
}

/** Differences of one field and what is below it, in the order of the fields. */
export function diff(
  reference: Json | undefined,
  ours: Json | undefined,
  path = '',
): readonly FieldDifference[] {
  if (textOf(reference) === textOf(ours)) return [];
  const [theirFields, ourFields] = [children(reference), children(ours)];
  if (theirFields !== undefined && ourFields !== undefined) {
    return [...new Set([...Object.keys(theirFields), ...Object.keys(ourFields)])].sort().flatMap((key) => {
      const separator = key.startsWith('[') || path === '' ? '' : '.';
      return diff(theirFields[key], ourFields[key], `${path}${separator}${key}`);
    });
  }
  if (isList(reference) && isList(ours) && path.endsWith('rules')) {
    return [
      {
        path,
        reference: textOf(withoutCommon(reference, ours)),
        ours: textOf(withoutCommon(ours, reference)),
      },
    ];
  }
  return [{ path, reference: shown(reference), ours: shown(ours) }];
}
