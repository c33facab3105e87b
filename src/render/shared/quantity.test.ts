import { describe, expect, test } from '@jest/globals';
import { canonicalQuantity, quantityValue } from './quantity.ts';

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
