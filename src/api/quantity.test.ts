import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  canonicalQuantity,
  compareQuantities,
  equalQuantities,
  parseQuantity,
  quantityValue,
} from './quantity.ts';

describe('canonicalQuantity gives the form that the API server stores', () => {
  test.each([
    ['100m', '100m'],
    ['1000m', '1'],
    ['0.5', '500m'],
    ['.5', '500m'],
    ['1.5', '1500m'],
    ['1', '1'],
    [2, '2'],
    ['0', '0'],
    ['0Mi', '0'],
    ['1024Mi', '1Gi'],
    ['1536Mi', '1536Mi'],
    ['0.5Gi', '512Mi'],
    ['1000Ki', '1000Ki'],
    ['512', '512'],
    ['1Ki', '1Ki'],
    ['0.5Ki', '512'],
    ['100M', '100M'],
    ['1000M', '1G'],
    ['1000k', '1M'],
    ['123456', '123456'],
    ['100000', '100k'],
    ['1e3', '1e3'],
    ['1e2', '100'],
    ['12E6', '12e6'],
    ['-1000m', '-1'],
    ['+5', '5'],
    ['0.1Ki', '102400m'],
    ['0.1n', '1n'],
    ['2E', '2E'],
  ])('%s is %s', (given, canonical) => {
    expect(canonicalQuantity(given)).toBe(canonical);
  });

  test.each(['', 'abc', '1 Gi', '10MiB', '--1'])('leaves %p as it is', (text) => {
    expect(canonicalQuantity(text)).toBe(text);
  });

  test('is idempotent', () => {
    for (const quantity of ['1.25Gi', '3333m', '7e5', '999999999999k']) {
      const once = canonicalQuantity(quantity);
      expect(canonicalQuantity(once)).toBe(once);
    }
  });
});

test('quantityValue counts whole units', () => {
  expect(quantityValue('100Mi')).toBe(104857600);
  expect(quantityValue('1500m')).toBe(1);
  expect(quantityValue(7)).toBe(7);
  expect(quantityValue('much')).toBeUndefined();
});

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

describe('quantities', () => {
  const quantity = (text: string | number) => {
    const parsed = parseQuantity(text);
    if (parsed === undefined) throw new Error(`${text} is no quantity`);
    return parsed;
  };

  test.each<[string | number, string | number]>([
    ['1', '1000m'],
    ['1Ki', '1024'],
    ['0.5Gi', '512Mi'],
    ['1e3', '1k'],
    ['1E3', '1000'],
    ['.5', '500m'],
    ['+1.', 1],
    ['1G', '1000000000'],
    ['1n', '0.000000001'],
  ])('%s equals %s', (one, other) => {
    expect(compareQuantities(quantity(one), quantity(other))).toBe(0);
  });

  test.each(['', '.', 'm', '1 Gi', '1mi', '0x1', '1ee3', 'NaN'])('%j is none', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });

  test('compare as the numbers do', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -9999, max: 9999 }),
        fc.integer({ min: -9999, max: 9999 }),
        (one, other) => {
          expect(compareQuantities(quantity(`${one}m`), quantity(other))).toBe(
            Math.sign(one - other * 1000) + 0,
          );
        },
      ),
    );
  });
});
