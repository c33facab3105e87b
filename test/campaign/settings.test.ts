/** Every setting of the Installation off, on, changed, deleted and rolled back, and every wrong value of it. */
import { beforeAll, expect, jest, test } from '@jest/globals';
import { seededRandom } from '../fault/random.ts';
import { Findings, play } from './properties.ts';
import { printReport, seed, unexplained } from './report.ts';
import { isRepeated, leaves, scenarioOf } from './scenarios.ts';

jest.setTimeout(600_000);

const findings = new Findings();

beforeAll(() => {
  const random = seededRandom(seed);
  for (const leaf of leaves) if (!isRepeated(leaf)) play(scenarioOf(leaf), random, findings);
  printReport('settings', findings);
});

test('every property holds of every spec', () => {
  expect(findings.broken).toEqual([]);
  expect(findings.specs).toBeGreaterThan(3000);
  expect(findings.outcomes.rendered).toBeGreaterThan(2000);
});

test('what admission lets through is refused for listed reasons only', () => {
  expect(unexplained(findings)).toEqual([]);
});
