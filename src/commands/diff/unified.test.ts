import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { unifiedDiff } from './unified.ts';

const text = (...lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
const numbers = Array.from({ length: 20 }, (_, index) => String(index + 1));

test('equal texts differ in nothing', () => {
  expect(unifiedDiff(text('a', 'b'), text('a', 'b'))).toEqual([]);
  expect(unifiedDiff(undefined, undefined)).toEqual([]);
});

test('three lines stand around a change, and changes far apart have hunks of their own', () => {
  const after = numbers.map((line) => (line === '5' ? 'five' : line)).filter((line) => line !== '16');
  expect(unifiedDiff(text(...numbers), text(...after))).toEqual([
    '@@ -2,7 +2,7 @@',
    ' 2',
    ' 3',
    ' 4',
    '-5',
    '+five',
    ' 6',
    ' 7',
    ' 8',
    '@@ -13,7 +13,6 @@',
    ' 13',
    ' 14',
    ' 15',
    '-16',
    ' 17',
    ' 18',
    ' 19',
  ]);
});

test('a text that is not there has no lines', () => {
  expect(unifiedDiff(undefined, text('a', 'b'))).toEqual(['@@ -0,0 +1,2 @@', '+a', '+b']);
  expect(unifiedDiff(text('a'), undefined)).toEqual(['@@ -1 +0,0 @@', '-a']);
});

/** What the program patch does, without any tolerance. */
function patch(before: readonly string[], hunks: readonly string[]): readonly string[] {
  const result: string[] = [];
  let position = 0;
  for (const line of hunks) {
    const header = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@$/.exec(line);
    if (header !== null) {
      const start = Number(header[1]) - (header[2] === '0' ? 0 : 1);
      result.push(...before.slice(position, start));
      position = start;
      expect(result).toHaveLength(Number(header[3]) - (header[4] === '0' ? 0 : 1));
    } else {
      const [mark, content] = [line.slice(0, 1), line.slice(1)];
      if (mark !== '+') expect(before[position++]).toBe(content);
      if (mark !== '-') result.push(content);
    }
  }
  return [...result, ...before.slice(position)];
}

test('applied to the one text it gives the other', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd: e'), { maxLength: 40 });
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      expect(patch(before, unifiedDiff(text(...before), text(...after)))).toEqual(after);
    }),
    { numRuns: 500 },
  );
});
