import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../../api/kubernetes.ts';
import { FakeClock } from '../../fake-clock.ts';
import { StatusError, TransportError } from '../../kube/errors.ts';
import type { KubeClient } from '../../kube/types.ts';
import { type LogFields, type Logger, silentLogger } from '../../telemetry/types.ts';
import { keepCrds } from './keep.ts';
import { manageCrds } from './manage.ts';
import { makeCrd, ofRelease, stored } from './testing.ts';
import type { Crd } from './types.ts';

const schema = { properties: { spec: { properties: { a: {} } } } };
const named = (crd: Crd, name: string): Crd => ({ ...crd, metadata: { ...crd.metadata, name } });
const status = (code: number, reason: string, message = reason) => new StatusError(message, { code, reason });

/** An API server with definitions in it, that answers as told. */
class Server implements Pick<KubeClient, 'get' | 'apply'> {
  readonly live = new Map<string, Crd>();
  readonly applied: KubeObject[] = [];
  readonly managers = new Set<string>();
  reads = 0;
  established = true;
  onApply: (object: KubeObject) => void = () => undefined;
  onGet: () => void = () => undefined;

  get(...[{ name }]: Parameters<KubeClient['get']>): Promise<KubeObject> {
    this.reads += 1;
    return new Promise((resolve) => {
      this.onGet();
      const crd = this.live.get(name);
      if (crd === undefined) throw status(404, 'NotFound');
      resolve(crd);
    });
  }

  apply(...[, object, { fieldManager }]: Parameters<KubeClient['apply']>): Promise<KubeObject> {
    return new Promise((resolve) => {
      this.onApply(object);
      this.applied.push(object);
      this.managers.add(fieldManager);
      const crd = stored(object as Crd, {}, this.established);
      this.live.set(object.metadata.name, crd);
      resolve(crd);
    });
  }
}

function setUp(carried: readonly Crd[] = [ofRelease('1.2.0', schema)]) {
  const server = new Server();
  const lines: { level: string; message: string; fields: LogFields }[] = [];
  const write =
    (level: string) =>
    (message: string, fields: LogFields = {}): void => {
      lines.push({ level, message, fields });
    };
  const logger: Logger = {
    ...silentLogger,
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
  const stop = new AbortController();
  const options = {
    client: server,
    clock: new FakeClock(),
    logger,
    signal: stop.signal,
    load: () =>
      Promise.resolve(carried.map((crd) => ({ name: crd.metadata.name, json: JSON.stringify(crd) }))),
  };
  return { server, lines, options, stop };
}

describe('managing definitions', () => {
  test('creates what is missing, and writes nothing the second time', async () => {
    const { server, lines, options } = setUp();
    expect(await manageCrds(options)).toEqual([{ kind: 'created', name: 'tests.example.org' }]);
    expect(server.applied).toEqual([ofRelease('1.2.0', schema)]);
    expect([...server.managers]).toEqual(['calico-operator/crds']);
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'CustomResourceDefinitions installed',
        fields: { names: ['tests.example.org'] },
      },
    ]);
    expect(await manageCrds(options)).toMatchObject([{ kind: 'kept', reason: 'current' }]);
    expect(server.applied).toHaveLength(1);
    expect(lines).toHaveLength(1);
  });

  test('replaces only the state that it decided about, and decides anew when that changed', async () => {
    const { server, options } = setUp();
    server.live.set('tests.example.org', stored(ofRelease('1.1.0', schema)));
    server.onApply = (object) => {
      expect(object.metadata.resourceVersion).toBe('7');
      // Another replica, of a newer release, was faster.
      server.live.set('tests.example.org', stored(ofRelease('1.3.0', schema)));
      throw status(409, 'Conflict');
    };
    expect(await manageCrds(options)).toMatchObject([{ kind: 'kept', reason: 'newer' }]);
    expect(server.applied).toEqual([]);
  });

  test('gives up after three conflicts', async () => {
    const { server, options } = setUp();
    server.onApply = () => {
      throw status(409, 'Conflict');
    };
    expect(await manageCrds(options)).toMatchObject([{ kind: 'failed' }]);
    expect(server.reads).toBe(3);
  });

  test('waits until all are served, though somebody else made them', async () => {
    const { server, options } = setUp();
    const live = ofRelease('1.2.0', schema);
    server.live.set('tests.example.org', stored(live, {}, false));
    let settled = false;
    const managing = manageCrds(options).finally(() => {
      settled = true;
    });
    await options.clock.advance(1_000);
    expect(settled).toBe(false);
    server.live.set('tests.example.org', stored(live));
    await options.clock.advance(200);
    expect(await managing).toMatchObject([{ kind: 'kept', reason: 'current' }]);
  });

  test('tells which one is never served, and goes on', async () => {
    const { server, options } = setUp();
    server.established = false;
    const managing = manageCrds(options);
    await options.clock.advance(31_000);
    const [outcome] = await managing;
    expect(outcome).toMatchObject({ kind: 'failed', name: 'tests.example.org' });
    expect(outcome?.kind === 'failed' && outcome.error.message).toContain('is not served after 30 s');
  });

  test('keeps what is foreign, and tells once what is missing and how to hand it over', async () => {
    const names = ['a.example.org', 'b.example.org', 'c.example.org'];
    const { server, lines, options } = setUp(names.map((name) => named(ofRelease('1.2.0', schema), name)));
    server.live.set('a.example.org', stored(named(makeCrd(), 'a.example.org')));
    server.live.set('b.example.org', stored(named(makeCrd(), 'b.example.org')));
    server.live.set('c.example.org', stored(named(makeCrd(schema), 'c.example.org')));
    await manageCrds(options);
    expect(server.applied).toEqual([]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 'warn',
      fields: { missing: { 'a.example.org': ['spec'], 'b.example.org': ['spec'] } },
    });
    expect(lines[0]?.fields['cure']).toContain(
      'kubectl annotate customresourcedefinitions a.example.org b.example.org operator.tigera.io/crd-owner=calico-operator',
    );
  });

  test('says what rights are missing, once for all, and does not reject', async () => {
    const names = ['a.example.org', 'b.example.org'];
    const { server, lines, options } = setUp(names.map((name) => named(ofRelease('1.2.0'), name)));
    server.onGet = () => {
      throw status(403, 'Forbidden', 'customresourcedefinitions is forbidden');
    };
    expect(await manageCrds(options)).toMatchObject(names.map((name) => ({ kind: 'failed', name })));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 'error',
      fields: { names, error: 'customresourcedefinitions is forbidden' },
    });
    expect(lines[0]?.fields['cure']).toContain('deploy/manifests/rbac.yaml');
  });

  test('asks an API server that does not answer only once a round', async () => {
    const names = ['a.example.org', 'b.example.org'];
    const { server, options } = setUp(names.map((name) => named(ofRelease('1.2.0'), name)));
    server.onGet = () => {
      throw new TransportError('nobody listens', 'refused', 'ECONNREFUSED');
    };
    expect(await manageCrds(options)).toMatchObject(names.map((name) => ({ kind: 'failed', name })));
    expect(server.reads).toBe(1);
  });

  test('looks only at the names given', async () => {
    const names = ['a.example.org', 'b.example.org'];
    const { server, options } = setUp(names.map((name) => named(ofRelease('1.2.0'), name)));
    await manageCrds({ ...options, names: ['b.example.org', 'nodes.example.org'] });
    expect([...server.live.keys()]).toEqual(['b.example.org']);
  });

  test('a stop ends it, and is no failure', async () => {
    const { server, lines, options, stop } = setUp();
    server.established = false;
    const managing = manageCrds(options);
    await options.clock.advance(500);
    stop.abort(new Error('enough'));
    await options.clock.advance(200);
    expect(await managing).toEqual([]);
    expect(lines).toEqual([]);
  });
});

describe('keeping definitions', () => {
  test('asks nothing while nothing is missing, and installs again what was deleted', async () => {
    const { server, lines, options, stop } = setUp();
    const first = await manageCrds(options);
    const missing = (): readonly string[] => (server.live.size === 0 ? ['tests.example.org'] : []);
    const keeping = keepCrds({ ...options, first, missing });
    const reads = server.reads;
    await options.clock.advance(60_000);
    expect(server.reads).toBe(reads);

    for (const installs of [2, 3]) {
      server.live.clear();
      await options.clock.advance(2_000);
      expect(server.applied).toHaveLength(installs);
      await options.clock.advance(10_000);
    }
    expect(lines.map(({ message }) => message)).toEqual(
      Array.from({ length: 3 }, () => 'CustomResourceDefinitions installed'),
    );
    stop.abort();
    await options.clock.advance(0);
    await keeping;
  });

  test('tries again what failed at the start, less and less often, and says it once', async () => {
    const { server, lines, options, stop } = setUp();
    server.onApply = () => {
      throw status(403, 'Forbidden');
    };
    const first = await manageCrds(options);
    const keeping = keepCrds({ ...options, first, missing: () => [] });
    await options.clock.advance(60 * 60_000);
    // 2 + 4 + 8 + … + 256 s, then every five minutes.
    expect(server.reads).toBeGreaterThan(15);
    expect(server.reads).toBeLessThanOrEqual(25);
    expect(lines.map(({ level }) => level)).toEqual(['error']);

    server.onApply = () => undefined;
    await options.clock.advance(5 * 60_000);
    expect(server.applied).toHaveLength(1);
    expect(lines.map(({ level }) => level)).toEqual(['error', 'info']);
    stop.abort();
    await options.clock.advance(0);
    await keeping;
  });

  test('installs again what was being deleted when it was looked at', async () => {
    const { server, options, stop } = setUp();
    const going = stored(ofRelease('1.2.0', schema), { deletionTimestamp: '2026-03-01T00:00:00Z' });
    server.live.set('tests.example.org', going);
    const first = await manageCrds(options);
    const keeping = keepCrds({ ...options, first, missing: () => [] });
    await options.clock.advance(5_000);
    expect(server.applied).toEqual([]);
    server.live.clear();
    await options.clock.advance(20_000);
    expect(server.applied).toHaveLength(1);
    stop.abort();
    await options.clock.advance(0);
    await keeping;
  });
});
