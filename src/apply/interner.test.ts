import { expect, test } from '@jest/globals';
import { Interner } from './interner.ts';
import { oncePerPair } from './once.ts';
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

test('an answer is computed once for each pair, whatever it is', () => {
  const asked: string[] = [];
  const answer = oncePerPair((a: { name: string }, b: { name: string }) => {
    asked.push(a.name + b.name);
    return undefined;
  });
  const [a, b, c] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];
  for (const [left, right] of [[a, b] as const, [a, b] as const, [a, c] as const, [b, a] as const])
    answer(left, right);
  expect(asked).toEqual(['ab', 'ac', 'ba']);
});
