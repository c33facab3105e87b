import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Duplex } from 'node:stream';
import { afterEach, expect, test } from '@jest/globals';
import type { Credentials } from './access.ts';
import { ConnectionPool } from './connections.ts';
import { FakeApiServer } from './fake-api-server.ts';

const credentials: Credentials = {
  server: 'https://example.test:6443',
  headers: { Authorization: 'Bearer a' },
  tls: { ca: 'one' },
};
const pool = new ConnectionPool();
afterEach(() => pool.close());

test('connections outlive a new token, but not a new CA, client certificate, proxy or server', async () => {
  const first = pool.dispatcherFor(credentials);
  expect(pool.dispatcherFor({ ...credentials, headers: { Authorization: 'Bearer b' } })).toBe(first);
  const changes: readonly Partial<Credentials>[] = [
    { tls: { ca: 'two' } },
    { tls: { ca: 'one', cert: 'c', key: 'k' } },
    { proxy: 'http://proxy.test:3128' },
    { server: 'https://other.test' },
  ];
  let last = first;
  for (const change of changes) {
    const next = pool.dispatcherFor({ ...credentials, ...change });
    expect(next).not.toBe(last);
    // The old takes no more requests, and ends those that it has.
    await expect(last.request({ origin: 'https://example.test', path: '/', method: 'GET' })).rejects.toThrow(
      'closed',
    );
    last = next;
  }
  await pool.close();
  expect(() => pool.dispatcherFor(credentials)).toThrow('closed');
});

test('a socket leaves in the kernel what nobody reads yet', async () => {
  const server = await new FakeApiServer().start();
  const opened: Duplex[] = [];
  const note = (message: unknown): void => void opened.push((message as { socket: Duplex }).socket);
  subscribe('undici:client:connected', note);
  const own = new ConnectionPool();
  try {
    const answer = await own
      .dispatcherFor({ ...credentials, server: server.url })
      .request({ origin: server.url, path: '/', method: 'GET' });
    await answer.body.dump();
    expect(opened.map(({ readableHighWaterMark }) => readableHighWaterMark)).toEqual([1]);
  } finally {
    unsubscribe('undici:client:connected', note);
    await own.close();
    await server.stop();
  }
});
