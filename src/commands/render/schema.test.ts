import { describe, expect, test } from '@jest/globals';
import { loadSchemas } from './admission.ts';
import type { Schema } from './schema-keywords.ts';
import { admit } from './schema.ts';

const text: Schema = { type: 'string' };
const object = (properties: Readonly<Record<string, Schema>>, rest: Partial<Schema> = {}): Schema => ({
  type: 'object',
  properties,
  ...rest,
});

describe('what is stored', () => {
  test.each<[string, Schema, unknown, unknown]>([
    [
      'nulls are dropped',
      object({ a: text, b: object({ c: text }) }),
      { a: null, b: { c: null } },
      { b: {} },
    ],
    ['defaults are filled in', object({ a: { ...text, default: 'x' } }), { a: null }, { a: 'x' }],
    ['a default fills no parent in', object({ b: object({ a: { ...text, default: 'x' } }) }), {}, {}],
    [
      'entries get defaults too',
      { type: 'array', items: object({ n: { ...text, default: '' } }) },
      [{}],
      [{ n: '' }],
    ],
    ['maps keep their keys', { type: 'object', additionalProperties: text }, { a: 'b' }, { a: 'b' }],
    [
      'open objects keep anything',
      { ...object({}), 'x-kubernetes-preserve-unknown-fields': true },
      { z: 1 },
      { z: 1 },
    ],
    ['a number or text', { 'x-kubernetes-int-or-string': true }, '25%', '25%'],
  ])('%s', (_, schema, value, stored) => {
    expect(admit(schema, value, 'spec')).toEqual({ value: stored, mistakes: [] });
  });
});

describe('mistakes', () => {
  const list = (rest: Partial<Schema>): Schema => ({ type: 'array', items: text, ...rest });

  test.each<[string, Schema, unknown, string, string, string]>([
    [
      'unknown',
      object({ registry: text }),
      { registri: 'x' },
      'spec.registri',
      'there is no such field',
      'Write registry, or leave it out',
    ],
    [
      'inherited name',
      object({ a: text }),
      { constructor: 'x' },
      'spec.constructor',
      'there is no such field',
      'Leave it out',
    ],
    ['missing', object({ type: text }, { required: ['type'] }), {}, 'spec.type', 'it is missing', 'Add type'],
    [
      'null where required',
      object({ type: text }, { required: ['type'] }),
      { type: null },
      'spec.type',
      'it is missing',
      'Add type',
    ],
    [
      'number for text',
      object({ a: text }),
      { a: 1 },
      'spec.a',
      'it must be text',
      'Put the value in quotes',
    ],
    [
      'text for a number',
      object({ a: { type: 'integer' } }),
      { a: '26' },
      'spec.a',
      'it must be a whole number',
      'Write a whole number without quotes',
    ],
    [
      'fraction',
      object({ a: { type: 'integer' } }),
      { a: 1.5 },
      'spec.a',
      'it must be a whole number',
      'Write a whole number without quotes',
    ],
    [
      'list for fields',
      object({}),
      [],
      'spec',
      'it must be fields',
      'Write fields below it, each as name: value',
    ],
    ['fields for a list', list({}), {}, 'spec', 'it must be a list', 'Write a list, each entry after a dash'],
    ['null in a list', list({}), [null], 'spec[0]', 'it must be text', 'Put the value in quotes'],
    [
      'yes for true',
      object({ a: { type: 'boolean' } }),
      { a: 'yes' },
      'spec.a',
      'it must be true or false',
      'Write true or false without quotes',
    ],
    [
      'neither number nor text',
      { 'x-kubernetes-int-or-string': true },
      true,
      'spec',
      'it must be a whole number or text',
      'Write a number, or text such as 25%',
    ],
    [
      'choice',
      { ...text, enum: ['', 'A', 'B', 'C'] },
      'D',
      'spec',
      'it is none of the values that are possible',
      'Use A, B or C',
    ],
    ['too small', { type: 'integer', minimum: 20 }, 19, 'spec', 'it is less than 20', 'Use 20 or more'],
    ['too large', { type: 'integer', maximum: 32 }, 33, 'spec', 'it is more than 32', 'Use 32 or less'],
    [
      'no 32 bits',
      { type: 'integer', format: 'int32' },
      2 ** 31,
      'spec',
      'it is more than 2147483647',
      'Use 2147483647 or less',
    ],
    ['empty', { ...text, minLength: 1 }, '', 'spec', 'it is empty', 'Write at least 1 characters'],
    ['too long', { ...text, maxLength: 2 }, 'abc', 'spec', 'it has 3 characters', 'Use at most 2'],
    [
      'form',
      { ...text, pattern: '^(?i)(Off|Info)?$' },
      'on',
      'spec',
      'it does not have the right form',
      'Write it so that it matches ^(?i)(Off|Info)?$',
    ],
    [
      'base64',
      { ...text, format: 'byte' },
      'a-b',
      'spec',
      'it is no base64',
      'Encode the content, as with base64 -w0',
    ],
    ['too few', list({ minItems: 1 }), [], 'spec', 'it has 0 entries', 'Give at least 1'],
    ['too many', list({ maxItems: 1 }), ['a', 'b'], 'spec', 'it has 2 entries', 'Give at most 1'],
    [
      'too many keys',
      { type: 'object', additionalProperties: text, maxProperties: 1 },
      { a: '', b: '' },
      'spec',
      'it has 2 entries',
      'Give at most 1',
    ],
    [
      'twice in a set',
      list({ 'x-kubernetes-list-type': 'set' }),
      ['a', 'b', 'a'],
      'spec[2]',
      'it says the same as entry 0, and each may be there once',
      'Leave one of the two out',
    ],
    [
      'same key',
      {
        type: 'array',
        items: object({ name: text }),
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
      },
      [{ name: 'a' }, { name: 'a' }],
      'spec[1]',
      'it says the same as entry 0, and each may be there once',
      'Leave one of the two out',
    ],
  ])('%s', (_, schema, value, field, problem, cure) => {
    expect(admit(schema, value, 'spec').mistakes).toMatchObject([{ field, problem, cure }]);
  });

  test('all come at once, each with its place', () => {
    const schema = object({ a: { type: 'array', items: object({ n: { type: 'integer' } }) }, b: text });
    const { mistakes } = admit(schema, { a: [{ n: 1 }, { n: 'x', m: 1 }], b: 2 }, 'spec');
    expect(mistakes.map(({ field }) => field)).toEqual(['spec.a[1].n', 'spec.a[1].m', 'spec.b']);
  });

  test('case is ignored where the pattern says so', () => {
    const schema: Schema = { type: 'string', pattern: '^(?i)(Off|Info)?$' };
    expect(admit(schema, 'iNFO', 'spec').mistakes).toEqual([]);
  });
});

test('every pattern of our CRDs is one in JavaScript too', async () => {
  let patterns = 0;
  const visit = (schema: Schema): void => {
    if (schema.pattern !== undefined) {
      patterns++;
      expect(() => admit(schema, 'x', 'spec')).not.toThrow();
    }
    Object.values(schema.properties ?? {}).forEach(visit);
    if (schema.items !== undefined) visit(schema.items);
    if (typeof schema.additionalProperties === 'object') visit(schema.additionalProperties);
  };
  for (const schema of (await loadSchemas()).values()) visit(schema);
  expect(patterns).toBeGreaterThan(50);
});
