import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../api/kubernetes.ts';
import { appliedFields, compare } from './managed-fields.ts';

const manager = 'calico-operator/installation';

/** A live ConfigMap-like object with content and what we own of it. */
function live(content: object, fieldsV1: object, extra: object = {}): KubeObject {
  const managedFields = [
    { manager, operation: 'Apply', fieldsV1 },
    { manager: 'kubectl-edit', operation: 'Update', fieldsV1: { 'f:data': { 'f:foreign': {} } } },
    { manager, operation: 'Apply', subresource: 'status', fieldsV1: { 'f:status': { 'f:phase': {} } } },
  ];
  return object({ ...content, metadata: { ...extra, managedFields, uid: 'u', resourceVersion: '5' } });
}

function object(
  content: { readonly metadata?: object; readonly [key: string]: unknown },
  kind = 'DaemonSet',
): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind,
    ...content,
    metadata: { name: 'x', namespace: 'y', ...content.metadata },
  };
}

const differences = (desired: { readonly [key: string]: unknown }, have: object, owned: object) =>
  compare(object(desired), live(have, owned), manager).map(
    ({ path, cause, want, have: found }) => `${cause} ${path}: ${found ?? '-'} -> ${want ?? '-'}`,
  );

describe('scalars and maps', () => {
  const owned = { 'f:spec': { 'f:a': {}, 'f:b': { 'f:c': {} } } };

  test.each([
    ['equal', { spec: { a: 1, b: { c: 'x' } } }, { spec: { a: 1, b: { c: 'x' } } }, []],
    [
      'fields of others',
      { spec: { a: 1, b: { c: 'x' } } },
      { spec: { a: 1, b: { c: 'x', d: 1 }, e: 2 } },
      [],
    ],
    [
      'another value',
      { spec: { a: 2, b: { c: 'x' } } },
      { spec: { a: 1, b: { c: 'x' } } },
      ['changed spec.a: 1 -> 2'],
    ],
    [
      'a new field',
      { spec: { a: 1, b: { c: 'x', d: 3 } } },
      { spec: { a: 1, b: { c: 'x' } } },
      ['unowned spec.b.d: - -> 3'],
    ],
    [
      'no longer wanted',
      { spec: { a: 1 } },
      { spec: { a: 1, b: { c: 'x' } } },
      ['dropped spec.b: {"c":"x"} -> -'],
    ],
    ['zero values that are not stored', { spec: { a: false, b: { c: '' } } }, { spec: {} }, []],
    [
      'null and undefined are nothing',
      { spec: { a: 1, b: { c: 'x', d: null }, e: undefined } },
      { spec: { a: 1, b: { c: 'x' } } },
      [],
    ],
    [
      'a map instead of a scalar',
      { spec: { a: { z: 1 }, b: { c: 'x' } } },
      { spec: { a: 1, b: { c: 'x' } } },
      ['changed spec.a: 1 -> {"z":1}'],
    ],
  ])('%s', (_name, desired, have, expected) => {
    expect(differences(desired, have, owned)).toEqual(expected);
  });

  test('an object that we never applied differs as a whole', () => {
    const found = compare(object({ spec: { a: 1 } }), object({ spec: { a: 1 } }), manager);
    expect(found).toEqual([{ path: 'spec', cause: 'unowned', want: '{"a":1}', have: '{"a":1}' }]);
  });

  test('metadata that the server makes and status are not compared', () => {
    const desired = object({ metadata: { labels: { l: '1' } }, status: { phase: 'x' } });
    const have = live(
      { status: { phase: 'y' } },
      { 'f:metadata': { 'f:labels': { 'f:l': {} } } },
      { labels: { l: '1', user: '2' } },
    );
    expect(compare(desired, have, manager)).toEqual([]);
  });

  test('labels given back completely leave the labels of users alone', () => {
    const have = live({}, { 'f:metadata': { 'f:labels': {} } }, { labels: { user: '2' } });
    expect(compare(object({ metadata: { labels: {} } }), have, manager)).toEqual([]);
  });
});

describe('values stored as a whole', () => {
  test.each([
    ['list', { args: ['a', 'b'] }, { args: ['a', 'b'] }, 0],
    ['list with another item', { args: ['a', 'b'] }, { args: ['a', 'c'] }, 1],
    ['list in another order', { args: ['a', 'b'] }, { args: ['b', 'a'] }, 1],
    ['list with more items', { args: ['a'] }, { args: ['a', 'b'] }, 1],
    ['map with a key that we no longer want', { args: { a: '1' } }, { args: { a: '1', b: '2' } }, 1],
    [
      'fieldRef with its default',
      { args: { fieldPath: 'spec.nodeName' } },
      { args: { fieldPath: 'spec.nodeName', apiVersion: 'v1' } },
      0,
    ],
    [
      'fieldRef of another version',
      { args: { fieldPath: 'x' } },
      { args: { fieldPath: 'x', apiVersion: 'v2' } },
      1,
    ],
    [
      'subject with its group',
      { args: [{ kind: 'User', name: 'u' }] },
      { args: [{ kind: 'User', name: 'u', apiGroup: 'rbac.authorization.k8s.io' }] },
      0,
    ],
    ['empty list that is not stored', { args: [] }, {}, 0],
  ])('%s', (_name, desired, have, count) => {
    expect(differences({ spec: desired }, { spec: have }, { 'f:spec': { 'f:args': {} } })).toHaveLength(
      count,
    );
  });

  test('quantities are compared by worth, but only where quantities stand', () => {
    const owned = { 'f:spec': { 'f:limits': { 'f:cpu': {} } }, 'f:data': { 'f:cpu': {} } };
    const desired = { spec: { limits: { cpu: '1000m' } }, data: { cpu: '1000m' } };
    const have = { spec: { limits: { cpu: '1' } }, data: { cpu: '1' } };
    expect(differences(desired, have, owned)).toEqual(['changed data.cpu: 1 -> 1000m']);
  });
});

describe('lists of items with keys', () => {
  const key = (name: string) => `k:{"name":"${name}"}`;
  const owned = {
    'f:env': {
      [key('A')]: { '.': {}, 'f:name': {}, 'f:value': {} },
      [key('B')]: { '.': {}, 'f:name': {}, 'f:value': {} },
    },
  };
  const [a, b] = [
    { name: 'A', value: '1' },
    { name: 'B', value: '2' },
  ];

  test.each([
    ['equal', [a, b], [a, b], []],
    ['an item of somebody else between', [a, b], [a, { name: 'user' }, b], []],
    ['another value', [{ name: 'A', value: '9' }, b], [a, b], ['changed env[name=A].value: 1 -> 9']],
    ['not wanted any more', [b], [a, b], ['dropped env[name=A]: {"name":"A","value":"1"} -> -']],
    ['new', [a, b, { name: 'C' }], [a, b], ['unowned env[name=C]: - -> {"name":"C"}']],
    [
      'all gone',
      [],
      [a, b],
      [
        'dropped env[name=A]: {"name":"A","value":"1"} -> -',
        'dropped env[name=B]: {"name":"B","value":"2"} -> -',
      ],
    ],
    ['another order', [b, a], [a, b], ['changed env[order]: another order -> as rendered']],
  ])('%s', (_name, desired, have, expected) => {
    expect(differences({ env: desired }, { env: have }, owned)).toEqual(expected);
  });

  test('an item that somebody else took over is not ours any more', () => {
    const taken = {
      'f:env': { [key('A')]: { '.': {}, 'f:name': {} }, [key('B')]: owned['f:env'][key('B')] },
    };
    expect(differences({ env: [a, b] }, { env: [{ name: 'A', value: '7' }, b] }, taken)).toEqual([
      'unowned env[name=A].value: 7 -> 1',
    ]);
  });

  test('a port is known by number and protocol, which is TCP when it is not given', () => {
    const ports = {
      'f:ports': { 'k:{"containerPort":9091,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
    };
    const have = { ports: [{ containerPort: 9091, protocol: 'TCP' }] };
    expect(differences({ ports: [{ containerPort: 9091 }] }, have, ports)).toEqual([]);
    expect(differences({ ports: [{ containerPort: 9091, protocol: 'UDP' }] }, have, ports)).toHaveLength(2);
  });

  test('sets: each value is compared by itself', () => {
    const owned = { 'f:finalizers': { 'v:"ours"': {}, 'v:"old"': {} } };
    const have = { finalizers: ['ours', 'old', 'users'] };
    expect(differences({ finalizers: ['ours', 'new'] }, have, owned)).toEqual([
      'unowned finalizers["new"]: - -> new',
      'dropped finalizers["old"]: old -> -',
    ]);
  });
});

test('an empty list of ours leaves items of others alone, unless it is stored as a whole', () => {
  expect(differences({ env: [] }, { env: [{ name: 'user' }] }, {})).toEqual([]);
  expect(differences({ tolerations: [] }, { tolerations: [{ operator: 'Exists' }] }, {})).toHaveLength(1);
  expect(differences({ tolerations: [] }, {}, {})).toEqual([]);
});

test('values of Secrets are never shown', () => {
  const desired = object({ data: { key: 'c2VjcmV0' }, type: 'Opaque' }, 'Secret');
  const have = live({ data: { key: 'b2xk' }, type: 'Opaque' }, { 'f:data': { 'f:key': {} }, 'f:type': {} });
  const found = compare(desired, { ...have, kind: 'Secret' }, manager);
  expect(found).toEqual([{ path: 'data.key', cause: 'changed', want: '(hidden)', have: '(hidden)' }]);
  expect(JSON.stringify(compare(desired, object({}, 'Secret'), manager))).not.toContain('c2VjcmV0');
});

test('the status is compared with what was applied to the status', () => {
  const have = live({ status: { phase: 'old', other: 1 } }, { 'f:data': {} });
  const desired = object({ status: { phase: 'new' } });
  expect(compare(desired, have, manager, { subresource: 'status' }).map(({ path }) => path)).toEqual([
    'status.phase',
  ]);
  expect(compare(object({ status: { phase: 'old' } }), have, manager, { subresource: 'status' })).toEqual([]);
});

test('the status of OpenShift’s Network, which has no subresource for it, is compared like any field', () => {
  const network = (status: object) => object({ status }, 'Network');
  const applied = (status: object, owned: object) => ({
    ...network(status),
    metadata: { name: 'x', managedFields: [{ manager, operation: 'Apply', fieldsV1: owned }] },
  });
  const owned = { 'f:status': { 'f:networkType': {} } };
  const wanted = network({ networkType: 'Calico' });
  const pathsOf = (live: KubeObject) => compare(wanted, live, manager).map(({ path }) => path);
  expect(pathsOf(applied({ networkType: 'Calico', of: 'others' }, owned))).not.toContain(
    'status.networkType',
  );
  expect(pathsOf(applied({ networkType: 'Other' }, owned))).toContain('status.networkType');
  expect(pathsOf(applied({}, {}))).toContain('status');
});

test('an Update entry of the same name is not an apply', () => {
  const entry = { manager, operation: 'Update', fieldsV1: { 'f:spec': {} } };
  expect(appliedFields(object({ metadata: { managedFields: [entry] } }), manager)).toBeUndefined();
});
