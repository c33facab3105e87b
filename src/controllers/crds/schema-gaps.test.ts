import { expect, test } from '@jest/globals';
import { missingParts } from './schema-gaps.ts';
import { makeCrd } from './testing.ts';
import type { Schema } from './types.ts';

const anything: Schema = { 'x-kubernetes-preserve-unknown-fields': true };
const fields = (properties: Readonly<Record<string, Schema>>): Schema => ({ properties });

const rows: readonly (readonly [string, Schema, Schema, readonly string[]])[] = [
  ['nothing', fields({ spec: {} }), fields({ spec: {} }), []],
  ['not what every object has', fields({ apiVersion: {}, kind: {}, metadata: {} }), fields({}), []],
  ['a field', fields({ spec: fields({ a: {}, b: {} }) }), fields({ spec: fields({ a: {} }) }), ['spec.b']],
  ['only the topmost field', fields({ spec: fields({ a: fields({ b: {} }) }) }), fields({}), ['spec']],
  ['a field of a list', { items: fields({ a: {} }) }, { items: fields({}) }, ['[].a']],
  [
    'a field of the values of a map',
    { additionalProperties: fields({ a: {} }) },
    { additionalProperties: fields({}) },
    ['.*.a'],
  ],
  [
    'values',
    fields({ mode: { enum: ['A', 'B', 'C'] } }),
    fields({ mode: { enum: ['B'] } }),
    ['mode=A', 'mode=C'],
  ],
  ['no value of a field that takes all', fields({ mode: { enum: ['A'] } }), fields({ mode: {} }), []],
  ['nothing in an open object', fields({ spec: fields({ a: {} }) }), fields({ spec: anything }), []],
  ['nothing in a map', fields({ a: {} }), { additionalProperties: {} }, []],
  [
    'nothing where ours is open and theirs is described',
    fields({ spec: anything }),
    fields({ spec: fields({ a: {} }) }),
    [],
  ],
  ['nothing that only the other has', fields({}), fields({ a: {} }), []],
];

test.each(rows)('finds %s', (_, wanted, live, expected) => {
  expect(missingParts(makeCrd(wanted), makeCrd(live))).toEqual(expected);
});

test('finds subresources and versions that are not served', () => {
  const wanted = makeCrd({}, { subresources: { status: {} } });
  expect(missingParts(wanted, makeCrd())).toEqual(['subresource status']);
  expect(missingParts(wanted, makeCrd({}, { served: false }))).toEqual(['version v1']);
  expect(missingParts(wanted, makeCrd({}, { name: 'v2' }))).toEqual(['version v1']);
  expect(missingParts(makeCrd({}, { served: false }), makeCrd({}, { name: 'v2' }))).toEqual([]);
});
