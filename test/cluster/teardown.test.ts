import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import type { KubeObject } from '../../src/api/kubernetes.ts';
import { loadBundledCrds } from '../../src/api/crds.ts';
import { execute } from '../../src/apply/execute.ts';
import { withOwner } from '../../src/apply/ownership.ts';
import { plan } from '../../src/apply/plan.ts';
import { describeRef, keyOf, refOf } from '../../src/apply/refs.ts';
import { finalizerPatch, planTeardown, type TeardownPod } from '../../src/apply/teardown.ts';
import type { Target } from '../../src/apply/types.ts';
import { resourcePath } from '../../src/kube/paths.ts';
import { eventually } from '../control-plane/eventually.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import { TestClient } from './fixtures/kube-client.ts';

// The garbage collector learns of a new CRD within half a minute.
const cluster = useFreshCluster();
const manager = 'calico-operator/installation';
const path = '/apis/operator.tigera.io/v1/installations/default';
const rbac = 'rbac.authorization.k8s.io/v1';

function target(
  apiVersion: string,
  kind: string,
  name: string,
  teardown?: Target['teardown'],
  content: object = {},
): Target {
  const clusterScoped = kind === 'Namespace' || kind.startsWith('Cluster');
  const object: KubeObject = {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(clusterScoped ? {} : { namespace: 'calico-system' }),
      labels: { 'app.kubernetes.io/managed-by': 'tigera-operator' },
    },
    ...content,
  };
  const stage =
    kind === 'Namespace'
      ? 'namespace'
      : kind === 'DaemonSet' || kind === 'Deployment'
        ? 'workload'
        : 'identity';
  return { object, stage, ownership: 'owned', ...(teardown === undefined ? {} : { teardown }) };
}

const workload = (app: string) => ({
  spec: {
    selector: { matchLabels: { 'k8s-app': app } },
    template: {
      metadata: { labels: { 'k8s-app': app } },
      spec: { serviceAccountName: app, containers: [{ name: 'main', image: 'example.test/main:1' }] },
    },
  },
});

const targets: readonly Target[] = [
  target('v1', 'Namespace', 'calico-system', 'keep'),
  target('v1', 'ServiceAccount', 'calico-cni-plugin', 'keep'),
  target(rbac, 'ClusterRole', 'calico-cni-plugin', 'keep', { rules: [] }),
  target('v1', 'ServiceAccount', 'calico-node', 'last'),
  target(rbac, 'ClusterRole', 'calico-node', 'last', { rules: [] }),
  target('v1', 'ConfigMap', 'cni-config', 'last'),
  target('apps/v1', 'DaemonSet', 'calico-node', 'last', workload('calico-node')),
  target('v1', 'ServiceAccount', 'calico-kube-controllers'),
  target(rbac, 'ClusterRole', 'calico-kube-controllers', undefined, { rules: [] }),
  target('apps/v1', 'Deployment', 'calico-kube-controllers', undefined, workload('calico-kube-controllers')),
];
const kept = targets.slice(0, 3);

beforeAll(async () => {
  const bundled = await loadBundledCrds();
  const crd = JSON.parse(
    bundled.find(({ name }) => name === 'installations.operator.tigera.io')!.json,
  ) as KubeObject;
  await cluster().api.apply(
    `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${crd.metadata.name}`,
    crd,
  );
  await eventually(() => cluster().api.list('/apis/operator.tigera.io/v1/installations'));
});

const options = () => ({
  client: new TestClient(cluster().api),
  manager,
  signal: new AbortController().signal,
  observe: () => undefined,
  observeDeleted: () => undefined,
});

async function live(): Promise<readonly KubeObject[]> {
  const found = await Promise.all(
    targets.map(({ object }) => cluster().api.find<KubeObject>(resourcePath(refOf(object)))),
  );
  return found.filter((object) => object !== undefined);
}

const names = (objects: readonly KubeObject[]) => objects.map((object) => describeRef(refOf(object))).sort();

/** What an operator does at first: finalizer, then objects. */
async function install(): Promise<KubeObject> {
  const spec = {
    apiVersion: 'operator.tigera.io/v1',
    kind: 'Installation',
    metadata: { name: 'default' },
    spec: {},
  };
  await cluster().api.apply(path, spec, 'user');
  const created = await cluster().api.get<KubeObject>(path);
  const installation = await cluster().api.mergePatch<KubeObject>(path, finalizerPatch(created, 'set'));
  const { apiVersion, kind, metadata } = installation;
  const owner = {
    apiVersion,
    kind,
    name: metadata.name,
    uid: metadata.uid!,
    controller: true,
    blockOwnerDeletion: true,
  };
  const existing = new Map((await live()).map((object) => [keyOf(refOf(object)), object]));
  const ownership = { manager, managedBy: 'tigera-operator', ownerUid: metadata.uid! };
  const desired = targets.map((wanted) => withOwner(wanted, owner));
  const outcomes = await execute(
    plan({ desired, live: (ref) => existing.get(keyOf(ref)), ownership }),
    options(),
  );
  expect(outcomes.map(({ kind: result }) => result)).toEqual(outcomes.map(() => 'done'));
  return installation;
}

/** One reconcile of an Installation that is being deleted; true when it is gone. */
async function reconcile(): Promise<boolean> {
  const installation = await cluster().api.find<KubeObject>(path);
  if (installation === undefined) {
    return true;
  }
  const pods = await cluster().api.list<KubeObject & { spec: { nodeName?: string } }>(
    '/api/v1/namespaces/calico-system/pods',
  );
  const step = planTeardown({
    installation,
    live: await live(),
    pods: pods.map(
      ({ metadata }): TeardownPod => ({
        namespace: 'calico-system',
        name: metadata.name,
        app: metadata.labels?.['k8s-app'] ?? '',
      }),
    ),
    ownership: { manager, managedBy: 'tigera-operator', ownerUid: installation.metadata.uid! },
    now: Date.now(),
  });
  if (step.kind === 'delete') {
    await execute(step.plan, options());
  }
  const patch = step.kind === 'release' ? finalizerPatch(installation, 'lifted') : undefined;
  if (patch !== undefined) {
    await cluster()
      .api.mergePatch(path, patch)
      .catch(() => undefined);
  }
  return false;
}

const operate = () => eventually(reconcile, { interval: 50, description: 'the Installation to go' });
const remove = (policy: 'Background' | 'Foreground' | 'Orphan') => cluster().api.delete(path, policy);

/** The collector has done to the owned objects what the mode asks for. */
const collected = () =>
  eventually(async () => (await live()).every(({ metadata }) => metadata.ownerReferences === undefined));

afterEach(async () => {
  await Promise.all(targets.slice(1).map(({ object }) => cluster().api.delete(resourcePath(refOf(object)))));
});

describe.each(['Background', 'Foreground'] as const)('%s', (mode) => {
  test('ends with the operator alive, and leaves what the CNI plugin needs', async () => {
    await install();
    const account = await cluster().api.get(
      '/api/v1/namespaces/calico-system/serviceaccounts/calico-cni-plugin',
    );
    await remove(mode);
    await operate();
    expect(names(await live())).toEqual(names(kept.map(({ object }) => object)));
    const after = await cluster().api.get(
      '/api/v1/namespaces/calico-system/serviceaccounts/calico-cni-plugin',
    );
    expect(after.metadata.uid).toBe(account.metadata.uid);
  });

  test('ends with an operator that starts later', async () => {
    await install();
    await remove(mode);
    if (mode === 'Foreground') {
      await collected();
      expect(names(await live())).toEqual(names(targets.slice(0, 7).map(({ object }) => object)));
    }
    await operate();
    expect(names(await live())).toEqual(names(kept.map(({ object }) => object)));
  });
});

test('without an operator, and the finalizer lifted by hand, the node agents stay', async () => {
  await install();
  await remove('Background');
  await cluster().api.mergePatch(path, { metadata: { finalizers: null } });
  await eventually(async () => (await live()).length === 7);
  await collected();
  expect(names(await live())).toContain('DaemonSet calico-system/calico-node');
});

test.each(['at once', 'after the collector'])(
  'Orphan leaves everything running: the operator looks %s',
  async (when) => {
    await install();
    await remove('Orphan');
    if (when === 'after the collector') {
      await collected();
    }
    await operate();
    expect(names(await live())).toEqual(names(targets.map(({ object }) => object)));
  },
);

test('a second Installation takes over what the first one left', async () => {
  await install();
  await remove('Background');
  await operate();
  const before = await live();
  await install();
  const after = new Map((await live()).map((object) => [keyOf(refOf(object)), object.metadata.uid]));
  expect(before.map((object) => after.get(keyOf(refOf(object))))).toEqual(
    before.map(({ metadata }) => metadata.uid),
  );
  await remove('Background');
  await operate();
});
