/**
 * The few words that the CRD schemas are written in: TypeBox types carrying OpenAPI and Kubernetes keywords. Only schema
 * files and the generator import this; the operator itself sees the static types alone.
 */
import Type, { type Static, type TObject, type TProperties, type TSchema, type TUnsafe } from 'typebox';

export const optional = Type.Optional;

/** One CEL rule of `x-kubernetes-validations`. */
export interface Rule {
  readonly rule: string;
  /** Said when `messageExpression` fails, and by tools that do not evaluate it. Names the field and the cure. */
  readonly message: string;
  /** CEL that names the offending value as well. */
  readonly messageExpression?: string;
  /** Field that the error points at, relative to where the rule stands; it need not be set. */
  readonly fieldPath?: string;
  readonly reason?:
    | 'FieldValueInvalid'
    | 'FieldValueForbidden'
    | 'FieldValueRequired'
    | 'FieldValueDuplicate';
}

interface Common {
  readonly rules?: readonly Rule[];
}

const withRules = <Options extends Common>({ rules, ...rest }: Options) =>
  rules === undefined || rules.length === 0 ? rest : { ...rest, 'x-kubernetes-validations': rules };

/** A string. */
export const text = (
  description: string,
  options: Common & {
    readonly maxLength?: number;
    readonly minLength?: number;
    readonly pattern?: string;
    readonly format?: 'date-time' | 'cidr';
    readonly default?: string;
  } = {},
) => Type.String({ description, ...withRules(options) });

/** On a directory of the host: the API server takes no pod whose paths lead upwards. */
export const noWayUp: Rule = {
  rule: "!self.matches('(^|/)[.][.](/|$)')",
  message: 'must not lead upwards: write the path without ".."',
  messageExpression: '"\'" + self + "\' must not lead upwards: write the path without \'..\'"',
};

/** One of a closed set of strings. */
export const oneOf = <const Value extends string>(
  values: readonly Value[],
  description: string,
  options: Common & { readonly default?: NoInfer<Value> } = {},
): TUnsafe<Value> => Type.Unsafe<Value>({ type: 'string', enum: values, description, ...withRules(options) });

/** A switch that is a string, so that it may get further values one day. */
export const toggle = (description: string, options: Common = {}) =>
  oneOf(['Enabled', 'Disabled'], description, options);

/** A 32-bit integer, or a 64-bit one on request. */
export const integer = (
  description: string,
  options: Common & {
    readonly minimum?: number;
    readonly maximum?: number;
    readonly format?: 'int32' | 'int64';
  } = {},
) => Type.Integer({ description, format: 'int32', ...withRules(options) });

/** A TCP or UDP port that something listens on. */
export const port = (description: string) => integer(description, { minimum: 1, maximum: 65535 });

export const flag = (description: string, options: { readonly default?: boolean } = {}) =>
  Type.Boolean({ description, ...options });

/** An object with the given fields and no others; unknown ones are pruned by the API server. */
export const object = <Properties extends TProperties>(
  description: string,
  properties: Properties,
  options: Common & { readonly 'x-kubernetes-map-type'?: 'atomic' } = {},
): TObject<Properties> => Type.Object(properties, { description, ...withRules(options) });

interface ListOptions extends Common {
  readonly maxItems?: number;
  readonly minItems?: number;
}

/** A list that one writer owns as a whole. */
export const atomicList = <Item extends TSchema>(
  item: Item,
  description: string,
  options: ListOptions = {},
): TUnsafe<readonly Static<Item>[]> =>
  Type.Unsafe({
    type: 'array',
    description,
    items: item,
    'x-kubernetes-list-type': 'atomic',
    ...withRules(options),
  });

/** A list without duplicates; several writers may each own items. */
export const setList = <Item extends TSchema>(
  item: Item,
  description: string,
  options: ListOptions = {},
): TUnsafe<readonly Static<Item>[]> =>
  Type.Unsafe({
    type: 'array',
    description,
    items: item,
    'x-kubernetes-list-type': 'set',
    ...withRules(options),
  });

/** A list whose items are told apart by the given fields; duplicates are refused. */
export const mapList = <Item extends TSchema>(
  item: Item,
  keys: readonly (keyof Static<Item> & string)[],
  description: string,
  options: ListOptions = {},
): TUnsafe<readonly Static<Item>[]> =>
  Type.Unsafe({
    type: 'array',
    description,
    items: item,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': keys,
    ...withRules(options),
  });

/** A map from any string to strings. */
export const stringMap = (
  description: string,
  options: Common & { readonly maxProperties?: number } = {},
): TUnsafe<Readonly<Record<string, string>>> =>
  Type.Unsafe({
    type: 'object',
    description,
    additionalProperties: { type: 'string' },
    ...withRules(options),
  });

/** A number, or a string with a unit or a percent sign. */
export const intOrString = (
  description: string,
  options: Common & { readonly pattern?: string } = {},
): TUnsafe<number | string> =>
  Type.Unsafe({
    description,
    anyOf: [{ type: 'integer' }, { type: 'string' }],
    'x-kubernetes-int-or-string': true,
    ...withRules(options),
  });

/** An object whose fields this project does not describe: kept as given. `T` says what the operator knows of it. */
export const openObject = <T = Readonly<Record<string, unknown>>>(description: string): TUnsafe<T> =>
  Type.Unsafe<T>({ type: 'object', description, 'x-kubernetes-preserve-unknown-fields': true });
