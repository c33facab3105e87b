import { expect, test } from '@jest/globals';
import { equalQuantities } from './quantity.ts';

test.each([
  ['1000m', '1'],
  ['0.5', '500m'],
  [1, '1'],
  ['1024Mi', '1Gi'],
  ['1e3', '1k'],
  ['1E', '1000P'],
  ['0', '0m'],
  ['+2', '2'],
  ['1.5Gi', '1536Mi'],
])('%p is worth %p', (a, b) => {
  expect(equalQuantities(a, b)).toBe(true);
  expect(equalQuantities(b, a)).toBe(true);
});

test.each([
  ['1', '2'],
  ['1k', '1Ki'],
  ['1M', '1m'],
  ['one', 'one'],
  ['', ''],
  ['.', '.'],
  [{}, '1'],
  ['-1', '1'],
])('%p is not worth %p', (a, b) => {
  expect(equalQuantities(a, b)).toBe(false);
});
