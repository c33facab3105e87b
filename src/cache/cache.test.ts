import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ConfigMap } from '../api/kubernetes.ts';
import { resources } from '../api/resources.ts';
import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { FakeApiServer, failing } from '../kube/fake-api-server.ts';
import { createTransport } from '../kube/transport.ts';
import type { Transport } from '../kube/transport.ts';
import { createWatchSource } from '../kube/watch.ts';
import type { Logger } from '../telemetry/types.ts';
import { createCache } from './cache.ts';
import type { CacheObserver } from './observer.ts';
import type { Cache, Store } from './types.ts';

// Twenty times as fast as life: what waits longest, for silence, still waits for seconds, which no machine holds up.
const pace = 20;
const fast: Clock = {
  ...systemClock,
  monotonic: () => systemClock.monotonic() * pace,
  schedule: (delay, action) => systemClock.schedule(delay / pace, action),
  sleep: (delay, signal) => systemClock.sleep(delay / pace, signal),
};

/** Timers of the cache that are still to fire: without any, and without a connection, nothing of it goes on. */
let armed = 0;
const counted: Clock = {
  ...fast,
  schedule: (delay, action) => {
    let waiting = true;
    const end = (): void => {
      if (waiting) armed -= 1;
      waiting = false;
    };
    armed += 1;
    const timer = fast.schedule(delay, () => {
      end();
      action();
    });
    return {
      cancel: () => {
        end();
        timer.cancel();
      },
    };
  },
  sleep: async (delay, signal) => {
    armed += 1;
    try {
      return await fast.sleep(delay, signal);
    } finally {
      armed -= 1;
    }
  },
};

let server: FakeApiServer;
let transport: Transport;
let cache: Cache;
let store: Store<string>;
let restarts: string[];
let lines: string[];
const signal = new AbortController().signal;

const logger: Logger = {
  debug: () => undefined,
  info: (message) => lines.push(message),
  warn: (message) => lines.push(message),
  error: (message) => lines.push(message),
  with: () => logger,
};

const makeCache = (clock: Clock, restarted: CacheObserver['restarted']): Cache =>
  createCache({
    source: createWatchSource(transport, clock),
    clock,
    logger,
    observer: { restarted, health: () => undefined, size: () => undefined },
  });

/** Fails if the cache asks the server for anything: what it had sent would have come before another's list. */
async function expectSilence(): Promise<void> {
  const asked = () => server.requests.filter(({ url }) => url.pathname.endsWith('/configmaps')).length;
  const before = asked();
  const other = makeCache(fast, () => undefined);
  other.watch({ selection: { resource: resources.DaemonSet, namespace: 'default' }, project: () => 1 });
  await other.start(signal);
  await other.stop();
  expect([armed, asked()]).toEqual([0, before]);
}

const contents = (): Record<string, string> =>
  Object.fromEntries(store.list().map((item) => item.split('=') as [string, string]));
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await systemClock.sleep(2);
};
const same = (): Promise<void> => until(() => JSON.stringify(contents()) === JSON.stringify(server.contents));

beforeEach(async () => {
  server = await new FakeApiServer().start();
  restarts = [];
  lines = [];
  transport = createTransport({ access: server.access(), clock: fast, userAgent: 'test' });
  armed = 0;
  cache = makeCache(counted, (_, reason) => restarts.push(reason));
  store = cache.watch({
    selection: { resource: resources.ConfigMap, namespace: 'default' },
    project: (o) => `${o.metadata.name}=${(o as ConfigMap).data?.['value']}`,
  });
});

afterEach(async () => {
  await cache.stop();
  await transport.close();
  await server.stop();
});

/** Started, equal to the server, and its watch open. */
const follow = async (): Promise<void> => {
  server.put('a', '1');
  server.put('b', '1');
  await cache.start(signal);
  await until(() => server.watches === 1);
  expect(contents()).toEqual({ a: '1', b: '1' });
  restarts.length = 0;
};

describe('start', () => {
  test('resolves when the first list is there', async () => {
    expect([cache.unsynced(), store.synced]).toEqual([['configmaps default'], false]);
    await follow();
    expect([cache.unsynced(), store.state, store.get('a', 'default')]).toEqual([[], 'synced', 'a=1']);
    await cache.start(signal);
    expect(server.watches).toBe(1);
  });

  test.each(['refused', 'ignored'] as const)('lists page by page when streaming is %s', async (mode) => {
    server.watchList = mode;
    for (let index = 0; index < 600; index += 1) server.put(`n${index}`, '');
    await cache.start(signal);
    expect(store.size).toBe(600);
    const lists = server.requests.map(({ url }) => url.searchParams).filter((query) => !query.has('watch'));
    expect(
      lists.map((query) => [query.get('limit'), query.get('resourceVersion'), query.get('continue')]),
    ).toEqual([
      ['250', '0', null],
      ['250', null, '250'],
      ['250', null, '500'],
    ]);
    server.put('late', '1');
    await same();
  });

  test('a resource that the server does not have keeps nobody waiting, and is there once it has it', async () => {
    server.missing = true;
    await cache.start(signal);
    expect([store.state, store.synced, cache.unsynced()]).toEqual(['missing', false, []]);
    server.missing = false;
    server.put('a', '1');
    await same();
    expect(store.state).toBe('synced');
    expect(lines).toEqual([
      'the API server does not know the resource; its CRD is to be installed',
      'watch recovered',
    ]);
  });

  test('one that is forbidden neither, but is told', async () => {
    server.next.push(failing(403, 'Forbidden'));
    await cache.start(signal);
    expect([store.state, cache.unsynced()]).toEqual(['forbidden', ['configmaps default']]);
    await until(() => store.state === 'synced');
  });

  test('is given up on abort', async () => {
    server.next.push(() => undefined);
    const abort = new AbortController();
    const started = expect(cache.start(abort.signal)).rejects.toThrow('waiting for configmaps default');
    abort.abort();
    await started;
    await expect(cache.start(AbortSignal.abort())).rejects.toThrow('the cache ended');
  });
});

describe('faults', () => {
  // Each leaves the server in a state that no open watch was told of.
  const change = (): void => {
    server.put('a', '2', true);
    server.remove('b', true);
    server.put('c', '1', true);
  };

  test.each<[string, string, () => void | Promise<void>]>([
    ['the connection is reset', 'connection', () => server.reset()],
    [
      'it is reset within a line',
      'connection',
      () => {
        server.say({ text: '{"type":"ADDED","object":{"metadata"' });
        server.reset();
      },
    ],
    [
      'it ends within a line',
      'connection',
      () => {
        server.say({ text: '{"type":"ADD' });
        server.endWatches();
      },
    ],
    ['a line is no JSON', 'corrupt', () => server.say({ text: '{"type":"ADD\n' })],
    ['the version expires within the stream', 'expired', () => server.say('expired')],
    [
      'the version expired when the watch is opened again',
      'expired',
      () => {
        server.compact();
        server.endWatches();
      },
    ],
    [
      'the server is overloaded',
      'unavailable',
      () => {
        server.next.push(failing(503, 'ServiceUnavailable'));
        server.endWatches();
      },
    ],
    [
      'the server asks for patience',
      'throttled',
      () => {
        server.next.push(failing(429, 'TooManyRequests', { 'retry-after': '1' }));
        server.endWatches();
      },
    ],
    [
      'the resource is gone for a while',
      'missing',
      () => {
        server.next.push(failing(404, 'NotFound'), failing(404, 'NotFound'));
        server.endWatches();
      },
    ],
    [
      'the token is refused for a while',
      'unauthorized',
      () => {
        for (let index = 0; index < 6; index += 1) server.next.push(failing(401, 'Unauthorized'));
        server.endWatches();
      },
    ],
    [
      'the server restarts',
      'connection',
      async () => {
        await server.stop();
        await until(() => restarts.filter((reason) => reason === 'connection').length > 2);
        await server.start();
      },
    ],
  ])('%s: recovers by itself', async (_, reason, fault) => {
    await follow();
    change();
    await fault();
    await same();
    expect(restarts).toContain(reason);
    expect(store.state).toBe('synced');
    server.put('d', '1');
    await same();
  });

  test('silence is taken for a dead connection, but not before a bookmark should have come', async () => {
    await follow();
    const start = fast.monotonic();
    change();
    await same();
    expect(restarts).toEqual(['idle']);
    expect(fast.monotonic() - start).toBeGreaterThan(70_000);
  });

  test('a new token is taken up without a failure', async () => {
    await follow();
    server.token = 'second';
    change();
    server.endWatches();
    await same();
    expect(restarts.filter((reason) => reason !== 'ended' && reason !== 'short')).toEqual([]);
  });

  test('an outage is told once, and its end', async () => {
    await follow();
    await server.stop();
    await until(() => restarts.length > 4);
    await server.start();
    await until(() => lines.length > 1);
    expect(lines).toEqual([
      'watch fails; what is known may be out of date until it recovers',
      'watch recovered',
    ]);
  });

  test('an object that was deleted and made anew in a gap is told of, though it looks the same', async () => {
    await follow();
    const told: string[] = [];
    store.onChange((key) => told.push(key));
    server.remove('a', true);
    server.put('a', '1', true);
    server.compact();
    server.endWatches();
    await until(() => restarts.includes('expired') && told.includes('default/a'));
    await same();
  });
});

describe('stop', () => {
  test('ends every loop and connection, also while waiting, and nothing starts again', async () => {
    await follow();
    await server.stop();
    await until(() => restarts.length > 2);
    await cache.stop();
    await server.start();
    await expect(cache.start(signal)).rejects.toThrow('the cache ended');
    await expectSilence();
  });

  test('ends those who wait for the start', async () => {
    server.next.push(() => undefined);
    const started = expect(cache.start(signal)).rejects.toThrow('waiting for configmaps default');
    await cache.stop();
    await started;
  });

  test('ends a watch that is open', async () => {
    await follow();
    await cache.stop();
    await until(() => server.watches === 0);
  });
});

test('stores are found by their resource, and named apart', () => {
  const selection = { resource: resources.ConfigMap, namespace: 'default', labelSelector: 'a' };
  const other = cache.watch({ selection, project: () => 1 });
  cache.watch({ selection: { resource: resources.DaemonSet }, project: () => 1 });
  expect(cache.storesOf(resources.ConfigMap)).toEqual([store, other]);
  expect(cache.unsynced()).toEqual(['configmaps default', 'configmaps default #2', 'daemonsets.apps']);
});

describe('a watch on demand', () => {
  const onDemand = () =>
    cache.watchOnDemand({
      selection: { resource: resources.ConfigMap, namespace: 'default', labelSelector: 'a' },
      project: ({ metadata }) => metadata.name,
    });

  test('costs nothing until it is needed, and nothing when it is no more', async () => {
    const demanded = onDemand();
    const told: string[] = [];
    demanded.onChange((key) => told.push(key));
    await follow();
    expect([demanded.state, demanded.list(), server.watches]).toEqual(['synced', [], 1]);
    demanded.demand(true);
    demanded.demand(true);
    expect([demanded.state, cache.unsynced()]).toEqual(['syncing', []]);
    await until(() => demanded.synced && server.watches === 2);
    expect(demanded.list()).toEqual(['a', 'b']);
    server.put('c', '1');
    await until(() => told.includes('default/c'));
    demanded.demand(false);
    await until(() => server.watches === 1);
    expect([demanded.list(), demanded.size, demanded.get('a', 'default')]).toEqual([[], 0, undefined]);
    demanded.demand(true);
    server.put('d', '1');
    await until(() => told.includes('default/d'));
    expect(demanded.list()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('ends with the cache, and does not begin after', async () => {
    const demanded = onDemand();
    demanded.demand(true);
    await until(() => server.watches === 1);
    await cache.stop();
    await until(() => server.watches === 0);
    demanded.demand(true);
    expect(demanded.state).toBe('synced');
    await expectSilence();
  });
});
