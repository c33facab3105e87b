import { expect, test } from '@jest/globals';
import type { KubeObject } from '../api/kubernetes.ts';
import { FakeClock } from '../fake-clock.ts';
import { FailedWrites } from './failed-writes.ts';
import { refOf } from './refs.ts';
import type { Action, Outcome } from './types.ts';

const object = (name: string, value = '1'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'n' },
  ...{ data: { value } },
});
const create = (name: string, value?: string): Action => ({
  kind: 'create',
  ref: refOf(object(name)),
  object: object(name, value),
  drift: false,
});
const remove = (name: string): Action => ({
  kind: 'delete',
  ref: refOf(object(name)),
  uid: 'u',
  reason: '',
  lingers: false,
});
const none = (name: string): Action => ({ kind: 'none', ref: refOf(object(name)) });
const error = new Error('refused');
const failed = (action: Action): Outcome => ({ kind: 'failed', action, error });
const done = (action: Action): Outcome => ({ kind: 'done', action });

/** Waits a second for each failure. */
function setUp() {
  const clock = new FakeClock();
  return { clock, writes: new FailedWrites(clock, (failures) => failures * 1_000) };
}

test('a write that failed is not tried before its time, which is later after each failure', async () => {
  const { clock, writes } = setUp();
  expect(writes.recall(create('a'))).toBeUndefined();
  for (const wait of [1_000, 2_000, 3_000]) {
    writes.record(failed(create('a')));
    await clock.advance(wait - 1);
    expect(writes.recall(create('a'))).toBe(error);
    expect(writes.recall(create('b'))).toBeUndefined();
    const due = writes.dueIn([failed(create('a')), done(create('b'))]);
    expect(due).toBeGreaterThanOrEqual(1);
    await clock.advance(due ?? 0);
    expect(writes.recall(create('a'))).toBeUndefined();
  }
});

test('a recalled failure is none', async () => {
  const { clock, writes } = setUp();
  writes.record(failed(create('a')));
  await clock.advance(900);
  writes.record({ kind: 'failed', action: create('a'), error, recalled: true });
  await clock.advance(100);
  expect(writes.recall(create('a'))).toBeUndefined();
});

test('something else for the same object may go at once, and its failure counts with those before', () => {
  const { writes } = setUp();
  writes.record(failed(create('a')));
  expect(writes.recall(create('a', '2'))).toBeUndefined();
  expect(writes.recall(remove('a'))).toBeUndefined();
  writes.record(failed(create('a', '2')));
  expect(writes.dueIn([failed(create('a'))])).toBeGreaterThan(1_000);
});

test.each([
  ['a write that succeeds may be the cure', (writes: FailedWrites) => writes.record(done(create('b')))],
  ['what is as wanted by now has not failed', (writes: FailedWrites) => writes.record(done(none('a')))],
  ['who forgets begins anew', (writes: FailedWrites) => writes.forget()],
])('%s', (_name, act) => {
  const { writes } = setUp();
  writes.record(failed(create('a')));
  act(writes);
  expect(writes.recall(create('a'))).toBeUndefined();
  expect(writes.dueIn([failed(create('a'))])).toBeUndefined();
});

test('what needed no write is no cure', () => {
  const { writes } = setUp();
  writes.record(failed(create('a')));
  writes.record(done(none('b')));
  expect(writes.recall(create('a'))).toBe(error);
});
