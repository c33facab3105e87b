import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../api/kubernetes.ts';
import { teardownAnnotation, withOwner } from './ownership.ts';
import {
  finalizerPatch,
  installationFinalizer,
  planTeardown,
  type TeardownPod,
  type TeardownStep,
} from './teardown.ts';
import { describeRef, keyOf, refOf } from './refs.ts';
import type { Target } from './types.ts';

const manager = 'calico-operator/installation';
const ownership = { manager, managedBy: 'tigera-operator', ownerUid: 'owner' };
const start = Date.parse('2030-01-01T00:00:00Z');
const owner = { apiVersion: 'operator.tigera.io/v1', kind: 'Installation', name: 'default', uid: 'owner' };

type Role = Target['teardown'];

function live(apiVersion: string, kind: string, name: string, role?: Role): KubeObject {
  const cluster = kind.startsWith('Cluster') || kind === 'Namespace';
  const object: KubeObject = {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(cluster ? {} : { namespace: 'calico-system' }),
      uid: `uid-${name}`,
      labels: { 'app.kubernetes.io/managed-by': 'tigera-operator' },
      managedFields: [{ manager, operation: 'Apply', fieldsV1: {} }],
    },
  };
  const target: Target = {
    object,
    stage: 'identity',
    ownership: 'owned',
    ...(role === undefined ? {} : { teardown: role }),
  };
  return withOwner(target, owner).object;
}

const rbac = 'rbac.authorization.k8s.io/v1';
const everything = (): KubeObject[] => [
  live('v1', 'Namespace', 'calico-system', 'keep'),
  live('v1', 'ServiceAccount', 'calico-cni-plugin', 'keep'),
  live(rbac, 'ClusterRole', 'calico-cni-plugin', 'keep'),
  live('v1', 'ServiceAccount', 'calico-node', 'last'),
  live(rbac, 'ClusterRole', 'calico-node', 'last'),
  live('v1', 'ConfigMap', 'cni-config', 'last'),
  live('apps/v1', 'DaemonSet', 'calico-node', 'last'),
  live('apps/v1', 'Deployment', 'calico-kube-controllers'),
  live('apps/v1', 'DaemonSet', 'csi-node-driver'),
  live('v1', 'ServiceAccount', 'calico-kube-controllers'),
];
const pod = (app: string, more: Partial<TeardownPod> = {}): TeardownPod => ({
  namespace: 'calico-system',
  name: `${app}-1`,
  node: 'n1',
  app,
  ...more,
});
const allPods = () => [pod('calico-node'), pod('calico-kube-controllers'), pod('csi-node-driver')];

const installation = (
  finalizers: readonly string[] = [installationFinalizer],
  deletionTimestamp = '2030-01-01T00:00:00Z',
): KubeObject => ({
  apiVersion: 'operator.tigera.io/v1',
  kind: 'Installation',
  metadata: { name: 'default', uid: 'owner', resourceVersion: '7', finalizers, deletionTimestamp },
});

const step = (
  objects: readonly KubeObject[],
  pods: readonly TeardownPod[],
  now = start,
  finalizers?: readonly string[],
): TeardownStep =>
  planTeardown({ installation: installation(finalizers), live: objects, pods, ownership, now });

const deleted = (found: TeardownStep) =>
  found.kind === 'delete'
    ? found.plan.flatMap(({ actions }) => actions.map(({ ref }) => describeRef(ref)))
    : [];

/** A cluster in which deletes work at once, and workloads take their pods with them one step later. */
function tearDown(
  objects: KubeObject[],
  pods: TeardownPod[],
): { readonly log: readonly string[]; readonly left: readonly string[] } {
  const log: string[] = [];
  let [rest, restPods] = [objects, pods];
  for (let round = 0; round < 20; round += 1) {
    const found = step(rest, restPods);
    if (found.kind === 'release') {
      return { log, left: rest.map((object) => describeRef(refOf(object))) };
    }
    if (found.kind === 'wait') {
      const workloads = new Set(
        rest.filter(({ kind }) => /DaemonSet|Deployment/.test(kind)).map(({ metadata }) => metadata.name),
      );
      restPods = restPods.filter(({ app }) => workloads.has(app));
      log.push('wait');
      continue;
    }
    const gone = new Set(found.plan.flatMap(({ actions }) => actions.map(({ ref }) => keyOf(ref))));
    rest = rest.filter((object) => !gone.has(keyOf(refOf(object))));
    log.push(...deleted(found));
  }
  throw new Error(`no end: ${log.join(', ')}`);
}

const expectedLeft = [
  'Namespace calico-system',
  'ServiceAccount calico-system/calico-cni-plugin',
  'ClusterRole calico-cni-plugin',
];

test('pods of their own network go first, the node agent after them, what the CNI plugin needs stays', () => {
  const { log, left } = tearDown(everything(), allPods());
  expect(log).toEqual([
    'Deployment calico-system/calico-kube-controllers',
    'DaemonSet calico-system/csi-node-driver',
    'wait',
    'ServiceAccount calico-system/calico-kube-controllers',
    'DaemonSet calico-system/calico-node',
    'wait',
    'ConfigMap calico-system/cni-config',
    'ServiceAccount calico-system/calico-node',
    'ClusterRole calico-node',
  ]);
  expect(left).toEqual(expectedLeft);
});

test('it ends the same from every state in between: any objects and pods already gone', () => {
  const objects = everything();
  for (let mask = 0; mask < 1 << 7; mask += 1) {
    const rest = objects.filter((_, index) => index < 3 || (mask & (1 << (index - 3))) === 0);
    expect(tearDown([...rest], allPods()).left).toEqual(expectedLeft);
    expect(tearDown([...rest], []).left).toEqual(expectedLeft);
  }
});

test('in foreground the collector has taken what is owned; the finalizer of that is not waited for', () => {
  const rest = everything().filter(({ metadata }) => metadata.ownerReferences === undefined);
  expect(deleted(step(rest, [], start, ['foregroundDeletion', installationFinalizer]))).toEqual([
    'DaemonSet calico-system/calico-node',
  ]);
  expect(step(rest.slice(0, 3), [], start, ['foregroundDeletion', installationFinalizer]).kind).toBe(
    'release',
  );
});

test('nothing that the CNI plugin or the node agent needs is owned by the Installation', () => {
  const owned = everything().filter(({ metadata }) => metadata.ownerReferences !== undefined);
  expect(owned.map(({ metadata }) => metadata.name)).toEqual([
    'calico-kube-controllers',
    'csi-node-driver',
    'calico-kube-controllers',
  ]);
});

describe('orphaning leaves everything running', () => {
  test('while the collector still works on it', () => {
    expect(step(everything(), allPods(), start, [installationFinalizer, 'orphan']).kind).toBe('release');
  });

  test('when the collector was done before we looked', () => {
    const stripped = everything().map((object) => ({
      ...object,
      metadata: { ...object.metadata, ownerReferences: [] },
    }));
    const found = step(stripped, allPods());
    expect(found).toMatchObject({ kind: 'release' });
    expect(found.kind === 'release' && found.left).toHaveLength(10);
  });
});

describe('nothing holds a teardown for ever', () => {
  const rest = () =>
    everything().filter(
      ({ metadata }) =>
        metadata.name === 'calico-node' || metadata.annotations?.[teardownAnnotation] === 'keep',
    );

  test('a pod on a dead node is waited for two minutes from its own deletion', () => {
    const stuck = [pod('csi-node-driver', { deletionTimestamp: '2030-01-01T00:01:00Z' })];
    expect(step(rest(), stuck, start + 179_000)).toMatchObject({
      kind: 'wait',
      message: expect.stringContaining('Pod calico-system/csi-node-driver-1 on node n1'),
    });
    expect(deleted(step(rest(), stuck, start + 180_000))).toEqual(['DaemonSet calico-system/calico-node']);
  });

  test("the grace that a pod has does not add to that: Typha's is five minutes", () => {
    const stuck = [
      pod('csi-node-driver', {
        deletionTimestamp: '2030-01-01T00:05:00Z',
        deletionGracePeriodSeconds: 300,
      }),
    ];
    expect(step(rest(), stuck, start + 119_000)).toMatchObject({ kind: 'wait', retryAfter: 1_000 });
    expect(step(rest(), stuck, start + 120_000).kind).toBe('delete');
  });

  test('with every kubelet dead it is over before uninstall gives up', () => {
    let [objects, now] = [everything(), start];
    let pods = allPods();
    for (;;) {
      const found = step(objects, pods, now);
      if (found.kind === 'release') break;
      if (found.kind === 'wait') now += found.retryAfter;
      else {
        const gone = new Set(found.plan.flatMap(({ actions }) => actions.map(({ ref }) => keyOf(ref))));
        const apps = objects
          .filter((object) => gone.has(keyOf(refOf(object))))
          .map(({ metadata }) => metadata.name);
        objects = objects.filter((object) => !gone.has(keyOf(refOf(object))));
        const asked = {
          deletionTimestamp: new Date(now + 30_000).toISOString(),
          deletionGracePeriodSeconds: 30,
        };
        pods = pods.map((each) =>
          apps.includes(each.app) && each.deletionTimestamp === undefined ? { ...each, ...asked } : each,
        );
      }
    }
    expect(now - start).toBe(240_000);
  });

  test('a workload that somebody holds by a finalizer as well, and the end names what was left', () => {
    const held = everything().map((object) => ({
      ...object,
      metadata: { ...object.metadata, deletionTimestamp: '2030-01-01T00:00:00Z', finalizers: ['user/x'] },
    }));
    expect(step(held, [], start).kind).toBe('wait');
    expect(step(held, [pod('calico-node')], start + 120_000)).toMatchObject({
      kind: 'release',
      abandoned: ['Pod calico-system/calico-node-1 on node n1'],
    });
  });
});

test('objects of users and such as ask to be ignored are not touched', () => {
  const [first] = everything().slice(7);
  const users = { ...first!, metadata: { ...first!.metadata, labels: {} } };
  const ignored = {
    ...first!,
    metadata: { ...first!.metadata, annotations: { 'unsupported.operator.tigera.io/ignore': 'true' } },
  };
  expect(step([users], []).kind).toBe('release');
  expect(step([ignored], []).kind).toBe('release');
});

test('the finalizer is set and lifted without touching those of others, under a lock', () => {
  const living = (finalizers: readonly string[]) => {
    const { deletionTimestamp: _, ...metadata } = installation(finalizers).metadata;
    return { ...installation(finalizers), metadata };
  };
  expect(finalizerPatch(living(['user/x']), 'set')).toEqual({
    metadata: { resourceVersion: '7', finalizers: ['user/x', installationFinalizer] },
  });
  expect(finalizerPatch(living([installationFinalizer]), 'set')).toBeUndefined();
  expect(finalizerPatch(installation(['user/x']), 'set')).toBeUndefined();
  expect(
    finalizerPatch(installation(['user/x', installationFinalizer, 'tigera.io/operator-cleanup']), 'lifted'),
  ).toEqual({
    metadata: { resourceVersion: '7', finalizers: ['user/x'] },
  });
  expect(finalizerPatch(installation(['user/x']), 'lifted')).toBeUndefined();
});
