import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { resources } from '../api/resources.ts';
import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { createClient } from './client.ts';
import { StatusError, TransportError } from './errors.ts';
import { FakeApiServer, failing } from './fake-api-server.ts';
import { createTransport, userAgent } from './transport.ts';
import type { Transport } from './transport.ts';
import type { KubeClient } from './types.ts';

// Waits pass at once, and are kept: the tests ask for the length of each.
const waits: number[] = [];
const hurried: Clock = {
  ...systemClock,
  random: () => 0,
  sleep: (delay, signal) => {
    waits.push(delay);
    return Promise.resolve(signal?.aborted !== true);
  },
};

let server: FakeApiServer;
let transport: Transport;
let client: KubeClient;
const observed: unknown[] = [];
const ref = { resource: resources.ConfigMap, namespace: 'default', name: 'a' };

beforeEach(async () => {
  server = await new FakeApiServer().start();
  const observer = {
    requestDone: ({ seconds: _, ...request }: { seconds: number }) => observed.push(request),
  };
  transport = createTransport({
    access: server.access(),
    clock: hurried,
    userAgent: userAgent('1.2.3', 'test'),
    observer,
  });
  client = createClient(transport);
  waits.length = 0;
  observed.length = 0;
});

afterEach(async () => {
  await transport.close();
  await server.stop();
});

const fieldManager = 'calico-operator/test';
const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default' } };
const codes = (): unknown[] => observed.map((request) => (request as { code: unknown }).code);
const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('requests', () => {
  test('a server-side apply is what the API server asks for', async () => {
    await client.apply(resources.ConfigMap, object, { fieldManager, dryRun: true });
    const [request] = server.requests;
    expect(request?.method).toBe('PATCH');
    expect(request?.url.pathname).toBe('/api/v1/namespaces/default/configmaps/a');
    expect(Object.fromEntries(request?.url.searchParams ?? [])).toEqual({
      fieldManager,
      force: 'true',
      fieldValidation: 'Strict',
      dryRun: 'All',
    });
    expect(request?.headers['content-type']).toBe('application/apply-patch+yaml');
    expect(request?.headers['user-agent']).toMatch(
      /^calico-operator\/1\.2\.3 \(\w+\/\w+\) kubernetes\/test$/,
    );
    expect(JSON.parse(request?.body ?? '')).toEqual(object);
    expect(observed).toEqual([{ verb: 'patch', resource: 'configmaps', code: 200 }]);
  });

  test('patches, creates and replaces name their manager and their format', async () => {
    await client.mergePatch(ref, { data: null }, { fieldManager, subresource: 'status' });
    await client.jsonPatch(ref, [{ op: 'remove', path: '/data' }], { fieldManager });
    await client.create(resources.ConfigMap, object, { fieldManager });
    await client.replace(ref, object, { fieldManager });
    const seen = server.requests.map(({ method, url, headers }) => [
      method,
      url.pathname.replace('/api/v1/namespaces/default/configmaps', ''),
      headers['content-type'],
      url.searchParams.get('fieldManager'),
    ]);
    expect(seen).toEqual([
      ['PATCH', '/a/status', 'application/merge-patch+json', fieldManager],
      ['PATCH', '/a', 'application/json-patch+json', fieldManager],
      ['POST', '', 'application/json', fieldManager],
      ['PUT', '/a', 'application/json', fieldManager],
    ]);
  });

  test('a delete carries its precondition, and what is gone already is fine', async () => {
    server.next.push(failing(404, 'NotFound'));
    await client.delete(ref, { uid: 'u', propagation: 'Foreground' });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({
      preconditions: { uid: 'u' },
      propagationPolicy: 'Foreground',
    });
    server.next.push(failing(409, 'Conflict'));
    expect(await thrownBy(client.delete(ref, { uid: 'u' }))).toMatchObject({ reason: 'Conflict' });
  });

  test('a list is read in pages, its items with their kind', async () => {
    for (let index = 0; index < 501; index += 1) server.put(`n${index}`, '');
    const items = await client.list({ resource: resources.ConfigMap, namespace: 'default' });
    expect(items).toHaveLength(501);
    expect(items[500]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
    expect(server.requests).toHaveLength(3);
  });

  test('a list whose pages expire is read in one piece', async () => {
    for (let index = 0; index < 251; index += 1) server.put(`n${index}`, '');
    const list = client.list({ resource: resources.ConfigMap });
    server.next.push((response, request) => {
      server.next.push(failing(410, 'Expired'));
      response.end(JSON.stringify({ metadata: { continue: 'x' }, items: [] }));
      expect(request.url.searchParams.get('limit')).toBe('250');
    });
    expect(await list).toHaveLength(251);
  });

  test('connections are used again', async () => {
    for (let index = 0; index < 20; index += 1) await client.getPath('/version');
    // The next request may come before the last connection is free again.
    expect(server.connections).toBeLessThanOrEqual(2);
  });
});

describe('faults', () => {
  test('429 waits for as long as the server asks, then succeeds', async () => {
    server.next.push(
      failing(429, 'TooManyRequests', { 'retry-after': '3' }),
      failing(503, 'X', { 'retry-after': '1' }),
    );
    await client.create(resources.ConfigMap, object, { fieldManager });
    expect(waits).toEqual([3000, 1000]);
    expect(codes()).toEqual([429, 503, 200]);
  });

  test('patience has an end, and the caller can end it', async () => {
    for (let index = 0; index < 10; index += 1) server.next.push(failing(429, 'TooManyRequests'));
    expect(await thrownBy(client.getPath('/version'))).toMatchObject({ code: 429 });
    expect(server.requests).toHaveLength(6);
    const abort = new AbortController();
    server.next.unshift((response, request) => {
      abort.abort();
      failing(429, 'TooManyRequests')(response, request);
    });
    const aborted = await thrownBy(client.getPath('/version', { signal: abort.signal }));
    expect(aborted).toMatchObject({ failure: 'aborted' });
    expect(server.requests).toHaveLength(7);
  });

  test('503 alone is the caller to decide on', async () => {
    server.next.push(failing(503, 'ServiceUnavailable'));
    expect(await thrownBy(client.getPath('/version'))).toBeInstanceOf(StatusError);
    expect(server.requests).toHaveLength(1);
  });

  test('a broken connection repeats a read, not a create', async () => {
    const broken = (): void => server.reset();
    server.next.push(broken, broken);
    await client.getPath('/version');
    expect(codes()).toEqual(['error', 'error', 200]);
    server.next.push(broken);
    const error = await thrownBy(client.create(resources.ConfigMap, object, { fieldManager }));
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ failure: 'reset' });
    expect((error as Error).message).toContain('create ConfigMap default/a: no answer');
    expect(server.requests).toHaveLength(4);
  });

  test('an answer that breaks off in its body is read again', async () => {
    server.next.push((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"half', () => server.reset());
    });
    expect(await client.getPath('/version')).toMatchObject({ kind: 'ConfigMapList' });
  });

  test('nobody listening is told at once', async () => {
    await server.stop();
    expect(await thrownBy(client.getPath('/version'))).toMatchObject({
      failure: 'refused',
      code: 'ECONNREFUSED',
    });
    expect(waits).toEqual([]);
  });

  test('an expired token is read anew, once', async () => {
    await client.getPath('/version');
    server.token = 'second';
    await client.getPath('/version');
    expect(codes()).toEqual([200, 401, 200]);
    server.next.push(failing(401, 'Unauthorized'), failing(401, 'Unauthorized'));
    expect(await thrownBy(client.getPath('/version'))).toMatchObject({ code: 401 });
    expect(server.requests).toHaveLength(5);
  });

  test('an answer that is no JSON is an error of its own', async () => {
    server.next.push((response) => response.end('<html>'));
    expect(await thrownBy(client.getPath('/version'))).toMatchObject({ failure: 'decode' });
  });

  test('an abort ends a request that gets no answer', async () => {
    const abort = new AbortController();
    server.next.push(() => abort.abort());
    const error = await thrownBy(client.getPath('/version', { signal: abort.signal }));
    expect(error).toMatchObject({ failure: 'aborted' });
    expect(server.requests).toHaveLength(1);
  });
});
