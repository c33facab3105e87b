/** Several settings at once, chosen by chance, then a change and its undoing. */
import { beforeAll, expect, jest, test } from '@jest/globals';
import { seededRandom } from '../fault/random.ts';
import { Findings, play } from './properties.ts';
import { printReport, seed, unexplained } from './report.ts';
import { randomScenario } from './scenarios.ts';

jest.setTimeout(600_000);

/** Scenarios of three specs each. */
const count = Number(process.env['CALICO_OPERATOR_TEST_SCENARIOS'] ?? 700);
const findings = new Findings();

beforeAll(() => {
  const random = seededRandom(seed);
  for (let index = 0; index < count; index += 1) play(randomScenario(random), random, findings);
  printReport('combinations', findings);
});

test('every property holds of every spec', () => {
  expect(findings.broken).toEqual([]);
  expect(findings.specs).toBe(count * 3);
  expect(findings.outcomes.rendered).toBeGreaterThan(count);
});

test('what admission lets through is refused for listed reasons only', () => {
  expect(unexplained(findings)).toEqual([]);
});

/** Fields that a user leaves open, and that specs in between can move for good. Others must never be. */
const movable: readonly RegExp[] = [
  /^calicoNetwork\.ipPools$/, // Pools stay in the cluster.
  /^cni\.(type|ipam\.type)$/, // A plugin stays where a later platform goes with it as well.
  /^\(refused\)$/, // What a pool was made with stays.
  // What follows from the two above.
  /^calicoNetwork\.(bgp|hostPorts|linuxPolicySetupTimeoutSeconds|multiInterfaceMode|nodeAddressAutodetectionV[46])$/,
  /^logging\.cni\.\w+$/,
];

test('frozen defaults are moved by nothing but pools, plugins and what follows from them', () => {
  expect([...findings.moved].filter((path) => !movable.some((pattern) => pattern.test(path)))).toEqual([]);
});
