import { expect, test } from '@jest/globals';
import { Interner } from './interner.ts';
import type { Target } from './types.ts';

const target = (name: string, value: string, hold?: string): Target => ({
  object: {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'y' },
    ...{ data: { key: value } },
  },
  stage: 'configuration',
  ownership: 'owned',
  ...(hold === undefined ? {} : { hold }),
});

test('what says the same is the same object, with what else is wanted now', () => {
  const interner = new Interner();
  const first = interner.intern([target('a', '1'), target('b', '1')]);
  const second = interner.intern([target('a', '1', 'wait'), target('b', '2')]);
  expect(second[0]?.object).toBe(first[0]?.object);
  expect(second[0]?.hold).toBe('wait');
  expect(second[1]?.object).not.toBe(first[1]?.object);
  expect(second).toEqual([target('a', '1', 'wait'), target('b', '2')]);
});

test('what is no longer wanted is forgotten', () => {
  const interner = new Interner();
  const [before] = interner.intern([target('a', '1')]);
  interner.intern([]);
  expect(interner.intern([target('a', '1')])[0]?.object).not.toBe(before?.object);
});

test('the same targets are not looked at again', () => {
  const interner = new Interner();
  const targets = [target('a', '1')];
  const interned = interner.intern(targets);
  expect(interner.intern(targets)).toBe(interned);
  interner.intern([target('a', '2')]);
  expect(interner.intern(targets)).toEqual(targets);
});
