import { expect, test } from '@jest/globals';
import type { KubeObject } from '../api/kubernetes.ts';
import { resources } from '../api/resources.ts';
import { StatusError } from '../kube/errors.ts';
import type { Selection } from '../kube/types.ts';
import { createListing } from './listing.ts';

const whole = (object: KubeObject): KubeObject => object;
const managed = (manager: string) => ({ manager, operation: 'Apply' });
const configMap = (name: string, namespace = 'n'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, managedFields: [managed('kubectl'), managed('calico-operator/x')] },
});
const configMaps: Selection = { resource: resources.ConfigMap, namespace: 'n' };

test('holds what the API server lists, with the fields of every manager', async () => {
  const listing = createListing();
  const store = listing.watch({ selection: configMaps, project: whole });
  expect(store.state).toBe('syncing');
  expect(await listing.fill({ list: () => Promise.resolve([configMap('a'), configMap('b')]) })).toEqual([]);
  expect({ state: store.state, synced: store.synced, size: store.size }).toEqual({
    state: 'synced',
    synced: true,
    size: 2,
  });
  expect(store.get('a', 'n')?.metadata.managedFields).toEqual([
    managed('kubectl'),
    managed('calico-operator/x'),
  ]);
});

test('tells what is forbidden or unknown, goes on with the rest, and throws other failures', async () => {
  const listing = createListing();
  const answers = new Map([
    [resources.Secret, new StatusError('no', { code: 403, reason: 'Forbidden' })],
    [resources.IPPool, new StatusError('no', { code: 404, reason: 'NotFound' })],
  ]);
  const selections = [
    configMaps,
    { resource: resources.Secret, namespace: 'n' },
    { resource: resources.IPPool },
  ];
  const [first] = selections.map((selection) => listing.watch({ selection, project: whole }));
  const list = ({ resource }: Selection): Promise<readonly KubeObject[]> => {
    const failure = (answers as ReadonlyMap<unknown, Error>).get(resource);
    return failure === undefined ? Promise.resolve([configMap('a')]) : Promise.reject(failure);
  };
  expect(
    (await listing.fill({ list })).map(({ selection, state }) => [selection.resource.kind, state]),
  ).toEqual([
    ['Secret', 'forbidden'],
    ['IPPool', 'missing'],
  ]);
  expect(first?.size).toBe(1);
  const broken = createListing();
  broken.watch({ selection: configMaps, project: whole });
  await expect(broken.fill({ list: () => Promise.reject(new Error('reset')) })).rejects.toThrow('reset');
});

test('asks only for what is wanted', async () => {
  const listing = createListing();
  listing.watch({ selection: configMaps, project: whole });
  listing.watch({ selection: { resource: resources.Pod }, project: whole });
  const asked: string[] = [];
  const list = ({ resource }: Selection): Promise<readonly KubeObject[]> => {
    asked.push(resource.kind);
    return Promise.resolve([]);
  };
  await listing.fill({ list }, ({ resource }) => resource !== resources.Pod);
  expect(asked).toEqual(['ConfigMap']);
});

test('an object that is put over replaces the one of its name, and none of another selection comes in', () => {
  const listing = createListing();
  const store = listing.watch({ selection: configMaps, project: whole });
  store.observe(configMap('a'));
  store.observe({ ...configMap('a'), metadata: { ...configMap('a').metadata, labels: { new: 'yes' } } });
  store.observe(configMap('a', 'elsewhere'));
  expect(store.list().map(({ metadata }) => metadata.labels)).toEqual([{ new: 'yes' }]);
  store.observeDeleted('a', 'n', undefined);
  expect(store.size).toBe(0);
});

test('what is on demand is listed once it is needed, and not before', async () => {
  const listing = createListing();
  listing.watch({ selection: { resource: resources.Pod }, project: whole });
  const store = listing.watchOnDemand({ selection: configMaps, project: whole });
  const asked: string[] = [];
  const list = ({ resource }: Selection): Promise<readonly KubeObject[]> => {
    asked.push(resource.kind);
    return Promise.resolve([configMap('a')]);
  };
  await listing.fill({ list });
  expect([asked, store.state, store.size]).toEqual([['Pod'], 'synced', 0]);
  store.demand(true);
  expect(store.state).toBe('syncing');
  await listing.fill({ list });
  store.demand(true);
  await listing.fill({ list });
  expect([asked, store.state, store.size]).toEqual([['Pod', 'ConfigMap'], 'synced', 1]);
});
