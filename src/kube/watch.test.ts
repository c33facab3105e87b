import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { resources } from '../api/resources.ts';
import { systemClock } from '../clock.ts';
import { FakeClock } from '../fake-clock.ts';
import { FakeApiServer, failing } from './fake-api-server.ts';
import { createTransport } from './transport.ts';
import type { Transport } from './transport.ts';
import { createWatchSource } from './watch.ts';
import type { WatchOptions, WatchSource } from './watch.ts';
import { EventDecoder, type WatchEvent } from './watch-events.ts';

let server: FakeApiServer;
let transport: Transport;
let source: WatchSource;
const clock = new FakeClock();
const stop = new AbortController();
const selection = { resource: resources.ConfigMap, namespace: 'default', labelSelector: 'a=b' };
const options: WatchOptions = { timeoutSeconds: 300, idle: () => 75_000, signal: stop.signal };

beforeEach(async () => {
  server = await new FakeApiServer().start();
  transport = createTransport({ access: server.access(), clock: systemClock, userAgent: 'test' });
  source = createWatchSource(transport, clock);
});

afterEach(async () => {
  await transport.close();
  await server.stop();
});

const open = async (more: Partial<WatchOptions> = {}): Promise<AsyncIterator<WatchEvent>> =>
  (await source.watch(selection, { ...options, ...more }))[Symbol.asyncIterator]();
const next = async (events: AsyncIterator<WatchEvent>): Promise<unknown> => {
  const result = await events.next();
  return result.done === true ? 'end' : [result.value.type, result.value.object.metadata.name];
};
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await systemClock.sleep(5);
};

describe('watch', () => {
  test('asks for the current state first, then follows', async () => {
    server.put('a', '1');
    const events = await open();
    expect(await next(events)).toEqual(['ADDED', 'a']);
    expect(await next(events)).toEqual(['BOOKMARK', undefined]);
    server.put('a', '2');
    expect(await next(events)).toEqual(['MODIFIED', 'a']);
    server.remove('a');
    expect(await next(events)).toEqual(['DELETED', 'a']);
    server.endWatches();
    expect(await next(events)).toBe('end');
    expect(Object.fromEntries(server.requests[0]?.url.searchParams ?? [])).toEqual({
      watch: 'true',
      labelSelector: 'a=b',
      allowWatchBookmarks: 'true',
      sendInitialEvents: 'true',
      resourceVersionMatch: 'NotOlderThan',
      timeoutSeconds: '300',
    });
  });

  test('or follows from a version on, with metadata alone', async () => {
    server.put('a', '1');
    const { metadata } = server.put('b', '1');
    server.put('c', '1');
    const events = await open({ resourceVersion: metadata.resourceVersion ?? '', metadataOnly: true });
    expect(await next(events)).toEqual(['ADDED', 'c']);
    const [request] = server.requests;
    expect(request?.url.searchParams.get('sendInitialEvents')).toBeNull();
    expect(request?.headers.accept).toBe('application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1');
    await events.return?.();
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
    await until(() => server.watches === 0);
  });

  test.each([
    ['a failure of the server', 'expired', { name: 'StatusError', code: 410, reason: 'Expired' }],
    ['a line that is no JSON', { text: '{"type":"ADD\n' }, { failure: 'decode' }],
    ['a line that is no event', { text: '[1]\n' }, { failure: 'decode' }],
  ] as const)('%s ends it', async (_, said, expected) => {
    const events = await open();
    await next(events);
    server.say(said);
    await expect(next(events)).rejects.toMatchObject(expected);
  });

  test.each([
    ['breaks', (): void => server.reset()],
    ['ends', (): void => server.endWatches()],
  ])('a connection that %s within a line loses nothing', async (_, fault) => {
    const events = await open();
    await next(events);
    server.say({ text: '{"type":"ADDED","object":{' });
    // The half line has arrived once what was said after it on a watch of its own has.
    const other = await open();
    await next(other);
    fault();
    await expect(next(events)).rejects.toMatchObject({ failure: 'reset' });
  });

  test('of what comes together about one object only the last is told', async () => {
    const events = await open();
    expect(await next(events)).toEqual(['BOOKMARK', undefined]);
    const line = (type: string, name: string, more: object = {}): string =>
      `${JSON.stringify({ type, object: { metadata: { name, ...more } } })}\n`;
    server.say({
      text: [
        line('ADDED', 'a', { uid: '1' }),
        line('ADDED', 'b', { uid: '2' }),
        line('MODIFIED', 'a', { uid: '1' }),
        line('DELETED', 'b', { uid: '2' }),
        line('ADDED', 'b', { uid: '3' }),
        line('BOOKMARK', '', {}),
        line('BOOKMARK', '', {}),
      ].join(''),
    });
    const told = [];
    for (let count = 0; count < 5; count += 1) told.push(await next(events));
    expect(told).toEqual([
      ['MODIFIED', 'a'],
      ['DELETED', 'b'],
      ['ADDED', 'b'],
      ['BOOKMARK', ''],
      ['BOOKMARK', ''],
    ]);
    await events.return?.();
  });

  test('what nobody reads is left out', async () => {
    const events = await open({ omitted: { metadata: { managedFields: true }, status: true } });
    await next(events);
    const object = { metadata: { name: 'a', managedFields: [{}] }, spec: { a: 1 }, status: { b: 2 } };
    server.say({ text: `${JSON.stringify({ type: 'ADDED', object })}\n` });
    const { value } = (await events.next()) as IteratorYieldResult<WatchEvent>;
    expect(value.object).toMatchObject({ metadata: { name: 'a' }, spec: { a: 1 } });
    expect(value.object).not.toHaveProperty('status');
    expect(value.object.metadata).not.toHaveProperty('managedFields');
  });

  test('but nothing of a bookmark, which says by an annotation that the first list is complete', async () => {
    const events = await open({ omitted: { metadata: { annotations: true } } });
    const { value } = (await events.next()) as IteratorYieldResult<WatchEvent>;
    expect(value.type).toBe('BOOKMARK');
    expect(value.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
    await events.return?.();
  });

  test('a change of what nobody reads is told as a bookmark, once the first list is complete', async () => {
    const line = (type: string, resourceVersion: string, more: object): string => {
      const object = { kind: 'Node', metadata: { name: 'a', uid: '1', resourceVersion }, ...more };
      return `${JSON.stringify({ type, object })}\n`;
    };
    const events = await open({ omitted: { status: true } });
    const told = async (text: string): Promise<unknown> => {
      server.say({ text });
      const { value } = (await events.next()) as IteratorYieldResult<WatchEvent>;
      const { metadata, ...object } = value.object as unknown as { metadata: object; spec?: unknown };
      return [value.type, metadata, object.spec];
    };
    const whole = (resourceVersion: string) => ({ name: 'a', uid: '1', resourceVersion });
    await next(events);
    expect(await told(line('ADDED', '2', { spec: 1, status: 1 }))).toEqual(['ADDED', whole('2'), 1]);
    const beat = await told(line('MODIFIED', '3', { spec: 1, status: 2 }));
    expect(beat).toEqual(['BOOKMARK', { name: '', resourceVersion: '3' }, undefined]);
    expect(await told(line('MODIFIED', '4', { spec: 2, status: 2 }))).toEqual(['MODIFIED', whole('4'), 2]);
    expect(await told(line('MODIFIED', '5', { spec: 1, status: 2 }))).toEqual(['MODIFIED', whole('5'), 1]);
    expect(await told(line('DELETED', '6', { spec: 1, status: 2 }))).toEqual(['DELETED', whole('6'), 1]);
    expect(await told(line('MODIFIED', '7', { spec: 1, status: 2 }))).toEqual(['MODIFIED', whole('7'), 1]);
    await events.return?.();
  });

  test('changes that came together and are no news are told as one bookmark, unless something follows', () => {
    const decoder = new EventDecoder(
      { method: 'GET', path: '/', subject: { verb: 'watch' }, idempotent: true },
      { omitted: { status: true }, listed: true },
    );
    const line = (uid: string, resourceVersion: string, more: object): Buffer =>
      Buffer.from(
        JSON.stringify({ type: 'MODIFIED', object: { metadata: { uid, resourceVersion }, ...more } }),
      );
    const told = (...lines: Buffer[]) =>
      [...decoder.decode(lines)].map(({ type, object }) => [type, object.metadata.resourceVersion]);
    expect(told(line('1', '1', {}), line('2', '2', {}))).toEqual([
      ['MODIFIED', '1'],
      ['MODIFIED', '2'],
    ]);
    const beats = [line('1', '3', { status: 1 }), line('2', '4', { status: 1 })];
    expect(told(...beats)).toEqual([['BOOKMARK', '4']]);
    expect(told(...beats, line('3', '5', {}))).toEqual([['MODIFIED', '5']]);
    expect(told(line('1', '6', { spec: 1 }), line('2', '7', { status: 2 }))).toEqual([
      ['MODIFIED', '6'],
      ['BOOKMARK', '7'],
    ]);
    expect(told()).toEqual([]);
  });

  test('within the first list nothing is', () => {
    const decoder = new EventDecoder(
      { method: 'GET', path: '/', subject: { verb: 'watch' }, idempotent: true },
      { omitted: { status: true }, listed: false },
    );
    const line = (type: string, metadata: object): Buffer =>
      Buffer.from(JSON.stringify({ type, object: { kind: 'Node', metadata, status: {} } }));
    const types = [
      line('ADDED', { uid: '1', resourceVersion: '1' }),
      line('MODIFIED', { uid: '1', resourceVersion: '2' }),
      line('BOOKMARK', { resourceVersion: '2' }),
      line('MODIFIED', { uid: '1', resourceVersion: '3' }),
    ].flatMap((each) => [...decoder.decode([each])].map(({ type }) => type));
    expect(types).toEqual(['ADDED', 'MODIFIED', 'BOOKMARK', 'BOOKMARK']);
  });

  test('silence ends it', async () => {
    const events = await open();
    await next(events);
    const silence = next(events);
    const ended = expect(silence).rejects.toMatchObject({ failure: 'idle' });
    await clock.advance(75_000);
    await ended;
    expect(clock.pending).toBe(0);
  });

  test('anything that comes postpones the end', async () => {
    const events = await open();
    await next(events);
    await clock.advance(50_000);
    server.say('bookmark');
    expect(await next(events)).toEqual(['BOOKMARK', undefined]);
    await clock.advance(50_000);
    server.say('bookmark');
    expect(await next(events)).toEqual(['BOOKMARK', undefined]);
    await events.return?.();
    expect(clock.pending).toBe(0);
  });

  test('an abort ends it', async () => {
    const abort = new AbortController();
    const events = await open({ signal: abort.signal });
    await next(events);
    const aborted = expect(next(events)).rejects.toMatchObject({ failure: 'aborted' });
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(1);
    abort.abort();
    await aborted;
    await expect(open({ signal: abort.signal })).rejects.toMatchObject({ failure: 'aborted' });
  });

  test('a refusal is told at once, and only an expired token is tried again', async () => {
    server.next.push(failing(429, 'TooManyRequests', { 'retry-after': '2' }));
    await expect(open()).rejects.toMatchObject({ code: 429, retryAfter: 2000 });
    server.token = 'second';
    expect(await next(await open())).toEqual(['BOOKMARK', undefined]);
    expect(server.requests).toHaveLength(3);
  });
});
