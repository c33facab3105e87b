/** What the API reference says of one schema: its type and its bounds, in words. Pure. */
import { domainName, labelValue, type PlainSchema, qualifiedName } from '../../src/api/schema/pod-bounds.ts';
import type { Rule } from '../../src/api/schema/kit.ts';

/** A schema that a field leads to, below the lists and maps that hold it. */
export interface Inner {
  readonly schema: PlainSchema;
  /** How it is reached, as `[]` for an item of a list. */
  readonly suffix: string;
}

/** @returns the object with fields that a field holds, if it holds one */
export function innerOf(schema: PlainSchema): Inner | undefined {
  const { items, additionalProperties } = schema;
  if (items !== undefined) return below(items, '[]');
  if (typeof additionalProperties === 'object' && additionalProperties !== null) {
    return below(additionalProperties as PlainSchema, '{}');
  }
  return schema.properties === undefined ? undefined : { schema, suffix: '' };
}

function below(schema: PlainSchema, suffix: string): Inner | undefined {
  const inner = innerOf(schema);
  return inner === undefined ? undefined : { schema: inner.schema, suffix: suffix + inner.suffix };
}

/** Validation rules that stand on a schema itself. */
export const rulesOf = (schema: PlainSchema): readonly Rule[] =>
  (schema['x-kubernetes-validations'] ?? []) as readonly Rule[];

const quantityMark = '[KMGTPE]i|[numkMGTPE]';

const isQuantity = ({ pattern }: PlainSchema): boolean =>
  typeof pattern === 'string' && pattern.includes(quantityMark);

/** The type as a user writes it. @throws Error for a schema that has none */
export function typeOf(schema: PlainSchema): string {
  const { type, items, additionalProperties } = schema;
  if (isQuantity(schema)) return 'quantity';
  if (schema['x-kubernetes-int-or-string'] === true) return 'integer or string';
  if (type === 'array' && items !== undefined) return `list of ${plural(typeOf(items))}`;
  if (typeof additionalProperties === 'object' && additionalProperties !== null) {
    return `map of ${plural(typeOf(additionalProperties as PlainSchema))}`;
  }
  if (typeof type !== 'string')
    throw new Error(`a schema without type: ${JSON.stringify(schema).slice(0, 200)}`);
  return schema['format'] === 'date-time' ? 'time' : type;
}

const plural = (type: string): string =>
  type.replace(/^(list|map)(?= of )|^\w+$/, (word) =>
    word.endsWith('y') ? `${word.slice(0, -1)}ies` : `${word}s`,
  );

const durationPattern = '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))*$';

/** Patterns that are better told than shown. */
const patternNames: Readonly<Record<string, string>> = {
  [domainName]: 'A DNS name in lower case.',
  [`${domainName}|^$`]: 'A DNS name in lower case, or empty.',
  [qualifiedName]: 'A name as of a label, with or without a domain before it.',
  [`${qualifiedName}|^$`]: 'A name as of a label, with or without a domain before it, or empty.',
  [labelValue]: 'A value as of a label.',
  [durationPattern]: 'A duration, such as 90s or 1h30m.',
  '^.*': '',
};

/** Bounds, each as a sentence. Those of the items of a list count as its own. */
export function boundsOf(schema: PlainSchema): readonly string[] {
  const { items } = schema;
  const own = [...defaultOf(schema), ...choicesOf(schema), ...rangesOf(schema), ...patternOf(schema)];
  const isLeafList = items !== undefined && innerOf(items) === undefined;
  const ofItems = isLeafList ? boundsOf(items) : [];
  return ofItems.length === 0 ? own : [...own, `Each: ${ofItems.join(' ')}`];
}

const code = (value: unknown): string => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;

function defaultOf({ default: value }: PlainSchema): readonly string[] {
  return value === undefined ? [] : [`Filled in: ${value === '' ? 'empty' : code(value)}.`];
}

function choicesOf({ enum: choices }: PlainSchema): readonly string[] {
  if (choices === undefined) return [];
  const words = (choices as readonly unknown[]).map((choice) => (choice === '' ? 'empty' : code(choice)));
  return [words.length === 1 ? `Only ${words.join('')}.` : `One of ${words.join(', ')}.`];
}

function rangesOf(schema: PlainSchema): readonly string[] {
  const bound = (name: string): number | undefined => schema[name] as number | undefined;
  return [
    ...range(bound('minimum'), bound('maximum')),
    ...range(bound('minLength'), bound('maxLength'), ['character', 'characters']),
    ...range(bound('minItems'), bound('maxItems'), ['item', 'items']),
    ...range(bound('minProperties'), bound('maxProperties'), ['entry', 'entries']),
  ];
}

function range(from?: number, to?: number, [one, many] = ['', '']): readonly string[] {
  const amount = (count: number): string => `${count} ${count === 1 ? one : many}`.trimEnd();
  if (from === undefined) return to === undefined ? [] : [`At most ${amount(to)}.`];
  if (to === undefined) return [`At least ${amount(from)}.`];
  return [from === to ? `Exactly ${amount(to)}.` : `${from} to ${amount(to)}.`];
}

function patternOf(schema: PlainSchema): readonly string[] {
  const { pattern } = schema;
  if (typeof pattern !== 'string' || isQuantity(schema)) return [];
  // Descriptions name the words that may be written in any case.
  if (pattern.startsWith('^(?i)(')) return [];
  const named = patternNames[pattern] ?? `Matches ${code(pattern)}.`;
  return named === '' ? [] : [named];
}
