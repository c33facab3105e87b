import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../api/kubernetes.ts';
import { type PlanInput, plan } from './plan.ts';
import { describeRef, keyOf, refOf } from './refs.ts';
import type { Action, Target, TargetStage } from './types.ts';

const manager = 'calico-operator/installation';
const ownership = { manager, managedBy: 'tigera-operator', ownerUid: 'owner' };
const ours = { 'app.kubernetes.io/managed-by': 'tigera-operator' };
const owner = [{ apiVersion: 'operator.tigera.io/v1', kind: 'Installation', name: 'default', uid: 'owner' }];
const entry = (fieldsV1: object) => [{ manager, operation: 'Apply', fieldsV1 }];

function object(kind: string, name: string, content: object = {}, metadata: object = {}): KubeObject {
  const namespace = /^(Namespace|Cluster)/.test(kind) ? {} : { namespace: 'calico-system' };
  const apiVersion = kind === 'DaemonSet' || kind === 'Deployment' ? 'apps/v1' : 'v1';
  return { apiVersion, kind, metadata: { name, ...namespace, ...metadata }, ...content };
}

const target = (desired: KubeObject, stage: TargetStage = 'configuration'): Target => ({
  object: desired,
  stage,
  ownership: 'owned',
});

function actions(
  desired: readonly Target[],
  live: readonly KubeObject[] = [],
  more: Partial<PlanInput> = {},
): readonly Action[] {
  const byKey = new Map(live.map((item) => [keyOf(refOf(item)), item]));
  const planned = plan({ desired, live: (ref) => byKey.get(keyOf(ref)), ownership, ...more });
  return planned.flatMap((stage) => stage.actions);
}

const data = (value: string) => ({ data: { key: value } });
const applied = (value: string, metadata: object = {}) =>
  object('ConfigMap', 'x', data(value), {
    uid: 'u1',
    managedFields: entry({ 'f:data': { 'f:key': {} } }),
    ...metadata,
  });

test('stages come in their order, whatever order objects are in', () => {
  const stages = plan({
    desired: [
      target(object('DaemonSet', 'd'), 'workload'),
      target({ apiVersion: 'crd.projectcalico.org/v1', kind: 'IPPool', metadata: { name: 'p' } }, 'pools'),
      target(object('ConfigMap', 'c')),
      target(object('Namespace', 'calico-system'), 'namespace'),
    ],
    live: () => undefined,
    ownership,
  });
  expect(
    stages.map(({ name, actions: all }) => [
      name,
      ...all.map(({ kind, ref }) => `${kind} ${describeRef(ref)}`),
    ]),
  ).toEqual([
    ['namespace', 'create Namespace calico-system'],
    ['configuration and pools', 'create IPPool p', 'create ConfigMap calico-system/c'],
    ['workload', 'create DaemonSet calico-system/d'],
  ]);
});

test('Windows comes after everything, deletions included, so that it holds nothing up', () => {
  const gone = object(
    'ConfigMap',
    'gone',
    {},
    { uid: 'u', labels: ours, ownerReferences: owner, managedFields: entry({}) },
  );
  const stages = plan({
    desired: [
      target(object('DaemonSet', 'calico-node-windows'), 'windows-workload'),
      target(object('ConfigMap', 'cni-config-windows'), 'windows-configuration'),
      target(object('DaemonSet', 'calico-node'), 'workload'),
    ],
    live: () => undefined,
    ownership,
    existing: [gone],
  });
  expect(stages.map(({ name }) => name)).toEqual([
    'workload',
    'remove configuration',
    'windows-configuration',
    'windows-workload',
  ]);
});

describe('one object', () => {
  const wanted = target(object('ConfigMap', 'x', data('1')));

  test('as wanted: nothing', () => {
    expect(actions([wanted], [applied('1')])).toEqual([
      { kind: 'none', ref: refOf(wanted.object), object: wanted.object },
    ]);
  });

  test('different: an apply that names the fields', () => {
    expect(actions([wanted], [applied('2')])).toMatchObject([
      {
        kind: 'apply',
        drift: false,
        differences: [{ path: 'data.key', want: '1', have: '2', cause: 'changed' }],
      },
    ]);
  });

  test('a field that somebody else took is drift; an object that we never applied is not', () => {
    const taken = applied('2', { managedFields: entry({}) });
    expect(actions([wanted], [taken])).toMatchObject([{ kind: 'apply', drift: true }]);
    expect(
      actions([wanted], [{ ...taken, metadata: { ...taken.metadata, managedFields: [] } }]),
    ).toMatchObject([{ kind: 'apply', drift: false }]);
  });

  test('memory decides what is drift', () => {
    const history = (was: 'same' | 'other') => ({ wasAsWanted: () => was, isFutile: () => false });
    expect(actions([wanted], [applied('2')], { history: history('same') })).toMatchObject([{ drift: true }]);
    expect(actions([wanted], [applied('2')], { history: history('other') })).toMatchObject([
      { drift: false },
    ]);
    expect(actions([wanted], [], { history: history('same') })).toMatchObject([
      { kind: 'create', drift: true },
    ]);
  });

  test('an apply that is known to change nothing is not repeated', () => {
    const history = { wasAsWanted: () => 'same' as const, isFutile: () => true };
    expect(actions([wanted], [applied('2')], { history })).toEqual([
      { kind: 'none', ref: refOf(wanted.object) },
    ]);
  });

  test('the annotation of a user keeps us away', () => {
    const live = applied('2', { annotations: { 'unsupported.operator.tigera.io/ignore': 'true' } });
    expect(actions([wanted], [live])).toMatchObject([{ kind: 'none' }]);
  });

  test('on its way out, or its namespace: wait, and say what holds it', () => {
    const leaving = applied('1', { deletionTimestamp: '2030-01-01T00:00:00Z', finalizers: ['user/x'] });
    expect(actions([wanted], [leaving])).toMatchObject([
      { kind: 'wait', reason: expect.stringContaining('held by finalizers user/x') },
    ]);
    const namespace = object('Namespace', 'calico-system', {}, { deletionTimestamp: '2030-01-01T00:00:00Z' });
    expect(actions([wanted], [namespace])).toMatchObject([
      { kind: 'wait', reason: expect.stringContaining('namespace calico-system is being deleted') },
    ]);
  });

  test('null and undefined are not sent', () => {
    const [action] = actions([target(object('ConfigMap', 'x', { data: { a: null, b: undefined, c: '1' } }))]);
    expect(action).toMatchObject({ kind: 'create', object: { data: { c: '1' } } });
    expect(JSON.stringify(action)).not.toContain('null');
  });
});

test('fields of an operator before us are taken over with the first apply of a workload', () => {
  const wanted = target(object('DaemonSet', 'calico-node', { spec: { minReadySeconds: 1 } }), 'workload');
  const foreign = object('DaemonSet', 'calico-node', { spec: {} });
  const known = object('DaemonSet', 'calico-node', { spec: {} }, { managedFields: entry({ 'f:spec': {} }) });
  expect(actions([wanted], [foreign])).toMatchObject([{ kind: 'apply', takeOver: true }]);
  expect(actions([wanted], [known])[0]).not.toHaveProperty('takeOver');
  const data = object('ConfigMap', 'x', { data: { key: 'old' } });
  expect(actions([target(applied('new'))], [data])[0]).not.toHaveProperty('takeOver');
});

test('those of a manifest that stands for an operator also later, whenever it was applied', () => {
  const content = { spec: { minReadySeconds: 1 } };
  const wanted = object('DaemonSet', 'calico-node', content);
  const fields = { managedFields: entry({ 'f:spec': { 'f:minReadySeconds': {} } }) };
  const marked = { ...fields, annotations: { 'operator.tigera.io/standalone': '0.1.0' } };
  const live = (metadata: object) => object('DaemonSet', 'calico-node', content, metadata);
  expect(actions([target(wanted, 'workload')], [live(fields)])).toMatchObject([{ kind: 'none' }]);
  expect(actions([target(wanted, 'workload')], [live(marked)])).toMatchObject([
    {
      kind: 'apply',
      takeOver: true,
      differences: [{ path: 'metadata.annotations[operator.tigera.io/standalone]' }],
    },
  ]);
});

test('what is held is neither written nor deleted, whether it is there or not', () => {
  const held = { ...target(applied('new')), hold: 'it has to wait' };
  const live = applied('old', { labels: ours, ownerReferences: owner });
  for (const there of [[], [live]]) {
    expect(actions([held], there, { existing: there })).toEqual([
      { kind: 'wait', ref: refOf(live), reason: 'it has to wait' },
    ]);
  }
});

describe('immutable fields', () => {
  const selector = (app: string) => ({ spec: { selector: { matchLabels: { app } } } });
  const roleRef = (name: string) => ({ roleRef: { kind: 'ClusterRole', name } });

  test.each([
    ['Deployment', selector('a'), selector('b'), 'spec.selector'],
    ['DaemonSet', selector('a'), selector('b'), 'spec.selector'],
    [
      'ClusterRoleBinding',
      roleRef('a'),
      { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'b' } },
      'roleRef',
    ],
    ['Service', { spec: { clusterIP: 'None' } }, { spec: { clusterIP: '10.0.0.1' } }, 'spec.clusterIP'],
    ['Service', { spec: { ports: [] } }, { spec: { clusterIP: 'None' } }, 'spec.clusterIP'],
    ['Secret', { type: 'kubernetes.io/tls' }, { type: 'Opaque' }, 'type'],
    ['ConfigMap', data('1'), { ...data('2'), immutable: true }, 'data'],
  ])('%s: %j over %j', (kind, wanted, live, field) => {
    const desired = {
      ...object(kind, 'x', wanted),
      ...(kind.endsWith('Binding') ? { apiVersion: 'rbac.authorization.k8s.io/v1' } : {}),
    };
    const have = { ...object(kind, 'x', live, { uid: 'u1' }), apiVersion: desired.apiVersion };
    expect(actions([target(desired)], [have])).toEqual([
      { kind: 'recreate', ref: refOf(desired), object: desired, uid: 'u1', reason: `${field} is immutable` },
    ]);
  });

  test.each([
    ['Deployment', { spec: { replicas: 2 } }, selector('b')],
    [
      'ClusterRoleBinding',
      roleRef('a'),
      { roleRef: { apiGroup: 'rbac.authorization.k8s.io', ...roleRef('a').roleRef } },
    ],
    ['Service', { spec: { selector: { a: 'b' } } }, { spec: { clusterIP: '10.0.0.1' } }],
    ['Secret', { data: {}, type: 'Opaque' }, {}],
  ])('%s: %j is no reason to replace %j', (kind, wanted, live) => {
    const apiVersion = kind.endsWith('Binding') ? { apiVersion: 'rbac.authorization.k8s.io/v1' } : {};
    const [action] = actions(
      [target({ ...object(kind, 'x', wanted), ...apiVersion })],
      [{ ...object(kind, 'x', live), ...apiVersion }],
    );
    expect(action?.kind).toBe('apply');
  });

  test('the DaemonSet of the nodes is never replaced', () => {
    const [action] = actions(
      [target(object('DaemonSet', 'calico-node', selector('a')))],
      [object('DaemonSet', 'calico-node', selector('b'), { uid: 'u' })],
    );
    expect(action).toMatchObject({
      kind: 'refuse',
      refusal: {
        reason: 'UnsafeChangeRefused',
        field: 'spec.selector',
        cure: expect.stringContaining('--cascade=orphan'),
      },
    });
  });
});

describe('what is no longer wanted', () => {
  const made = { labels: ours, ownerReferences: owner, managedFields: entry({ 'f:data': {} }), uid: 'u' };
  const prune = (live: KubeObject, more: Partial<PlanInput> = {}) =>
    actions([], [live], { existing: [live], ...more });

  test('is deleted by its uid when it is certainly ours', () => {
    const live = object('ConfigMap', 'old', {}, made);
    expect(prune(live)).toEqual([
      { kind: 'delete', ref: refOf(live), uid: 'u', reason: 'not wanted any more', lingers: false },
    ]);
  });

  test.each([
    ['without our label', { ...made, labels: {} }],
    ['never applied by us', { ...made, managedFields: [] }],
    ['of another Installation', { ...made, ownerReferences: [{ ...owner[0], uid: 'another' }] }],
    ['without an owner', { ...made, ownerReferences: [] }],
    ['going already', { ...made, deletionTimestamp: '2030-01-01T00:00:00Z' }],
    ['to be ignored', { ...made, annotations: { 'unsupported.operator.tigera.io/ignore': 'true' } }],
  ])('stays when it is %s', (_name, metadata) => {
    expect(prune(object('ConfigMap', 'old', {}, metadata))).toEqual([]);
  });

  test('a wanted object is never pruned, and others only in order of their kinds', () => {
    const [role, account, daemonSet] = [
      object('ServiceAccount', 'a', {}, made),
      object('Secret', 's', {}, made),
      object('DaemonSet', 'd', {}, made),
    ];
    const planned = actions([target(account)], [], { existing: [role, account, daemonSet] });
    expect(planned.map(({ kind, ref }) => `${kind} ${ref.resource.kind}`)).toEqual([
      'create Secret',
      'delete DaemonSet',
      'delete ServiceAccount',
    ]);
  });

  test('what the caller names by another proof goes too, but only if we made it', () => {
    const { ownerReferences: _, ...unowned } = made;
    const prunable = () => true;
    expect(prune(object('ConfigMap', 'pool', {}, unowned), { prunable })).toHaveLength(1);
    expect(prune(object('ConfigMap', 'pool', {}, { ...unowned, labels: {} }), { prunable })).toEqual([]);
  });
});

test('what stands beside everything comes at the end, in a lane of its own', () => {
  const stages = plan({
    desired: [
      target(object('Job', 'j'), 'aws-job'),
      target(object('ServiceAccount', 'a'), 'aws-access'),
      target(object('DaemonSet', 'd'), 'workload'),
    ],
    live: () => undefined,
    ownership,
  });
  expect(stages.map(({ name, lane }) => [name, lane])).toEqual([
    ['workload', undefined],
    ['aws-access', 'aside'],
    ['aws-job', 'aside'],
  ]);
});

describe('a Job', () => {
  const job = (image: string, more: object = {}, metadata: object = {}): KubeObject => ({
    ...object(
      'Job',
      'j',
      { spec: { template: { spec: { containers: [{ name: 'c', image }] } } }, ...more },
      metadata,
    ),
    apiVersion: 'batch/v1',
  });
  const metadata = {
    uid: 'u1',
    managedFields: entry({
      'f:spec': {
        'f:template': {
          'f:spec': { 'f:containers': { 'k:{"name":"c"}': { '.': {}, 'f:name': {}, 'f:image': {} } } },
        },
      },
    }),
  };
  const ended = (type: string) => ({ status: { conditions: [{ type, status: 'True' }] } });
  const kindFor = (live: KubeObject): string | undefined =>
    actions([target(job('new'), 'aws-job')], [live])[0]?.kind;

  test('that came through is not run again, whatever is wanted by now', () => {
    expect(kindFor(job('old', ended('Complete'), metadata))).toBe('none');
  });

  test('that failed, or still runs, is made anew when something else is wanted', () => {
    expect(kindFor(job('old', ended('Failed'), metadata))).toBe('recreate');
    expect(kindFor(job('old', {}, metadata))).toBe('recreate');
    expect(kindFor(job('new', ended('Failed'), metadata))).toBe('none');
  });

  test('that came through and is deleted is made again when it is gone', () => {
    const leaving = { ...metadata, deletionTimestamp: '2030-01-01T00:00:00Z' };
    expect(kindFor(job('old', ended('Complete'), leaving))).toBe('wait');
    expect(actions([target(job('new'), 'aws-job')])[0]?.kind).toBe('create');
  });
});

describe('what another operator left', () => {
  const left = (name: string, metadata: object = { ownerReferences: owner }): KubeObject =>
    object('DaemonSet', name, {}, { uid: `uid-${name}`, ...metadata });
  const removed = (existing: readonly KubeObject[], more: Partial<PlanInput> = {}) =>
    actions([], [], { existing, leftover: ({ metadata }) => metadata.name === 'old', ...more }).map(
      ({ kind, ref }) => `${kind} ${ref.name}`,
    );

  test('goes where it belongs to the Installation, and only if the caller names it', () => {
    expect(removed([left('old'), left('other')])).toEqual(['delete old']);
    expect(removed([left('old', {})])).toEqual([]);
    expect(removed([left('old')], { leftover: () => false })).toEqual([]);
  });

  test('stays when it asks for that', () => {
    const annotations = { 'unsupported.operator.tigera.io/ignore': 'true' };
    expect(removed([left('old', { ownerReferences: owner, annotations })])).toEqual([]);
  });
});
