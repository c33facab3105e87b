/** How often the operator tries what cannot succeed: the whole controller, by a fake clock. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../../api/kubernetes.ts';
import { resources } from '../../api/resources.ts';
import { createCache } from '../../cache/cache.ts';
import { FakeClock } from '../../fake-clock.ts';
import { StatusError, TransportError } from '../../kube/errors.ts';
import { calicoVersion } from '../../resolve/versions.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { silentLogger } from '../../telemetry/types.ts';
import { createInstallationController } from './controller.ts';
import { followDefinitions } from './definitions.ts';
import { ModelCluster, type SeenRequest } from './model-cluster.fixture.ts';
import { watchEverything } from './stores.ts';

const error = (code: number, reason: string): StatusError =>
  new StatusError(`${reason} it is`, { code, reason });

let stop: () => Promise<unknown> = () => Promise.resolve();
afterEach(() => stop());

/** A controller that leads, over a cluster with an Installation. */
async function start(fault: ModelCluster['fault']) {
  const clock = new FakeClock();
  const cluster = new ModelCluster();
  const metrics = createMetrics({ version: '1.0.0', calicoVersion, leaseName: 'test' });
  const cache = createCache({ source: cluster, clock, logger: silentLogger });
  const stores = watchEverything(cache, 'tigera-operator');
  followDefinitions(cache, stores);
  const lead = createInstallationController(
    {
      ...{ client: cluster, stores, clock, logger: silentLogger, metrics },
      operator: { namespace: 'tigera-operator', serviceAccount: 'tigera-operator', version: '1.0.0' },
      ...{ systemRoots: '', instance: 'test' },
    },
    { operatorNamespace: 'tigera-operator', clusterDomain: 'cluster.local' },
  );
  await cluster.apply(resources.Installation, installation, { fieldManager: 'user' });
  cluster.requests.splice(0);
  cluster.fault = fault;
  await cache.start(new AbortController().signal);
  const workers = lead();
  stop = () => Promise.all([workers.stop(), cache.stop()]);
  const metric = async (name: string): Promise<number | undefined> => {
    const line = (await metrics.text()).split('\n').find((each) => each.startsWith(`${name}{`));
    return line === undefined ? undefined : Number(line.split(' ').at(-1));
  };
  return { clock, cluster, metric, workers };
}

const installation = {
  apiVersion: 'operator.tigera.io/v1',
  kind: 'Installation',
  metadata: { name: 'default', generation: 1 },
  spec: {},
};

/** Moves time on. Passes end before it goes on, as they wait for real work, such as making keys; unless for the clock. */
async function pass({ clock, workers }: Running, seconds: number, step = 1_000): Promise<void> {
  for (let left = seconds * 1_000; left > 0; left -= step) {
    await clock.advance(step);
    for (let turns = 1; workers.running().length > 0; turns++) {
      await delay(1);
      if (turns % 40 === 0) await clock.advance(50);
    }
  }
}

type Running = Awaited<ReturnType<typeof start>>;

async function passFirstHour(running: Running): Promise<void> {
  await pass(running, 10, 50);
  await pass(running, 3_590);
}

type Matcher = (request: SeenRequest) => boolean;

const applies =
  (kind: string, name: string, subresource?: string): Matcher =>
  (request) =>
    request.verb === 'apply' &&
    request.kind === kind &&
    request.name === name &&
    request.subresource === subresource;
const asks =
  (verb: SeenRequest['verb'], kind: string): Matcher =>
  (request) =>
    request.verb === verb && request.kind === kind;
const ofCalico =
  (matches: Matcher): Matcher =>
  (request) =>
    request.namespace === 'calico-system' && matches(request);
const isWrite: Matcher = ({ verb }) => verb !== 'get' && verb !== 'list' && verb !== 'watch';
const refusing =
  (matches: Matcher, code = 403, reason = 'Forbidden'): ModelCluster['fault'] =>
  (request) =>
    matches(request) ? error(code, reason) : undefined;

describe('what cannot succeed is tried 25 times at most in the first hour, and soon after it can', () => {
  test.each<[string, number, string, Matcher]>([
    ['a write that an admission rule refuses', 422, 'Invalid', applies('DaemonSet', 'calico-node')],
    ['a write that is forbidden', 403, 'Forbidden', applies('ClusterRole', 'calico-node')],
    ['a Secret that is forbidden', 403, 'Forbidden', ofCalico(applies('Secret', 'node-certs'))],
    ['the authority, where it can not be stored', 403, 'Forbidden', applies('Secret', 'tigera-ca-private')],
    ['an object with which the API server fails', 500, 'InternalError', applies('ConfigMap', 'cni-config')],
    ['a status that is refused', 403, 'Forbidden', applies('Installation', 'default', 'status')],
    ['our finalizer, where it is refused', 403, 'Forbidden', asks('patch', 'Installation')],
    ['a read of Secrets that is forbidden', 403, 'Forbidden', asks('list', 'Secret')],
    ['discovery that fails', 500, 'InternalError', asks('get', '/version')],
    ['a missing CRD', 404, 'NotFound', asks('watch', 'IPPool')],
    ['a watch that is forbidden', 403, 'Forbidden', asks('watch', 'PodDisruptionBudget')],
  ])('%s', async (_name, code, reason, matches) => {
    const running = await start(refusing(matches, code, reason));
    const tries = (): number => running.cluster.requests.filter(matches).length;
    await passFirstHour(running);
    expect(tries()).toBeLessThanOrEqual(25);
    expect(tries()).toBeGreaterThan(15);
    const others = running.cluster.requests.filter((request) => !matches(request) && isWrite(request));
    // Once to begin with, and what the status says.
    expect(others.length).toBeLessThan(50);

    const before = tries();
    running.cluster.fault = () => undefined;
    await pass(running, 361);
    expect(tries()).toBeGreaterThan(before);
    expect(await running.metric('workqueue_back_off_seconds')).toBe(0);
    const ready = running.cluster.requests.filter(applies('Deployment', 'calico-kube-controllers'));
    expect(ready).not.toEqual([]);
  });
});

const node = applies('DaemonSet', 'calico-node');

test.each<[string, Error, Matcher]>([
  ['a write that nobody answers', new TransportError('no answer', 'refused', 'ECONNREFUSED'), node],
  ['a write that the API server is too busy for', error(503, 'ServiceUnavailable'), node],
  [
    'a status that nobody answers',
    new TransportError('no answer', 'timeout', 'ETIMEDOUT'),
    applies('Installation', 'default', 'status'),
  ],
])('an outage of an hour is over within seconds: %s', async (_name, outage, matches) => {
  const running = await start((request) => (matches(request) ? outage : undefined));
  await passFirstHour(running);
  const before = running.cluster.requests.filter(matches).length;
  running.cluster.fault = () => undefined;
  await pass(running, 5);
  expect(running.cluster.requests.filter(matches).length).toBeGreaterThan(before);
  expect(await running.metric('workqueue_back_off_seconds')).toBe(0);
});

/** A cluster in which a write fails, some time after that. */
async function failing(seconds: number): Promise<Running & { readonly tries: () => number }> {
  const running = await start(refusing(node, 422, 'Invalid'));
  await pass(running, 10, 50);
  await pass(running, seconds - 10);
  return { ...running, tries: () => running.cluster.requests.filter(node).length };
}

function userConfigMap(value: number): KubeObject {
  const metadata = { name: 'other', namespace: 'tigera-operator' };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...{ data: { value: String(value) } } };
}

test('metrics tell how often something failed, and how long the operator waits before it tries again', async () => {
  const running = await failing(100);
  expect(await running.metric('workqueue_retries_total')).toBe(running.tries());
  expect(await running.metric('controller_runtime_reconcile_errors_total')).toBe(running.tries());
  const waits = (await running.metric('workqueue_back_off_seconds')) ?? 0;
  // Doubled with each failure; the first does not count, as other writes of that pass succeeded.
  expect(Math.round(waits * 10)).toBe(2 ** (running.tries() - 2));
});

test('in a busy cluster it is tried no more often, and what else there is to do is done at once', async () => {
  const { cluster, tries, ...running } = await failing(60);
  const passes = async (): Promise<number> => (await running.metric('workqueue_adds_total')) ?? 0;
  const [tried, passed] = [tries(), await passes()];
  for (let minute = 0; minute < 60; minute++) {
    await cluster.apply(resources.ConfigMap, userConfigMap(minute), { fieldManager: 'user' });
    await pass({ cluster, ...running }, 1, 250);
  }
  expect(await passes()).toBeGreaterThanOrEqual(passed + 60);
  expect(tries()).toBeLessThanOrEqual(tried + 2);
  expect(await running.metric('workqueue_back_off_seconds')).toBeGreaterThan(50);

  const repaired = applies('ConfigMap', 'cni-config');
  const writes = cluster.requests.filter(repaired).length;
  await cluster.delete({ resource: resources.ConfigMap, namespace: 'calico-system', name: 'cni-config' });
  await pass({ cluster, ...running }, 1, 250);
  expect(cluster.requests.filter(repaired).length).toBe(writes + 1);
});

test('a change of the spec has everything tried at once', async () => {
  const running = await failing(600);
  const before = running.tries();
  running.cluster.fault = () => undefined;
  const changed = { ...installation, metadata: { name: 'default', generation: 2 } };
  await running.cluster.apply(resources.Installation, changed, { fieldManager: 'user' });
  await pass(running, 1, 250);
  expect(running.tries()).toBe(before + 1);
});

test('so does a missing kind that comes, for all that are missing', async () => {
  const missing = ['IPPool', 'FelixConfiguration', 'BGPConfiguration'].map((kind) => asks('watch', kind));
  const running = await start(
    refusing((request) => missing.some((matches) => matches(request)), 404, 'NotFound'),
  );
  await passFirstHour(running);
  const counts = (): readonly number[] =>
    missing.map((matches) => running.cluster.requests.filter(matches).length);
  const before = counts();
  running.cluster.fault = () => undefined;
  for (let second = 0; counts().every((count, index) => count === before[index]); second++) {
    expect(second).toBeLessThan(301);
    await pass(running, 1);
  }
  await pass(running, 2, 250);
  expect(counts()).toEqual(before.map((count) => count + 1));
  expect(running.cluster.requests.some(node)).toBe(true);
});

test('what cannot be deleted is asked for as seldom, and is left behind after two minutes', async () => {
  const deletion: Matcher = ({ verb, name }) => verb === 'delete' && name === 'calico-kube-controllers';
  const running = await start(refusing(deletion));
  await pass(running, 10, 50);
  running.cluster.markDeleted({ resource: resources.Installation, name: 'default' }, running.clock.now());
  await pass(running, 10, 50);
  await pass(running, 200);
  const lifted = running.cluster.requests.filter(asks('patch', 'Installation'));
  expect(running.cluster.requests.filter(deletion).length).toBeLessThanOrEqual(25);
  expect(lifted.length).toBe(2);
});
