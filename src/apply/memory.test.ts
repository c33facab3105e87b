import { expect, test } from '@jest/globals';
import type { KubeObject } from '../api/kubernetes.ts';
import { compare } from './managed-fields.ts';
import { ApplyMemory } from './memory.ts';
import { refOf } from './refs.ts';
import type { Action, Outcome } from './types.ts';

const manager = 'm';
const wanted = (value: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'x', namespace: 'y' },
  ...{ data: { key: value } },
});
/** What the server stored: our field, with a value of its own. */
const stored = (value: string): KubeObject => ({
  ...wanted(value),
  metadata: {
    ...wanted(value).metadata,
    managedFields: [{ manager, operation: 'Apply', fieldsV1: { 'f:data': { 'f:key': {} } } }],
  },
});
const done = (action: Action, object?: KubeObject): Outcome =>
  object === undefined ? { kind: 'done', action } : { kind: 'done', action, object };
const apply = (value: string): Action => ({
  kind: 'apply',
  ref: refOf(wanted(value)),
  object: wanted(value),
  differences: [],
  drift: false,
});

test('knows what was as wanted, and forgets what was deleted', () => {
  const memory = new ApplyMemory(manager);
  expect(memory.wasAsWanted(wanted('1'))).toBe('unknown');
  memory.record([done({ kind: 'none', ref: refOf(wanted('1')), object: wanted('1') })]);
  expect(memory.wasAsWanted(wanted('1'))).toBe('same');
  expect(memory.wasAsWanted(wanted('2'))).toBe('other');
  memory.record([done({ kind: 'delete', ref: refOf(wanted('1')), uid: '', reason: '', lingers: false })]);
  expect(memory.wasAsWanted(wanted('1'))).toBe('unknown');
});

test('an apply that the server answers with something else is futile until either side changes', () => {
  const memory = new ApplyMemory(manager);
  expect(memory.record([done(apply('1'), stored('webhook'))])).toMatchObject([
    { left: [{ path: 'data.key' }] },
  ]);
  const again = compare(wanted('1'), stored('webhook'), manager);
  expect(memory.isFutile(wanted('1'), again)).toBe(true);
  expect(memory.isFutile(wanted('2'), compare(wanted('2'), stored('webhook'), manager))).toBe(false);
  expect(memory.isFutile(wanted('1'), compare(wanted('1'), stored('user'), manager))).toBe(false);
  memory.record([done(apply('1'), stored('1'))]);
  expect(memory.isFutile(wanted('1'), again)).toBe(false);
});

test('a none without an object, as of an ignored or futile one, teaches nothing', () => {
  const memory = new ApplyMemory(manager);
  memory.record([done(apply('1'), stored('webhook')), done({ kind: 'none', ref: refOf(wanted('1')) })]);
  expect(memory.isFutile(wanted('1'), compare(wanted('1'), stored('webhook'), manager))).toBe(true);
});

test('of a workload nothing is compared again while its status alone changes', () => {
  const memory = new ApplyMemory(manager);
  const daemonSet = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'x', namespace: 'y' } };
  const live = (version: string, metadata: object = {}): KubeObject => ({
    ...daemonSet,
    metadata: { ...daemonSet.metadata, resourceVersion: version, generation: 1, ...metadata },
    ...{ spec: { minReadySeconds: Number(version) }, status: { numberReady: Number(version) } },
  });
  const mine = { ...daemonSet, spec: { minReadySeconds: 1 } };
  const found = memory.compare(mine, live('2'));
  expect(found).not.toEqual([]);
  expect(memory.compare(mine, live('3'))).toBe(found);
  expect(memory.compare({ ...mine }, live('3'))).not.toBe(found);
  expect(memory.compare(mine, live('1', { generation: 2 }))).not.toEqual(found);
  expect(memory.compare(mine, live('1', { labels: { a: 'b' } }))).not.toEqual(found);
});
