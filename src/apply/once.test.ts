import { expect, test } from '@jest/globals';
import { once, oncePerPair, unlessChanged } from './once.ts';

test('is computed once for each object', () => {
  let count = 0;
  const name = once((object: { readonly name: string }) => `${object.name}${(count += 1)}`);
  const [a, b] = [{ name: 'a' }, { name: 'a' }];
  expect([name(a), name(b), name(a)]).toEqual(['a1', 'a2', 'a1']);
});

test('and for each pair', () => {
  let count = 0;
  const pair = oncePerPair((one: object, other: object) => [one, other, (count += 1)]);
  const [a, b] = [{}, {}];
  expect(pair(a, b)).not.toBe(pair(b, a));
  expect(pair(a, b)).toBe(pair(a, b));
  expect(count).toBe(2);
});

test('is computed anew only when an argument says something else than the last time', () => {
  let count = 0;
  const make = unlessChanged((object: object, text: string) => ({ object, text, count: (count += 1) }));
  const first = make({ a: [1] }, 'x');
  expect(make({ a: [1] }, 'x')).toBe(first);
  expect(make({ a: [2] }, 'x').count).toBe(2);
  expect(make({ a: [2] }, 'y').count).toBe(3);
  expect(make({ a: [1] }, 'x').count).toBe(4);
});

test('what throws is tried again', () => {
  let count = 0;
  const fail = unlessChanged(() => {
    count += 1;
    throw new Error('no');
  });
  expect(fail).toThrow('no');
  expect(fail).toThrow('no');
  expect(count).toBe(2);
});
