import { connect } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../clock.ts';
import { type HttpServer, type HttpServerOptions, createHttpServer } from './http-server.ts';
import { createMetrics } from './metrics.ts';
import { silentLogger } from './types.ts';

const servers: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function serve(options: Partial<HttpServerOptions> = {}) {
  const server = createHttpServer({
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    logger: silentLogger,
    ...options,
  });
  servers.push(server);
  await server.start();
  const base = `http://127.0.0.1:${server.address?.port ?? 0}`;
  const get = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(base + path, { ...init, headers: { connection: 'close' } });
    return { status: response.status, body: await response.text(), headers: response.headers };
  };
  return { server, get };
}

const healthy = { ping: () => undefined };

describe('paths', () => {
  test('/metrics answers with the exposition and its content type', async () => {
    const metrics = createMetrics({ version: '1', calicoVersion: 'v3', leaseName: 'l' });
    const { get } = await serve({ metrics });
    const { status, body, headers } = await get('/metrics');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(body).toContain('calico_operator_build_info{');
    expect((await get('/healthz')).status).toBe(404);
  });

  test.each([
    ['/healthz', 'ok'],
    ['/readyz?verbose', '[+]caches ok\nreadyz check passed\n'],
    ['/healthz?verbose=1', '[+]ping ok\n[+]workers ok\nhealthz check passed\n'],
  ])('%s of a healthy process', async (path, body) => {
    const probes = {
      healthz: { ...healthy, workers: () => Promise.resolve(undefined) },
      readyz: { caches: () => undefined },
    };
    const { get } = await serve({ probes });
    expect(await get(path)).toMatchObject({ status: 200, body });
    expect((await get('/metrics')).status).toBe(404);
  });

  test('a failing check is named with its problem, also without verbose; the other probe is its own', async () => {
    const probes = {
      healthz: healthy,
      readyz: {
        ...healthy,
        caches: () => 'waiting for secrets in tigera-operator',
        throws: () => {
          throw new Error('broken check');
        },
        rejects: () => Promise.reject(new Error('rejected check')),
      },
    };
    const { get } = await serve({ probes });
    expect(await get('/readyz')).toMatchObject({
      status: 503,
      body: [
        '[+]ping ok',
        '[-]caches failed: waiting for secrets in tigera-operator',
        '[-]throws failed: broken check',
        '[-]rejects failed: rejected check',
        'readyz check failed',
        '',
      ].join('\n'),
    });
    expect((await get('/healthz')).status).toBe(200);
  });

  test('a check that hangs fails the probe before a kubelet gives up', async () => {
    const waits: number[] = [];
    const sleep = (delay: number): Promise<boolean> => Promise.resolve(waits.push(delay) > 0);
    const { get } = await serve({
      probes: { healthz: { stuck: () => new Promise(() => undefined) }, readyz: {} },
      clock: { ...systemClock, sleep },
    });
    expect(await get('/healthz')).toMatchObject({ status: 503 });
    expect(waits).toEqual([800]);
  });

  test('only GET and HEAD; HEAD has no body', async () => {
    const { get } = await serve({ probes: { healthz: healthy, readyz: healthy } });
    expect(await get('/healthz', { method: 'POST' })).toMatchObject({ status: 405 });
    expect(await get('/healthz', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
    expect(await get('/elsewhere')).toMatchObject({ status: 404 });
  });
});

describe('start and stop', () => {
  test('an address in use is refused with its name and the cure', async () => {
    const { server } = await serve();
    const port = server.address?.port ?? 0;
    await expect(serve({ port })).rejects.toThrow(
      `cannot serve metrics and probes on 127.0.0.1:${port}: the address is in use; choose another with --metrics-address`,
    );
  });

  test('a stop closes connections that stay open, and a second one is harmless', async () => {
    const { server } = await serve();
    const socket = connect(server.address?.port ?? 0, '127.0.0.1');
    const ended = new Promise((resolve) => socket.once('close', resolve));
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n');
    await server.stop();
    socket.destroy();
    await ended;
    await server.stop();
    expect(server.address).toBeUndefined();
  });
});
