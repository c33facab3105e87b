import { describe, expect, test } from '@jest/globals';
import { resolveOrThrow } from '../../src/render/fixtures.ts';
import { render } from '../../src/render/render.ts';
import { acceptedDifferences, identify } from './accepted.ts';
import { compare, type Difference } from './compare.ts';
import { renderInputOf, snapshotOf } from './input.ts';
import { pending } from './pending.ts';
import { readRecording, recordingNames } from './recording.ts';

const names = recordingNames();
const compared = names.filter((name) => pending[name] === undefined);
const accepted = new Set(acceptedDifferences('always').map(identify));

const unaccepted = (differences: readonly Difference[], rows: ReadonlySet<string>) =>
  differences.map(identify).filter((difference) => !rows.has(difference));

describe('objects equal those of the reference but for the accepted differences', () => {
  test.each(compared)('%s', (name) => {
    expect(unaccepted(compare(readRecording(name)), accepted)).toEqual([]);
  });
});

test('no accepted difference is stale', () => {
  const seen = new Set(compared.flatMap((name) => compare(readRecording(name)).map(identify)));
  expect([...accepted].filter((row) => !seen.has(row))).toEqual([]);
});

test('a stock Installation on a small cluster differs by Typha alone, as listed', () => {
  const listed = acceptedDifferences('without-typha').map(identify);
  const differences = compare(readRecording('stock-installation-only'), 'Auto');
  expect(unaccepted(differences, accepted).toSorted()).toEqual(listed.toSorted());
});

describe('what is pending still differs: else its entry goes', () => {
  test.each(Object.keys(pending))('%s', (name) => {
    expect(unaccepted(compare(readRecording(name)), accepted)).not.toEqual([]);
  });
});

test('rendering takes milliseconds', () => {
  const snapshot = snapshotOf(readRecording('stock-installation-only'), 'Always');
  const input = renderInputOf(snapshot, resolveOrThrow(snapshot));
  const times = Array.from({ length: 200 }, () => {
    const start = performance.now();
    render(input);
    return performance.now() - start;
  }).toSorted((a, b) => a - b);
  const [median, late] = [times[100] ?? NaN, times[198] ?? NaN];
  process.stdout.write(`render: p50 ${median.toFixed(2)} ms, p99 ${late.toFixed(2)} ms\n`);
  expect(times).toHaveLength(200);
});
