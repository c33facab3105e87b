import { expect, test } from '@jest/globals';
import type { KubeObject } from '../../api/kubernetes.ts';
import { type ResourceType, resources } from '../../api/resources.ts';
import { Patience, rolloutInterval } from './patience.ts';

const key = 'calico-system/calico-node';

interface Counts {
  readonly updated?: number;
  readonly available?: number;
  readonly generation?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

let version = 0;

/** A DaemonSet on three nodes. */
function daemonSet({ updated = 3, available = 3, generation = 1, labels = {} }: Counts): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: {
      name: 'calico-node',
      namespace: 'calico-system',
      generation,
      labels,
      resourceVersion: String(++version),
    },
    ...{
      spec: {},
      status: {
        observedGeneration: 1,
        desiredNumberScheduled: 3,
        updatedNumberScheduled: updated,
        numberAvailable: available,
      },
    },
  };
}

const storeOf = (resource: ResourceType, object?: KubeObject) => ({
  selection: { resource, namespace: 'calico-system' },
  get: (name: string, namespace?: string) =>
    name === 'calico-node' && namespace === 'calico-system' ? object : undefined,
});

/** What is waited for after the second of two states of the DaemonSet. */
function between(before: Counts | undefined, after: Counts | undefined): number | undefined {
  const patience = new Patience();
  for (const state of [before, after]) {
    const store = storeOf(resources.DaemonSet, state === undefined ? undefined : daemonSet(state));
    const wait = patience.after(store, key, 3);
    if (state === after) return wait;
  }
  throw new Error('not reached');
}

test.each<[string, Counts | undefined, Counts | undefined, number | undefined]>([
  ['a step of a rollout', { updated: 1 }, { updated: 2 }, 1000],
  ['a pod that is lost', {}, { available: 2 }, 1000],
  ['the last step', { updated: 2 }, { updated: 3 }, undefined],
  ['a new template', {}, { generation: 2, updated: 2 }, undefined],
  ['a label of somebody, amid a rollout', { updated: 1 }, { updated: 2, labels: { a: 'b' } }, undefined],
  ['a DaemonSet that comes', undefined, { updated: 0 }, undefined],
  ['a DaemonSet that goes', { updated: 0 }, undefined, undefined],
])('%s', (_what, before, after, expected) => {
  expect(between(before, after)).toBe(expected);
});

test.each([
  [resources.Node, 1000],
  [resources.Pod, 1000],
  [resources.ConfigMap, undefined],
])('of $kind nothing is compared', (resource, expected) => {
  expect(new Patience().after(storeOf(resource), key, 3)).toBe(expected);
});

test('one that comes again is not compared with the one before', () => {
  const patience = new Patience();
  const seen = (state: Counts | undefined) =>
    patience.after(storeOf(resources.DaemonSet, state && daemonSet(state)), key, 3);
  expect([{ updated: 1 }, undefined, { updated: 2 }].map(seen)).toEqual([undefined, undefined, undefined]);
});

test.each([
  [3, 1000],
  [200, 1000],
  [400, 2000],
  [5000, 5000],
])('on %i nodes a pass waits for %i ms', (nodes, expected) => {
  expect(rolloutInterval(nodes)).toBe(expected);
  expect(new Patience().after(storeOf(resources.Node), 'node-1', nodes)).toBe(expected);
});
