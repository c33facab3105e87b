import { describe, expect, test } from '@jest/globals';
import { compareReleases } from './release.ts';

describe('the order of releases', () => {
  const ascending = [
    '0.1.0-alpha',
    '0.1.0-alpha.1',
    '0.1.0-alpha.beta',
    '0.1.0-beta',
    '0.1.0-beta.2',
    '0.1.0-beta.11',
    '0.1.0-rc.1',
    '0.1.0',
    '0.1.1',
    '0.2.0',
    '0.10.0',
    '1.0.0',
    '10.0.0',
  ];

  test('is that of Semantic Versioning, in both directions', () => {
    for (const [i, a] of ascending.entries()) {
      for (const [j, b] of ascending.entries()) {
        expect([a, b, Math.sign(compareReleases(a, b) ?? NaN)]).toEqual([a, b, Math.sign(i - j)]);
      }
    }
  });

  test.each([
    ['v1.2.3', '1.2.3'],
    ['1.2.3+a', '1.2.3+b'],
  ])('takes %s and %s for the same', (a, b) => {
    expect(compareReleases(a, b)).toBe(0);
  });

  test.each(['', 'main', '1', '1.2', '1.2.3.4', '1.2.x'])('does not guess what %j is', (text) => {
    expect(compareReleases(text, '1.2.3')).toBeUndefined();
    expect(compareReleases('1.2.3', text)).toBeUndefined();
  });
});
