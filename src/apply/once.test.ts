import { expect, test } from '@jest/globals';
import { once, oncePerPair, unlessChanged } from './once.ts';

test('is computed once for each object', () => {
  let count = 0;
  const name = once((object: { readonly name: string }) => `${object.name}${(count += 1)}`);
  const [a, b] = [{ name: 'a' }, { name: 'a' }];
  expect([name(a), name(b), name(a)]).toEqual(['a1', 'a2', 'a1']);
});

test('and for each pair, whatever the answer is', () => {
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
