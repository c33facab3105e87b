import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ConfigMap } from '../../src/api/kubernetes.ts';
import { resources } from '../../src/api/resources.ts';
import { createCache } from '../../src/cache/cache.ts';
import type { Cache, Store } from '../../src/cache/types.ts';
import { systemClock } from '../../src/clock.ts';
import { createClient } from '../../src/kube/client.ts';
import { loadClusterAccess } from '../../src/kube/cluster-access.ts';
import { isConflict, isImmutableField, isNotFound, isUnauthorized } from '../../src/kube/errors.ts';
import { createTransport, userAgent } from '../../src/kube/transport.ts';
import type { Transport } from '../../src/kube/transport.ts';
import type { KubeClient } from '../../src/kube/types.ts';
import { createWatchSource } from '../../src/kube/watch.ts';
import { silentLogger } from '../../src/telemetry/types.ts';
import { eventually } from '../control-plane/eventually.ts';
import { useFreshCluster } from '../control-plane/shared.ts';

const cluster = useFreshCluster();
const agent = 'calico-operator/0.0.0-transport-test';
const fieldManager = 'calico-operator/test';
const namespace = 'default';
const path = `/api/v1/namespaces/${namespace}/configmaps`;
const ref = (name: string) => ({ resource: resources.ConfigMap, namespace, name });
const configMap = (name: string, value: string): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data: { value },
});
const say = (text: string): void => void process.stderr.write(`${text}\n`);

let transport: Transport;
let client: KubeClient;
let cache: Cache;
let store: Store<string>;
let restarts: string[];

/** Opens a client and a started cache of the ConfigMaps of the namespace. */
async function connect(kubeconfig: string): Promise<void> {
  const access = await loadClusterAccess({ kubeconfig, environment: {}, clock: systemClock });
  transport = createTransport({
    access,
    clock: systemClock,
    userAgent: userAgent('0.0.0-transport-test', 'test'),
  });
  client = createClient(transport);
  restarts = [];
  cache = createCache({
    source: createWatchSource(transport, systemClock),
    clock: systemClock,
    logger: silentLogger,
    observer: {
      restarted: (_, reason) => restarts.push(reason),
      health: () => undefined,
      size: () => undefined,
    },
  });
  store = cache.watch({
    selection: { resource: resources.ConfigMap, namespace },
    project: (object) => (object as ConfigMap).data?.['value'] ?? '',
  });
  await cache.start(AbortSignal.timeout(120_000));
}

beforeEach(() => connect(cluster().kubeconfig));

afterEach(async () => {
  await cache.stop();
  await transport.close();
});

/** Writes beside our client and waits until the watched copy has it. Returns the seconds it took since `start`. */
async function seen(name: string, start: number): Promise<string> {
  const value = String(start);
  await eventually(() =>
    cluster()
      .api.apply(`${path}/${name}`, configMap(name, value))
      .then(() => true),
  );
  await eventually(() => store.get(name, namespace) === value, { interval: 20 });
  return ((performance.now() - start) / 1000).toFixed(1);
}

describe('requests', () => {
  test('the state is streamed: one request a store, no list', async () => {
    const mark = await cluster().auditLog.mark();
    await cache.stop();
    await transport.close();
    await connect(cluster().kubeconfig);
    expect(store.get('kube-root-ca.crt', namespace)).toBeDefined();
    await cache.stop();
    const requests = await eventually(async () => {
      const found = await cluster().auditLog.since(mark, { userAgent: agent });
      return found.length > 0 && found;
    });
    expect(requests.map(({ verb, resource, code }) => `${verb} ${resource} ${code}`)).toEqual([
      'watch configmaps 200',
    ]);
    expect(requests[0]?.uri).toContain('sendInitialEvents=true');
    expect(restarts).toEqual([]);
  });

  test('an apply creates, changes, gives up fields and refuses unknown ones', async () => {
    const { resource } = ref('applied');
    const created = await client.apply(resource, configMap('applied', '1'), { fieldManager });
    store.observe(created);
    expect(store.get('applied', namespace)).toBe('1');
    const { data: _, ...bare } = configMap('applied', '');
    const emptied = (await client.apply(resource, bare, { fieldManager })) as ConfigMap;
    expect(emptied.data).toBeUndefined();
    await expect(client.apply(resource, { ...bare, dat: {} } as ConfigMap, { fieldManager })).rejects.toThrow(
      'patch ConfigMap default/applied: ',
    );
    await eventually(() => store.get('applied', namespace) === '');
  });

  test('failures are what their predicates say', async () => {
    const name = 'failures';
    const created = await client.create(resources.ConfigMap, configMap(name, '1'), { fieldManager });
    await client.apply(resources.ConfigMap, configMap(name, '2'), { fieldManager });
    const failed = (work: Promise<unknown>): Promise<unknown> =>
      work.then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(isConflict(await failed(client.replace(ref(name), created, { fieldManager })))).toBe(true);
    expect(isConflict(await failed(client.delete(ref(name), { uid: 'another' })))).toBe(true);
    await client.delete(ref(name), { uid: created.metadata.uid ?? '' });
    await client.delete(ref(name));
    expect(isNotFound(await failed(client.get(ref(name))))).toBe(true);
    const fixed = { ...configMap(name, '1'), immutable: true };
    await client.apply(resources.ConfigMap, fixed, { fieldManager });
    const change = { ...fixed, data: { value: '2' } };
    const refused = await failed(client.apply(resources.ConfigMap, change, { fieldManager }));
    expect(isImmutableField(refused)).toBe(true);
  });

  test('a list is read in pages', async () => {
    const all = await client.list({ resource: resources.ClusterRole });
    expect(all.length).toBeGreaterThan(50);
    expect(all[0]).toMatchObject({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' });
  });

  test('metadata alone can be watched, of nodes and of CRDs', async () => {
    const metadata = cache.watch({
      selection: { resource: resources.ClusterRole },
      metadataOnly: true,
      project: (object) => object,
    });
    await cache.start(AbortSignal.timeout(120_000));
    const [first] = metadata.list();
    expect(Object.keys(first ?? {}).sort()).toEqual(['apiVersion', 'kind', 'metadata']);
    expect(first?.kind).toBe('ClusterRole');
  });
});

describe('outages', () => {
  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'an API server that restarts after %s',
    async (signal) => {
      await cluster().restartApiServer(signal);
      const seconds = await seen('restart', performance.now());
      say(`API server back: the watch was there ${seconds} s later (${restarts.join(', ')})`);
      expect(Number(seconds)).toBeLessThan(30);
    },
    120_000,
  );

  test('an API server that is away for half a minute', async () => {
    await cluster().stopApiServer('SIGKILL');
    await eventually(() => restarts.length >= 6, { description: 'several tries to fail' });
    await cluster().startApiServer();
    const seconds = await seen('away', performance.now());
    say(`API server back after ${restarts.length} tries: the watch was there ${seconds} s later`);
    expect(Number(seconds)).toBeLessThan(30);
    expect(store.state).toBe('synced');
  });

  test.each([40, 100])(
    'an API server that is frozen for %d s',
    async () => {
      await cluster().signal('kube-apiserver', 'SIGSTOP');
      const frozen = performance.now();
      // It is the length of the silence that is tried: there is nothing else to wait for.
      await systemClock.sleep(40_000);
      await cluster().signal('kube-apiserver', 'SIGCONT');
      const start = performance.now();
      const seconds = await seen('frozen', start);
      say(
        `API server frozen for ${Math.round((start - frozen) / 1000)} s: ${seconds} s after it the watch was there (${restarts.join(', ')})`,
      );
      expect(Number(seconds)).toBeLessThan(30);
    },
    240_000,
  );
});

describe('credentials', () => {
  const account = async (name: string): Promise<string> => {
    await cluster().api.create(`/api/v1/namespaces/${namespace}/serviceaccounts`, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name, namespace },
    });
    await cluster().api.create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    });
    const kubeconfig = await readFile(await cluster().kubeconfigFor({ namespace, name }), 'utf8');
    return (JSON.parse(kubeconfig) as { users: { user: { token: string } }[] }).users[0]?.user.token ?? '';
  };

  test('a token that is no longer accepted is replaced by what its file holds now', async () => {
    const [first, second] = [await account('first'), await account('second')];
    const tokenFile = join(cluster().directory, 'token');
    const kubeconfig = join(cluster().directory, 'token-kubeconfig');
    await writeFile(tokenFile, first, { mode: 0o600 });
    const template = JSON.parse(
      await readFile(await cluster().kubeconfigFor({ namespace, name: 'first' }), 'utf8'),
    ) as object;
    await writeFile(
      kubeconfig,
      JSON.stringify({ ...template, users: [{ name: 'user', user: { tokenFile } }] }),
    );
    await cache.stop();
    await transport.close();
    await connect(kubeconfig);

    await cluster().api.delete(`/api/v1/namespaces/${namespace}/serviceaccounts/first`);
    await eventually(
      () =>
        client.getPath('/api').then(
          () => false,
          (error: unknown) => isUnauthorized(error),
        ),
      { description: 'the token to be refused' },
    );
    await cluster().restartApiServer('SIGKILL');
    await eventually(() => restarts.includes('unauthorized'), { description: 'the watch to be refused' });
    await writeFile(tokenFile, second, { mode: 0o600 });
    const start = performance.now();
    await client.getPath('/api');
    const seconds = await seen('token', start);
    say(`token replaced: the watch was there ${seconds} s later (${restarts.join(', ')})`);
    expect(Number(seconds)).toBeLessThan(30);
    await rm(tokenFile);
  });
});
