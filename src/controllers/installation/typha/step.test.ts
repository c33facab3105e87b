import { expect, test } from '@jest/globals';
import type { Installation } from '../../../api/installation.ts';
import { defaultSnapshot, installationWith } from '../../../resolve/testing.ts';
import { learnsThatItIsLost, nextTyphaStep, typhaHistory, typhaProblems } from './step.ts';
import { decisionWith, nodeWith, typhaWith } from './testing.ts';

const applied = { manager: 'calico-operator/installation', operation: 'Apply', fieldsV1: { 'f:spec': {} } };
const snapshot = { ...defaultSnapshot(), typha: { present: true, remembers: true, now: 0 } };

test.each([
  ['nothing', {}, false],
  ['a Typha', { typha: typhaWith(0) }, true],
  ['a calico-node that is told to use one', { node: nodeWith({ uses: true }) }, true],
  ['a calico-node that is not', { node: nodeWith({ uses: false }) }, false],
])('of %s in the cluster', (_name, workloads, present) => {
  expect(typhaHistory(workloads, 7)).toEqual({ present, remembers: true, now: 7 });
});

test("calico-node is ours once we have applied it; as another operator's it waits for the switch off", () => {
  const decision = decisionWith({ belowSince: '2026-01-01T00:00:00Z', changesIn: 1 });
  const node = nodeWith({ uses: true });
  const ours = { ...node, metadata: { ...node.metadata, managedFields: [applied] } };
  expect(nextTyphaStep(snapshot, decision, { node }).holds).toHaveProperty('node');
  expect(nextTyphaStep(snapshot, decision, { node: ours }).holds).toEqual({});
});

test('that no node can run it is a problem with its cure', () => {
  const step = nextTyphaStep(snapshot, decisionWith({ hosts: 0 }), {});
  const message = expect.stringMatching(
    /^Installation default: spec.typhaDeployment: .* Let Typha onto some nodes/,
  );
  expect(typhaProblems(snapshot, step)).toEqual([{ reason: 'ResourceScalingError', message }]);
  expect(typhaProblems(snapshot, nextTyphaStep(snapshot, decisionWith({}), {}))).toEqual([]);
});

const told = { wanted: false };

test.each<[string, typeof told | undefined, Installation | undefined, boolean]>([
  ['kept', told, installationWith({}, { typha: told }), false],
  ['lost', told, installationWith({}, { computed: {} }), true],
  ['not told', undefined, installationWith({}, {}), false],
  ['gone with the Installation', told, undefined, false],
])('a status that is %s', (_name, said, stored, lost) => {
  const memory = { remembers: true };
  expect(learnsThatItIsLost(memory, said, stored)).toBe(lost);
  expect(memory.remembers).toBe(!lost);
});
