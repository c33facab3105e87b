/** Lays a schema out as sections with one table each. Pure. */
import type { Rule } from '../../src/api/schema/kit.ts';
import type { PlainSchema } from '../../src/api/schema/pod-bounds.ts';
import { innerOf, rulesOf } from './schema.ts';

/** One field of a table. */
export interface Row {
  /** From the section's object, as `ipPools[].cidr`. */
  readonly path: string;
  readonly schema: PlainSchema;
  readonly required: boolean;
  /** What describes the objects in it, where that is not this table. */
  readonly seeSection?: string;
  readonly seeType?: string;
}

/** A rule, and where it stands in its section; '' for the section's object itself. */
export interface PlacedRule {
  readonly path: string;
  readonly rule: Rule;
}

/** One object with its fields. */
export interface Section {
  /** From the root, as `spec.calicoNetwork`. */
  readonly path: string;
  readonly schema: PlainSchema;
  readonly rows: readonly Row[];
  readonly rules: readonly PlacedRule[];
}

/** A type that several pages share. */
export interface SharedType {
  readonly name: string;
  /** What of it only the holder has, by the path from its object. */
  readonly ownRules: readonly PlacedRule[];
}

/** Whether what a field holds is of a shared type. */
export type FindSharedType = (field: string, schema: PlainSchema) => SharedType | undefined;

/** Objects with so few fields stand in the table of the object that holds them. */
const fewFields = 4;

/** Overrides of workloads are one table each: their levels are those of a workload, and hold little by themselves. */
const isOverride = ({ properties }: PlainSchema): boolean =>
  properties?.['spec']?.properties?.['template'] !== undefined;

const countFields = (schema: PlainSchema): number =>
  Object.values(schema.properties ?? {}).reduce((sum, field) => {
    const inner = innerOf(field);
    return sum + 1 + (inner === undefined ? 0 : countFields(inner.schema));
  }, 0);

const fingerprint = (schema: PlainSchema): string => JSON.stringify({ ...schema, description: '' });

/** What a walk through an object finds. */
type Part =
  | { readonly kind: 'row'; readonly row: Row }
  | { readonly kind: 'rule'; readonly rule: PlacedRule }
  | { readonly kind: 'section'; readonly path: string; readonly schema: PlainSchema };

interface Walk {
  readonly sharedType: FindSharedType;
  /** Where an object of that shape is described. */
  readonly described: Map<string, string>;
  /** Section that the walk is in. */
  readonly at: string;
  /** Everything below belongs into its table. */
  readonly whole: boolean;
}

/** The sections of one page's object, in the order of its fields; equal objects are described once. */
export function sectionsOf(
  path: string,
  schema: PlainSchema,
  sharedType: FindSharedType,
): readonly Section[] {
  return describe(path, schema, { sharedType, described: new Map() });
}

function describe(
  at: string,
  schema: PlainSchema,
  { sharedType, described }: Pick<Walk, 'sharedType' | 'described'>,
): readonly Section[] {
  described.set(fingerprint(schema), at);
  const parts = partsOf('', schema, { sharedType, described, at, whole: isOverride(schema) });
  const section: Section = {
    path: at,
    schema,
    rows: parts.flatMap((part) => (part.kind === 'row' ? [part.row] : [])),
    rules: parts.flatMap((part) => (part.kind === 'rule' ? [part.rule] : [])),
  };
  const further = parts.flatMap((part) =>
    part.kind === 'section' ? describe(part.path, part.schema, { sharedType, described }) : [],
  );
  return [section, ...further];
}

function partsOf(prefix: string, schema: PlainSchema, walk: Walk): readonly Part[] {
  const required = (schema['required'] ?? []) as readonly string[];
  return [
    ...rulesOf(schema).map((rule): Part => ({ kind: 'rule', rule: { path: prefix, rule } })),
    ...Object.entries(schema.properties ?? {}).flatMap(([field, property]) => {
      const path = prefix === '' ? field : `${prefix}.${field}`;
      return fieldParts(field, { path, schema: property, required: required.includes(field) }, walk);
    }),
  ];
}

function fieldParts(field: string, row: Row, walk: Walk): readonly Part[] {
  const rules = fieldRules(row.schema, row.path).map((rule): Part => ({ kind: 'rule', rule }));
  const inner = innerOf(row.schema);
  if (inner === undefined) return [{ kind: 'row', row }, ...rules];
  const path = `${row.path}${inner.suffix}`;
  const shared = walk.sharedType(field, inner.schema);
  if (shared !== undefined) {
    const own = shared.ownRules.map(
      (each): Part => ({ kind: 'rule', rule: { ...each, path: `${path}.${each.path}` } }),
    );
    return [{ kind: 'row', row: { ...row, seeType: shared.name } }, ...rules, ...own];
  }
  const known = walk.described.get(fingerprint(inner.schema));
  if (known !== undefined) return [{ kind: 'row', row: { ...row, seeSection: known } }, ...rules];
  if (walk.whole || (!isOverride(inner.schema) && countFields(inner.schema) <= fewFields)) {
    return [{ kind: 'row', row }, ...rules, ...partsOf(path, inner.schema, walk)];
  }
  const there = `${walk.at}.${path}`;
  walk.described.set(fingerprint(inner.schema), there);
  return [
    { kind: 'row', row: { ...row, seeSection: there } },
    ...rules,
    { kind: 'section', path: there, schema: inner.schema },
  ];
}

/** Rules of a field and of what its lists hold, down to where an object begins, whose rules are its own. */
function fieldRules(schema: PlainSchema, path: string): readonly PlacedRule[] {
  if (schema.properties !== undefined) return [];
  const own = rulesOf(schema).map((rule) => ({ path, rule }));
  return schema.items === undefined ? own : [...own, ...fieldRules(schema.items, `${path}[]`)];
}
