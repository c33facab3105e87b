import { expect, test } from '@jest/globals';
import { replicasFor } from './typha.ts';
import { defaultSnapshot, linuxNodes, mustResolve } from './testing.ts';

test.each([
  [0, 1],
  [2, 1],
  [3, 2],
  [4, 2],
  [5, 3],
  [399, 3],
  [400, 4],
  [999, 6],
  [3600, 20],
])('%d nodes need %d replicas', (nodes, replicas) => {
  expect(replicasFor(nodes)).toBe(replicas);
});

test.each([
  [undefined, 50, false],
  [undefined, 51, true],
  [{ mode: 'Auto', nodeThreshold: 5 }, 6, true],
  [{ mode: 'Always' }, 1, true],
  [{ mode: 'Never' }, 5000, false],
] as const)('typha %j at %d nodes: wanted %s', (typha, count, wanted) => {
  const spec = typha === undefined ? {} : { typha };
  const { typha: decision } = mustResolve(defaultSnapshot({ spec, cluster: { nodes: linuxNodes(count) } }));
  expect(decision.wanted).toBe(wanted);
});

test('never more than can be scheduled, with a word about it', () => {
  const nodes = { total: 60, linux: 2, windows: 58, typhaCandidates: 60, typhaCandidatesLinux: 2 };
  const { typha, warnings } = mustResolve(defaultSnapshot({ cluster: { nodes } }));
  expect(typha).toMatchObject({ wanted: true, replicas: 2 });
  expect(warnings).toMatchObject([{ reason: 'ResourceScalingError' }]);
});
