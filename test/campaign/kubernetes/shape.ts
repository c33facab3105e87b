/** Whether an object has the fields that its kind has: what the API server decodes strictly. */
import type { KubeObject } from '../../../src/api/kubernetes.ts';
import stored from './schema.json' with { type: 'json' };

/** The keywords that the published types use. */
export interface ObjectSchema {
  readonly $ref?: string;
  readonly oneOf?: readonly ObjectSchema[];
  readonly type?: string;
  readonly format?: string;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly items?: ObjectSchema;
  readonly additionalProperties?: ObjectSchema;
  readonly properties?: Readonly<Record<string, ObjectSchema>>;
}

/** Types by name, and the names of kinds' types by `apiVersion kind`. */
export interface KindSchemas {
  readonly kinds: Readonly<Record<string, string>>;
  readonly types: Readonly<Record<string, ObjectSchema>>;
}

const { kinds, types } = stored as KindSchemas;

/** Everything about the object's shape that the API server would not take; undefined for kinds that it has by CRDs. */
export function shapeMistakes(object: KubeObject): readonly string[] | undefined {
  const name = kinds[`${object.apiVersion} ${object.kind}`];
  return name === undefined ? undefined : [...mistakes({ $ref: name }, object, '')];
}

function* mistakes(schema: ObjectSchema, value: unknown, path: string): Generator<string> {
  if (schema.$ref !== undefined) {
    yield* mistakes(types[schema.$ref] ?? {}, value, path);
  } else if (schema.oneOf !== undefined) {
    const fits = schema.oneOf.some((each) => mistakes(each, value, path).next().done === true);
    if (!fits) yield `${path}: ${JSON.stringify(value)} has none of the possible types`;
  } else if (!isOfType(schema, value)) {
    yield `${path}: ${JSON.stringify(value)} is not of type ${schema.type ?? ''} ${schema.format ?? ''}`;
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      yield* mistakes(schema.items ?? {}, item, `${path}[${index}]`);
  } else if (typeof value === 'object' && value !== null) {
    yield* fieldMistakes(schema, value as Readonly<Record<string, unknown>>, path);
  }
}

function* fieldMistakes(
  { properties, additionalProperties, required = [] }: ObjectSchema,
  fields: Readonly<Record<string, unknown>>,
  path: string,
): Generator<string> {
  for (const name of required) if (fields[name] === undefined) yield `${path}.${name}: is missing`;
  for (const [name, value] of Object.entries(fields)) {
    const known = properties?.[name] ?? additionalProperties;
    if (value === undefined) yield `${path}.${name}: is undefined`;
    else if (known !== undefined) yield* mistakes(known, value, `${path}.${name}`);
    else if (properties !== undefined) yield `${path}.${name}: there is no such field`;
  }
}

function isOfType({ type, format, enum: choices }: ObjectSchema, value: unknown): boolean {
  // An empty text is as none, though the published choices don't say so.
  if (choices !== undefined && value !== '' && !choices.includes(value)) return false;
  switch (type) {
    case undefined:
      return true;
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'array':
      return Array.isArray(value);
    case 'integer': {
      const most = format === 'int32' ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER;
      return Number.isInteger(value) && Math.abs(value as number) <= most;
    }
    case 'string':
      return typeof value === 'string' && (format !== 'byte' || /^[A-Za-z0-9+/]*={0,2}$/.test(value));
    default:
      return typeof value === type;
  }
}
