import { afterEach, expect, test } from '@jest/globals';
import type { Credentials } from './access.ts';
import { ConnectionPool } from './connections.ts';

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
