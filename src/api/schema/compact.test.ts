import { expect, test } from '@jest/globals';
import { compactSchema } from './compact.ts';

const text = { type: 'string' };
const atomicObject = { type: 'object', 'x-kubernetes-map-type': 'atomic', properties: { a: text } };
const list = (type: string, items: object, more: object = {}) => ({
  type: 'array',
  'x-kubernetes-list-type': type,
  ...more,
  items,
});

test('atomic is what lists are anyway', () => {
  expect(compactSchema(list('atomic', text))).toEqual({ type: 'array', items: text });
  for (const type of ['set', 'map']) expect(compactSchema(list(type, text))).toEqual(list(type, text));
});

test('what lies in something atomic is atomic with it; elsewhere an object has to say so', () => {
  const { 'x-kubernetes-map-type': _, ...plain } = atomicObject;
  expect(compactSchema(list('atomic', atomicObject))).toEqual({ type: 'array', items: plain });
  const keyed = list('map', { type: 'object', properties: { one: atomicObject } });
  expect(compactSchema(keyed)).toEqual(keyed);
  const nested = { ...atomicObject, properties: { inner: atomicObject } };
  expect(compactSchema(nested)).toEqual({ ...nested, properties: { inner: plain } });
});

test('lists without duplicates stay so, wherever they are', () => {
  const inner = list(
    'map',
    { type: 'object', properties: { name: text } },
    { 'x-kubernetes-list-map-keys': ['name'] },
  );
  expect(compactSchema(list('atomic', inner))).toEqual({ type: 'array', items: inner });
});

test('number or text is said once', () => {
  const either = { 'x-kubernetes-int-or-string': true, pattern: '^[0-9]+$' };
  expect(compactSchema({ ...either, anyOf: [{ type: 'integer' }, text] })).toEqual(either);
});

test('everything else stays: a field called properties, rules, maps of anything, defaults', () => {
  const schema = {
    type: 'object',
    description: 'd',
    default: { items: [] },
    'x-kubernetes-validations': [{ rule: 'true', message: 'm' }],
    properties: {
      properties: { type: 'object', additionalProperties: text },
      items: { type: 'object', additionalProperties: true },
      anyOf: list('set', text),
    },
  };
  expect(compactSchema(schema)).toEqual(schema);
  expect(compactSchema({ type: 'object', properties: {} })).toEqual({ type: 'object' });
});
