/** From the schemas of CustomResourceDefinitions to JSON Schema (draft-07), which Helm checks values with. Pure. */

/** A schema, either way. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

/** Keywords that mean the same in both. */
const kept = new Set([
  'description',
  'enum',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'maximum',
  'maxItems',
  'maxLength',
  'maxProperties',
  'minimum',
  'minItems',
  'minLength',
  'minProperties',
  'multipleOf',
  'pattern',
  'required',
  'type',
  'uniqueItems',
]);

/**
 * The same as JSON Schema, in which a field that is not described is a mistake. CEL rules have no counterpart: the API
 * server checks those.
 */
export function toJsonSchema(schema: Schema): Schema {
  const result: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) if (kept.has(keyword)) result[keyword] = value;
  if (schema['x-kubernetes-int-or-string'] === true) result['type'] = ['integer', 'string'];
  const properties = schema['properties'] as Readonly<Record<string, Schema>> | undefined;
  if (properties !== undefined) {
    result['properties'] = Object.fromEntries(
      Object.entries(properties).map(([name, property]) => [name, toJsonSchema(property)]),
    );
  }
  const items = schema['items'] as Schema | undefined;
  if (items !== undefined) result['items'] = toJsonSchema(items);
  const additional = schema['additionalProperties'] as Schema | boolean | undefined;
  if (typeof additional === 'object') result['additionalProperties'] = toJsonSchema(additional);
  else if (schema['x-kubernetes-preserve-unknown-fields'] === true) result['additionalProperties'] = true;
  else if (properties !== undefined) result['additionalProperties'] = false;
  if (schema['nullable'] === true && typeof result['type'] === 'string')
    result['type'] = [result['type'], 'null'];
  return result;
}

/** A part has to be this long, in characters, before it is worth a definition of its own. */
const worthSharing = 150;

/** The same schema with parts that occur several times under `definitions`. Stable: names follow the order of occurrence. */
export function share(schema: Schema): Schema {
  const counts = new Map<string, number>();
  count(schema, counts);
  const definitions = new Map<string, { readonly name: string; schema: Schema }>();
  const root = replace(schema, counts, definitions, true);
  const named = [...definitions.values()].map(({ name, schema: part }) => [name, part] as const);
  return named.length === 0 ? root : { ...root, definitions: Object.fromEntries(named) };
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Schemas directly below one: properties, items, additional properties. */
function children(schema: Schema): readonly Schema[] {
  const properties = isSchema(schema['properties']) ? Object.values(schema['properties']) : [];
  return [...properties, schema['items'], schema['additionalProperties']].filter(isSchema);
}

function count(schema: Schema, counts: Map<string, number>): void {
  const text = JSON.stringify(schema);
  const seen = counts.get(text) ?? 0;
  counts.set(text, seen + 1);
  // What is below a part that was seen before is shared with it.
  if (seen === 0 || text.length < worthSharing) for (const child of children(schema)) count(child, counts);
}

function replace(
  schema: Schema,
  counts: ReadonlyMap<string, number>,
  definitions: Map<string, { readonly name: string; schema: Schema }>,
  isRoot = false,
): Schema {
  const text = JSON.stringify(schema);
  const shared = !isRoot && text.length >= worthSharing && (counts.get(text) ?? 0) > 1;
  const known = definitions.get(text);
  if (shared && known !== undefined) return { $ref: `#/definitions/${known.name}` };
  const entry = shared ? { name: `part${definitions.size + 1}`, schema } : undefined;
  if (entry !== undefined) definitions.set(text, entry);
  const below = (child: Schema): Schema => replace(child, counts, definitions);
  const result: Record<string, unknown> = { ...schema };
  if (isSchema(schema['properties'])) {
    result['properties'] = Object.fromEntries(
      Object.entries(schema['properties']).map(([name, property]) => [name, below(property as Schema)]),
    );
  }
  for (const keyword of ['items', 'additionalProperties']) {
    const child = schema[keyword];
    if (isSchema(child)) result[keyword] = below(child);
  }
  if (entry === undefined) return result;
  entry.schema = result;
  return { $ref: `#/definitions/${entry.name}` };
}
