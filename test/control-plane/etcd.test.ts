import { describe, expect, test } from '@jest/globals';

import type { Entry } from './etcd.ts';
import { diffStores, transactionsOf } from './etcd.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const entry = (key: string, value: string): Entry => ({
  key: base64(`/registry/${key}`),
  value: base64(value),
});

describe('diffStores', () => {
  test('puts what is missing or different, deletes what is new, leaves what is equal', () => {
    const change = diffStores(
      [entry('pods/same', '1'), entry('pods/changed', '2'), entry('pods/new', '3')],
      [entry('pods/same', '1'), entry('pods/changed', '1'), entry('pods/deleted', '4')],
    );
    expect(change.put).toEqual([entry('pods/changed', '1'), entry('pods/deleted', '4')]);
    expect(change.delete).toEqual([base64('/registry/pods/new')]);
  });

  test('does not bring back what would have expired', () => {
    const lease = 'leases/kube-node-lease/node';
    const change = diffStores(
      [entry('events/b', '1'), entry(lease, '2')],
      [entry('events/a', '1'), entry(lease, '1')],
    );
    expect(change).toEqual({
      put: [],
      delete: ['events/b', lease].map((key) => base64(`/registry/${key}`)),
    });
  });
});

test('no transaction has two operations on one resource but Events, and their order stays', () => {
  const put = [entry('pods/a/1', '1'), entry('apps.org/things/1', '2'), entry('apps.org/others/1', '3')];
  const removed = ['pods/b/2', 'pods/a/3', 'services/specs/a/1', 'events/1', 'events/2'].map((key) =>
    base64(`/registry/${key}`),
  );
  const deletion = (index: number) => ({ request_delete_range: { key: removed[index] } });
  expect(transactionsOf({ put, delete: removed })).toEqual([
    [deletion(0), deletion(2), deletion(3), deletion(4), { request_put: put[1] }, { request_put: put[2] }],
    [deletion(1)],
    [{ request_put: put[0] }],
  ]);
  expect(transactionsOf({ put: [], delete: [] })).toEqual([]);
});

test('no transaction has more operations than the store takes, however many Events there are', () => {
  const events = Array.from({ length: 1200 }, (_, index) => base64(`/registry/events/${index}`));
  const transactions = transactionsOf({ put: [], delete: events });
  expect(transactions.map(({ length }) => length)).toEqual([500, 500, 200]);
  expect(transactions.flat()).toEqual(events.map((key) => ({ request_delete_range: { key } })));
});
