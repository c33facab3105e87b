import { describe, expect, test } from '@jest/globals';
import { stableHash, stableJson } from './hash.ts';

describe('stableHash', () => {
  test('is 16 hexadecimal digits and never changes between releases: a new value would roll every pod', () => {
    expect(stableHash('')).toMatch(/^[0-9a-f]{16}$/);
    expect(stableHash({ a: '1', b: ['x'] })).toBe(stableHash({ b: ['x'], a: '1' }));
    expect(stableHash('calico')).toMatchInlineSnapshot(`"c1b709c86e3a23da"`);
  });

  test('differs for what differs', () => {
    const texts = Array.from({ length: 20_000 }, (_item, index) => `text ${String(index)}`);
    const similar = ['a', 'b', 'aa', 'ab', 'ba', '', ' ', '\u0000'];
    expect(new Set([...texts, ...similar].map(stableHash)).size).toBe(texts.length + similar.length);
    expect(stableHash({ list: [1, 2] })).not.toBe(stableHash({ list: [2, 1] }));
  });
});

test('stableJson sorts keys at every level and keeps the order of lists', () => {
  expect(stableJson({ b: 1, a: [{ d: null, c: undefined }, 2] })).toBe('{"a":[{"d":null},2],"b":1}');
});
