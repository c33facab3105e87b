/**
 * Every setting of the Installation off, on, changed, deleted and rolled back, and every wrong value of it; then every
 * value on every kind of cluster.
 */
import { beforeAll, expect, jest, test } from '@jest/globals';
import { seededRandom } from '../fault/random.ts';
import { Findings, noteRefusals, play } from './properties.ts';
import { printReport, seed, stale, unexplained } from './report.ts';
import { crossings, isRepeated, leaves, scenarioOf } from './scenarios.ts';

jest.setTimeout(600_000);

const findings = new Findings();

beforeAll(() => {
  const random = seededRandom(seed);
  for (const leaf of leaves) if (!isRepeated(leaf)) play(scenarioOf(leaf), random, findings);
  for (const { world, spec } of crossings()) noteRefusals(world, spec, findings);
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

test('every listed reason comes up', () => {
  expect(stale(findings)).toEqual([]);
});
