import { afterEach, expect, test } from '@jest/globals';
import type { KubeObject } from '../../api/kubernetes.ts';
import { type ResourceType, resources } from '../../api/resources.ts';
import { createCache } from '../../cache/cache.ts';
import { FakeClock } from '../../fake-clock.ts';
import { StatusError } from '../../kube/errors.ts';
import { resourceName } from '../../kube/request.ts';
import { silentLogger } from '../../telemetry/types.ts';
import { followDefinitions } from './definitions.ts';
import { ModelCluster } from './model-cluster.fixture.ts';
import { watchEverything } from './stores.ts';

let stop: () => Promise<unknown> = () => Promise.resolve();
afterEach(() => stop());

/** Watches everything in a cluster that does not serve some kinds. */
async function start(...missing: readonly ResourceType[]) {
  const clock = new FakeClock();
  const cluster = new ModelCluster();
  const unserved = new Set<string>(missing.map(({ kind }) => kind));
  cluster.fault = ({ kind }) =>
    unserved.has(kind) ? new StatusError('not found', { code: 404, reason: 'NotFound' }) : undefined;
  const cache = createCache({ source: cluster, clock, logger: silentLogger });
  stop = () => cache.stop();
  const stores = watchEverything(cache, 'tigera-operator');
  followDefinitions(cache, stores);
  const started = cache.start(new AbortController().signal);
  await clock.advance(60_000);
  await started;
  const watchedDefinitions = (): readonly string[] =>
    cluster.watched
      .filter(({ resource }) => resource === resources.CustomResourceDefinition)
      .map(({ fieldSelector = '' }) => fieldSelector);
  const tries = ({ kind }: ResourceType): number =>
    cluster.requests.filter((request) => request.kind === kind).length;
  return { clock, cluster, stores, unserved, watchedDefinitions, tries };
}

type Running = Awaited<ReturnType<typeof start>>;

/** Makes the definition, or changes it. */
function apply({ cluster }: Running, resource: ResourceType, established: boolean): Promise<KubeObject> {
  const { CustomResourceDefinition } = resources;
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: resourceName(resource) },
    status: { established },
  };
  return cluster.apply(CustomResourceDefinition, definition, { fieldManager: 'user' });
}

test('where nothing is missing, no definition is watched', async () => {
  const { watchedDefinitions, cluster } = await start();
  expect(watchedDefinitions()).toEqual([]);
  expect(cluster.requests.filter(({ kind }) => kind === 'CustomResourceDefinition')).toEqual([]);
});

test('each missing kind has its own definition watched, until it is there', async () => {
  const { IPPool, TigeraStatus } = resources;
  const running = await start(IPPool, TigeraStatus);
  const { clock, unserved, watchedDefinitions } = running;
  expect([...watchedDefinitions()].sort()).toEqual([
    'metadata.name=ippools.crd.projectcalico.org',
    'metadata.name=tigerastatuses.operator.tigera.io',
  ]);
  unserved.delete('IPPool');
  await apply(running, IPPool, true);
  await clock.advance(0);
  expect(running.stores.pools.state).toBe('synced');
  expect(watchedDefinitions()).toEqual(['metadata.name=tigerastatuses.operator.tigera.io']);
});

test('a definition that comes after hours is picked up as soon as it is served', async () => {
  const { IPPool } = resources;
  const running = await start(IPPool);
  const { clock, stores, unserved, tries } = running;
  await clock.advance(6 * 3_600_000);
  const before = tries(IPPool);

  await apply(running, IPPool, false);
  await clock.advance(50);
  expect(tries(IPPool)).toBe(before + 1);
  unserved.delete('IPPool');
  await apply(running, IPPool, true);
  await clock.advance(0);
  expect(stores.pools.state).toBe('synced');
});

test('nor does it take longer where the API server serves it only after it has said so', async () => {
  const { IPPool } = resources;
  const running = await start(IPPool);
  const { clock, stores, unserved } = running;
  await clock.advance(6 * 3_600_000);
  await apply(running, IPPool, false);
  await apply(running, IPPool, true);
  await clock.advance(2_000);
  unserved.delete('IPPool');
  expect(stores.pools.state).toBe('missing');
  await clock.advance(2_500);
  expect(stores.pools.state).toBe('synced');
});

test('a definition of which the API server never serves the kind is no reason to ask all the while', async () => {
  const { IPPool } = resources;
  const running = await start(IPPool);
  await apply(running, IPPool, true);
  const before = running.tries(IPPool);
  await running.clock.advance(3_600_000);
  expect(running.tries(IPPool) - before).toBeLessThanOrEqual(25);
});

test('that of a kind that is read on demand is watched as long as the kind is needed', async () => {
  const { IPAMConfig } = resources;
  const running = await start(IPAMConfig);
  const { clock, stores, watchedDefinitions } = running;
  expect(watchedDefinitions()).toEqual([]);
  stores.windows.need({ ipam: true });
  await clock.advance(0);
  expect(watchedDefinitions()).toEqual(['metadata.name=ipamconfigs.crd.projectcalico.org']);
  stores.windows.need({ ipam: false });
  await clock.advance(0);
  expect(watchedDefinitions()).toEqual([]);
});

test('a built-in kind that an API server does not have has no definition', async () => {
  const { watchedDefinitions } = await start(resources.PodDisruptionBudget);
  expect(watchedDefinitions()).toEqual([]);
});
