/** Checks objects against a CRD's schema as the API server does, as far as our schemas go. */
import { evaluate } from './cel.ts';

/** A rule of `x-kubernetes-validations`. */
export interface CelRule {
  readonly rule: string;
  readonly message: string;
  readonly messageExpression?: string;
  readonly fieldPath?: string;
}

/** A structural schema. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular';
  readonly 'x-kubernetes-validations'?: readonly CelRule[];
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const matchesType = (schema: Schema, value: unknown): boolean => {
  if (schema['x-kubernetes-int-or-string'] === true)
    return typeof value === 'string' || Number.isInteger(value);
  switch (schema.type) {
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    default:
      return false;
  }
};

/** Go's regular expressions put the flag for any case into the text. */
const regularExpression = (pattern: string): RegExp =>
  pattern.includes('(?i)') ? new RegExp(pattern.replace('(?i)', ''), 'i') : new RegExp(pattern);

const isBase64 = (text: string): boolean =>
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text);

/** Fills in the schema's defaults, as the API server does before it validates. */
export function withDefaults(schema: Schema, value: unknown): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    return (value as readonly unknown[]).map((item) => (items ? withDefaults(items, item) : item));
  }
  if (!isObject(value)) return value;
  const filled: Record<string, unknown> = { ...value };
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    if (filled[name] === undefined && field.default !== undefined) filled[name] = field.default;
    if (filled[name] !== undefined) filled[name] = withDefaults(field, filled[name]);
  }
  return filled;
}

function* checkScalar(schema: Schema, value: unknown, path: string): Generator<string> {
  if (schema.enum && !schema.enum.includes(value)) {
    yield `${path}: Unsupported value: ${JSON.stringify(value)}: ${schema.enum.join(', ')}`;
  }
  if (typeof value === 'string') {
    if (value.length > (schema.maxLength ?? Infinity))
      yield `${path}: Too long: at most ${String(schema.maxLength)}`;
    if (value.length < (schema.minLength ?? 0))
      yield `${path}: Too short: at least ${String(schema.minLength)}`;
    if (schema.pattern !== undefined && !regularExpression(schema.pattern).test(value)) {
      yield `${path}: should match '${schema.pattern}'`;
    }
    if (schema.format === 'byte' && !isBase64(value)) yield `${path}: must be of type byte`;
  }
  if (typeof value === 'number') {
    if (value < (schema.minimum ?? -Infinity)) yield `${path}: must be at least ${String(schema.minimum)}`;
    if (value > (schema.maximum ?? Infinity)) yield `${path}: must be at most ${String(schema.maximum)}`;
  }
}

function* checkList(schema: Schema, list: readonly unknown[], path: string): Generator<string> {
  if (list.length > (schema.maxItems ?? Infinity))
    yield `${path}: Too many: at most ${String(schema.maxItems)} items`;
  if (list.length < (schema.minItems ?? 0))
    yield `${path}: Too few: at least ${String(schema.minItems)} items`;
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const identity = (item: unknown): string =>
    JSON.stringify(isObject(item) && keys.length > 0 ? keys.map((key) => item[key]) : item);
  const seen = new Set<string>();
  for (const [index, item] of list.entries()) {
    const place = `${path}[${String(index)}]`;
    if (schema['x-kubernetes-list-type'] !== 'atomic' && seen.has(identity(item)))
      yield `${place}: Duplicate value`;
    seen.add(identity(item));
    if (schema.items) yield* checkShape(schema.items, item, place);
  }
}

function* checkObject(schema: Schema, object: Json, path: string): Generator<string> {
  for (const name of schema.required ?? [])
    if (object[name] === undefined) yield `${path}.${name}: Required value`;
  if (Object.keys(object).length > (schema.maxProperties ?? Infinity)) yield `${path}: Too many`;
  for (const [name, value] of Object.entries(object)) {
    const field = schema.properties?.[name] ?? schema.additionalProperties;
    if (field) yield* checkShape(field, value, `${path}.${name}`);
    else if (schema['x-kubernetes-preserve-unknown-fields'] !== true) yield `${path}.${name}: unknown field`;
  }
}

function* checkShape(schema: Schema, value: unknown, path: string): Generator<string> {
  if (!matchesType(schema, value)) {
    yield `${path}: must be of type ${schema.type ?? 'integer or string'}`;
    return;
  }
  yield* checkScalar(schema, value, path);
  if (Array.isArray(value)) yield* checkList(schema, value, path);
  else if (isObject(value)) yield* checkObject(schema, value, path);
}

/** What a rule says; a rule that fails refuses the value, and the API server adds why. */
function attempt(rule: string, value: unknown): unknown {
  try {
    return evaluate(rule, value);
  } catch (error) {
    return error;
  }
}

function* checkRules(schema: Schema, value: unknown, path: string): Generator<string> {
  for (const { rule, message, messageExpression, fieldPath = '' } of schema['x-kubernetes-validations'] ??
    []) {
    if (rule.includes('oldSelf')) continue;
    const outcome = attempt(rule, schema.format === 'byte' ? Buffer.from(String(value), 'base64') : value);
    if (outcome === true) continue;
    const text = messageExpression === undefined ? message : String(evaluate(messageExpression, value));
    yield `${path}${fieldPath}: Invalid value: ${outcome === false ? '' : `${String(outcome)} evaluating rule: `}${text}`;
  }
  if (Array.isArray(value) && schema.items) {
    for (const [index, item] of value.entries())
      yield* checkRules(schema.items, item, `${path}[${String(index)}]`);
  }
  if (!isObject(value)) return;
  for (const [name, field] of Object.entries(value)) {
    const inner = schema.properties?.[name] ?? schema.additionalProperties;
    if (inner) yield* checkRules(inner, field, path === '' ? name : `${path}.${name}`);
  }
}

/**
 * Every mistake of an object, as `field: what is wrong`; none if it is valid. Rules that compare with the former object
 * are left out. As in the API server, rules are evaluated only where the shape is right.
 */
export function validate(schema: Schema, object: unknown): readonly string[] {
  const filled = withDefaults(schema, object);
  const shape = [...checkShape(schema, filled, '')].map((mistake) => mistake.replace(/^\./, ''));
  return shape.length > 0 ? shape : [...checkRules(schema, filled, '')];
}
