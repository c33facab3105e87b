/**
 * What an API server does with a custom resource before a rule is asked: drops nulls, fills in the schema's defaults,
 * and looks at every value. The schema's CEL rules are left to `resolve`, which judges the same things and more.
 */
import type { FieldPath } from '../../api/refusal.ts';
import { nearest } from '../../config/nearest.ts';
import type { Schema } from './schema-keywords.ts';
import { valueProblem } from './schema-value.ts';

/** A value that the schema does not allow. */
export interface SchemaMistake {
  readonly field: FieldPath;
  readonly value?: unknown;
  readonly problem: string;
  readonly cure: string;
  /** The schema does not know the field: a newer release may. */
  readonly unknown?: true;
}

/** The value as it would be stored, and everything that is wrong with it. */
export interface Admission {
  readonly value: unknown;
  readonly mistakes: readonly SchemaMistake[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Holds a value against a schema. `field` is the value's own place. Pure. */
export function admit(schema: Schema, value: unknown, field: FieldPath): Admission {
  const wrong = valueProblem(schema, value);
  if (wrong !== undefined) return { value, mistakes: [{ field, value, ...wrong }] };
  if (schema.type === 'array') return admitList(schema, value as readonly unknown[], field);
  if (schema.type === 'object') return admitFields(schema, value as Fields, field);
  return { value, mistakes: [] };
}

function admitList(schema: Schema, list: readonly unknown[], field: FieldPath): Admission {
  const items = list.map((item, index) => admit(schema.items ?? {}, item, `${field}[${index}]`));
  const values = items.map(({ value }) => value);
  const seen = new Map<string, number>();
  const repeated = values.flatMap((value, index): readonly SchemaMistake[] => {
    const key = keyOf(schema, value);
    if (key === undefined) return [];
    const first = seen.get(key);
    if (first === undefined) seen.set(key, index);
    const problem = `it says the same as entry ${first ?? 0}, and each may be there once`;
    return first === undefined
      ? []
      : [{ field: `${field}[${index}]`, problem, cure: 'Leave one of the two out' }];
  });
  return { value: values, mistakes: [...items.flatMap(({ mistakes }) => mistakes), ...repeated] };
}

/** What tells an entry from the others; undefined where entries may repeat. */
function keyOf(schema: Schema, value: unknown): string | undefined {
  const { 'x-kubernetes-list-type': type = 'atomic', 'x-kubernetes-list-map-keys': keys = [] } = schema;
  switch (type) {
    case 'set':
      return JSON.stringify(value);
    case 'map':
      return JSON.stringify(keys.map((key) => (value as Fields | null)?.[key]));
    case 'atomic':
      return undefined;
  }
}

function admitFields(schema: Schema, given: Fields, field: FieldPath): Admission {
  const { properties = {}, required = [], additionalProperties } = schema;
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const others = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  const value: Record<string, unknown> = {};
  const mistakes: SchemaMistake[] = [];
  for (const [name, item] of Object.entries(given)) {
    const known = Object.hasOwn(properties, name) ? properties[name] : others;
    if (known === undefined && !open && additionalProperties !== true) {
      mistakes.push(unknownField(`${field}.${name}`, name, Object.keys(properties)));
    }
    if (item === null || item === undefined) continue;
    const admission =
      known === undefined ? { value: item, mistakes: [] } : admit(known, item, `${field}.${name}`);
    value[name] = admission.value;
    mistakes.push(...admission.mistakes);
  }
  for (const [name, property] of Object.entries(properties)) {
    if (value[name] === undefined && property.default !== undefined) value[name] = property.default;
  }
  for (const name of required.filter((required) => value[required] === undefined)) {
    mistakes.push({ field: `${field}.${name}`, problem: 'it is missing', cure: `Add ${name}` });
  }
  return { value, mistakes };
}

function unknownField(field: FieldPath, name: string, known: readonly string[]): SchemaMistake {
  const meant = nearest(name, known);
  return {
    field,
    problem: 'there is no such field',
    cure: meant === undefined ? 'Leave it out' : `Write ${meant}, or leave it out`,
    unknown: true,
  };
}
