import { describe, expect, test } from '@jest/globals';

import type { Entry } from './etcd.ts';
import { diffStores } from './etcd.ts';

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
    const change = diffStores([entry('events/b', '1')], [entry('events/a', '1')]);
    expect(change).toEqual({ put: [], delete: [base64('/registry/events/b')] });
  });
});
