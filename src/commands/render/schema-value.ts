/** Single values against a schema: type, choices, bounds, shape. */
import type { Schema } from './schema-keywords.ts';

/** What is wrong with a value, and what helps. */
export interface ValueProblem {
  readonly problem: string;
  readonly cure: string;
}

/** The first thing that is wrong with the value itself, its fields and entries left aside. */
export function valueProblem(schema: Schema, value: unknown): ValueProblem | undefined {
  return (
    typeProblem(schema, value) ??
    choiceProblem(schema, value) ??
    (typeof value === 'number' ? numberProblem(schema, value) : undefined) ??
    (typeof value === 'string' ? textProblem(schema, value) : undefined) ??
    sizeProblem(schema, value)
  );
}

const expected = {
  object: ['fields', 'Write fields below it, each as name: value'],
  array: ['a list', 'Write a list, each entry after a dash'],
  string: ['text', 'Put the value in quotes'],
  integer: ['a whole number', 'Write a whole number without quotes'],
  number: ['a number', 'Write a number without quotes'],
  boolean: ['true or false', 'Write true or false without quotes'],
} as const;

function typeProblem(schema: Schema, value: unknown): ValueProblem | undefined {
  if (schema['x-kubernetes-int-or-string'] === true) {
    return typeof value === 'string' || Number.isInteger(value)
      ? undefined
      : { problem: 'it must be a whole number or text', cure: 'Write a number, or text such as 25%' };
  }
  if (schema.type === undefined || isOfType(schema.type, value)) return undefined;
  const [what, cure] = expected[schema.type];
  return { problem: `it must be ${what}`, cure };
}

function isOfType(type: NonNullable<Schema['type']>, value: unknown): boolean {
  switch (type) {
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type;
  }
}

function choiceProblem({ enum: choices }: Schema, value: unknown): ValueProblem | undefined {
  if (choices === undefined || choices.includes(value)) return undefined;
  const shown = choices.filter((choice) => choice !== '').map(String);
  return { problem: 'it is none of the values that are possible', cure: `Use ${listWords(shown)}` };
}

function listWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}

const formatBounds: Readonly<Record<string, number>> = { int32: 2 ** 31 - 1, int64: Number.MAX_SAFE_INTEGER };

function numberProblem({ minimum, maximum, format = '' }: Schema, value: number): ValueProblem | undefined {
  const bound = formatBounds[format] ?? Infinity;
  const least = minimum ?? -bound;
  const most = maximum ?? bound;
  if (value < least) return { problem: `it is less than ${least}`, cure: `Use ${least} or more` };
  if (value > most) return { problem: `it is more than ${most}`, cure: `Use ${most} or less` };
  return undefined;
}

function textProblem(schema: Schema, value: string): ValueProblem | undefined {
  const length = Array.from(value).length;
  const { minLength = 0, maxLength = Infinity, pattern, format } = schema;
  if (length < minLength) {
    return {
      problem: length === 0 ? 'it is empty' : 'it is too short',
      cure: `Write at least ${minLength} characters`,
    };
  }
  if (length > maxLength) {
    return { problem: `it has ${length} characters`, cure: `Use at most ${maxLength}` };
  }
  if (pattern !== undefined && !compile(pattern).test(value)) {
    return { problem: 'it does not have the right form', cure: `Write it so that it matches ${pattern}` };
  }
  if (format === 'byte' && !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value)) {
    return { problem: 'it is no base64', cure: 'Encode the content, as with base64 -w0' };
  }
  return undefined;
}

/** Schemas use Go's dialect: the one thing in which ours differ from JavaScript's is how case is ignored. */
function compile(pattern: string): RegExp {
  return new RegExp(pattern.replace('(?i)', ''), pattern.includes('(?i)') ? 'i' : '');
}

function sizeProblem(schema: Schema, value: unknown): ValueProblem | undefined {
  const { minItems = 0, maxItems = Infinity, maxProperties = Infinity } = schema;
  if (Array.isArray(value)) {
    if (value.length < minItems) {
      return { problem: `it has ${value.length} entries`, cure: `Give at least ${minItems}` };
    }
    return value.length > maxItems
      ? { problem: `it has ${value.length} entries`, cure: `Give at most ${maxItems}` }
      : undefined;
  }
  if (schema.type !== 'object') return undefined;
  const count = Object.keys(value as object).length;
  return count > maxProperties
    ? { problem: `it has ${count} entries`, cure: `Give at most ${maxProperties}` }
    : undefined;
}
