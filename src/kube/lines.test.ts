import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { splitLines, maxLineBytes, noRest } from './lines.ts';

const decodeAll = (chunks: readonly Uint8Array[]): { lines: readonly string[]; left: number } => {
  let rest = noRest;
  const lines: string[] = [];
  for (const chunk of chunks) {
    const split = splitLines(rest, chunk);
    lines.push(...split.lines.map((line) => line.toString('utf8').trim()));
    rest = split.rest;
  }
  return { lines, left: rest.size };
};

describe('splitLines', () => {
  test('however the bytes are cut, the lines are the same', () => {
    const line = fc.string({ unit: 'binary' }).map((text) => text.replaceAll(/\s/g, '_'));
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(200)), (lines, cuts) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
        const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
        const chunks = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
        const clean = lines.map((text) => Buffer.from(text).toString()).filter((text) => text.trim() !== '');
        expect(decodeAll(chunks)).toEqual({ lines: clean.map((text) => text.trim()), left: 0 });
      }),
    );
  });

  test('what has no end yet is kept', () => {
    expect(decodeAll([Buffer.from('a\nbc'), Buffer.from('d')])).toEqual({ lines: ['a'], left: 3 });
  });

  test('a line without end is refused', () => {
    const chunk = Buffer.alloc(maxLineBytes, 'x');
    const { rest } = splitLines(noRest, chunk);
    expect(() => splitLines(rest, Buffer.from('y'))).toThrow(RangeError);
  });
});
