import { expect, test } from '@jest/globals';
import { formatAge, parseDuration, plain, table } from './text.ts';

test.each([
  [-5_000, '0s'],
  [119_999, '119s'],
  [120_000, '2m'],
  [7_199_999, '119m'],
  [7_200_000, '2h'],
  [172_800_000, '2d'],
  [Number.NaN, 'an unknown time'],
])('%d milliseconds are %s', (milliseconds, text) => {
  expect(formatAge(milliseconds)).toBe(text);
});

test.each([
  ['90s', 90_000],
  ['5m', 300_000],
  ['1h30m', 5_400_000],
  ['1h1m1s', 3_661_000],
  ['', undefined],
  ['0s', undefined],
  ['5', undefined],
  ['30m1h', undefined],
  ['-5m', undefined],
  ['1.5h', undefined],
])('%j is %s', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test('columns are as wide as their widest field, and nothing trails', () => {
  const rows = [
    ['a', '', 'c'],
    ['bbb', 'x', ''],
  ].map((row) => row.map((text) => ({ text })));
  expect(table(rows, plain)).toEqual(['a       c', 'bbb  x']);
});
