import { describe, expect, test } from '@jest/globals';

import type { KubeObject } from '../../src/api/kubernetes.ts';
import { execute } from '../../src/apply/execute.ts';
import { compare } from '../../src/apply/managed-fields.ts';
import { ApplyMemory } from '../../src/apply/memory.ts';
import { plan } from '../../src/apply/plan.ts';
import { describeRef, keyOf, refOf } from '../../src/apply/refs.ts';
import type { Outcome, Target } from '../../src/apply/types.ts';
import { resourcePath } from '../../src/kube/paths.ts';
import type { ObjectRef } from '../../src/kube/types.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import { awkwardObjects } from './fixtures/awkward-objects.ts';
import { TestClient } from './fixtures/kube-client.ts';

const cluster = useFreshCluster();
const manager = 'calico-operator/apply-test';
const ownership = { manager, managedBy: 'tigera-operator', ownerUid: 'none' };

const read = (ref: ObjectRef) => cluster().api.find<KubeObject>(resourcePath(ref));

async function liveObjects(targets: readonly Target[]): Promise<ReadonlyMap<string, KubeObject>> {
  const found = await Promise.all(targets.map(({ object }) => read(refOf(object))));
  return new Map(found.flatMap((object) => (object === undefined ? [] : [[keyOf(refOf(object)), object]])));
}

/** One reconcile: read everything, plan, carry out. */
async function round(
  targets: readonly Target[],
  memory = new ApplyMemory(manager),
): Promise<readonly Outcome[]> {
  const live = await liveObjects(targets);
  const outcomes = await execute(
    plan({ desired: targets, live: (ref) => live.get(keyOf(ref)), ownership, history: memory }),
    {
      client: new TestClient(cluster().api),
      manager,
      signal: new AbortController().signal,
      observe: () => undefined,
      observeDeleted: () => undefined,
    },
  );
  memory.record(outcomes);
  return outcomes;
}

const problems = (outcomes: readonly Outcome[]) =>
  outcomes.flatMap((outcome) => (outcome.kind === 'failed' ? [outcome.error.message] : []));
const written = (outcomes: readonly Outcome[]) =>
  outcomes.flatMap(({ kind, action }) =>
    kind === 'done' && action.kind !== 'none' ? [`${action.kind} ${describeRef(action.ref)}`] : [],
  );

const only = (kind: string, name = 'x') =>
  awkwardObjects.filter(({ object }) => object.kind === kind && object.metadata.name.endsWith(name));

interface Editable {
  type?: string;
  roleRef: { name: string };
  spec: {
    clusterIP?: string;
    attachRequired?: boolean;
    selector: { matchLabels: Record<string, string> };
    template: {
      metadata: { labels: Record<string, string> };
      spec: {
        hostPID?: boolean;
        tolerations: unknown[];
        initContainers: { name: string }[];
        containers: { env: { name: string }[]; ports: unknown[] }[];
        volumes: unknown[];
      };
    };
  };
}

function changed(target: Target, edit: (object: Editable) => void): Target {
  const object = structuredClone(target.object);
  edit(object as unknown as Editable);
  return { ...target, object };
}

describe('objects of every kind', () => {
  test('are made once, and then a fresh look at them finds nothing to do', async () => {
    const first = await round(awkwardObjects);
    expect(problems(first)).toEqual([]);
    expect(written(first)).toHaveLength(awkwardObjects.length);

    const live = await liveObjects(awkwardObjects);
    const differences = awkwardObjects.flatMap(({ object }) =>
      compare(object, live.get(keyOf(refOf(object)))!, manager).map((d) => ({ of: object.kind, ...d })),
    );
    expect(differences).toEqual([]);
    expect(written(await round(awkwardObjects))).toEqual([]);
  });

  test('what others add stays, what others change or take away is set back', async () => {
    await round(awkwardObjects);
    const path = '/apis/apps/v1/namespaces/apply-test/daemonsets/x';
    await cluster().api.mergePatch(path, {
      metadata: { labels: { user: 'theirs' }, annotations: { user: 'theirs' } },
      spec: { template: { spec: { nodeSelector: { zone: 'a' }, priorityClassName: null } } },
    });
    const [daemonSet] = only('DaemonSet');
    const differences = compare(daemonSet!.object, (await read(refOf(daemonSet!.object)))!, manager);
    expect(differences.map(({ path: field, cause }) => `${cause} ${field}`).sort()).toEqual([
      'unowned spec.template.spec.nodeSelector',
      'unowned spec.template.spec.priorityClassName',
    ]);
    expect(written(await round(awkwardObjects))).toEqual(['apply DaemonSet apply-test/x']);
    expect(written(await round(awkwardObjects))).toEqual([]);
    const after = (await cluster().api.get(path)) as unknown as { metadata: object; spec: object };
    expect(after).toMatchObject({
      metadata: { labels: { user: 'theirs' }, annotations: { user: 'theirs' } },
      spec: {
        template: {
          spec: { nodeSelector: { 'kubernetes.io/os': 'linux' }, priorityClassName: 'system-node-critical' },
        },
      },
    });
  });

  test('what is no longer wanted goes, in lists, maps and values stored whole, and order is kept', async () => {
    await round(awkwardObjects);
    const next = changed(only('DaemonSet')[0]!, (object) => {
      const pod = object.spec.template.spec;
      delete pod.hostPID;
      pod.tolerations = [];
      pod.initContainers.reverse();
      pod.containers[0]!.env.reverse();
      pod.containers[0]!.ports.pop();
      pod.volumes.splice(5, 1);
    });
    expect(problems(await round([next]))).toEqual([]);
    expect(written(await round([next]))).toEqual([]);
    const live = (await read(refOf(next.object))) as unknown as Editable;
    const pod = live.spec.template.spec;
    expect(pod.tolerations).toBeUndefined();
    expect(pod.volumes).toHaveLength(8);
    expect(pod.containers[0]!.ports).toHaveLength(1);
    expect(pod.initContainers.map(({ name }) => name)).toEqual(['first', 'second']);
    expect(pod.containers[0]!.env.map(({ name }) => name)).toEqual([
      'A',
      'CM',
      'CPU',
      'NODENAME',
      'Z',
      'EMPTY',
    ]);
  });
});

test('what cannot be changed is made anew', async () => {
  await round(awkwardObjects);
  const before = await liveObjects(awkwardObjects);
  const edit = (targets: readonly Target[], change: (object: Editable) => void) =>
    targets.map((target) => changed(target, change));
  const edits = [
    ...edit(only('Deployment'), ({ spec }) => {
      spec.selector.matchLabels['more'] = 'y';
      spec.template.metadata.labels['more'] = 'y';
    }),
    ...edit(only('ClusterRoleBinding', 'binding'), ({ roleRef }) => (roleRef.name = 'view')),
    ...edit(only('RoleBinding'), ({ roleRef }) => (roleRef.name = 'other')),
    ...edit(only('Service', 'headless'), ({ spec }) => delete spec.clusterIP),
    ...edit(only('Secret'), (secret) => (secret.type = 'Opaque')),
    ...edit(only('CSIDriver', 'driver'), ({ spec }) => (spec.attachRequired = true)),
  ];
  const outcomes = await round(edits);
  expect(problems(outcomes)).toEqual([]);
  expect(outcomes.map(({ kind, action }) => `${kind} ${action.kind}`)).toEqual(
    edits.map(() => 'done recreate'),
  );
  const after = await liveObjects(edits);
  for (const [key, object] of after) {
    expect(object.metadata.uid).not.toBe(before.get(key)?.metadata.uid);
  }
  expect(written(await round(edits))).toEqual([]);
});

test('an object of another manager is taken over once, and a foreign map stays whole', async () => {
  await round(only('Namespace', 'test'));
  await cluster().api.create('/api/v1/namespaces/apply-test/configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'theirs', namespace: 'apply-test' },
    data: { a: 'old', foreign: '1' },
  });
  const target: Target = {
    object: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'theirs', namespace: 'apply-test' },
      data: { a: 'new' },
    } as KubeObject,
    stage: 'configuration',
    ownership: 'shared',
  };
  expect(written(await round([target]))).toEqual(['apply ConfigMap apply-test/theirs']);
  expect(written(await round([target]))).toEqual([]);
  expect(await cluster().api.get('/api/v1/namespaces/apply-test/configmaps/theirs')).toMatchObject({
    data: { a: 'new', foreign: '1' },
  });
});

test('a delete is of one incarnation only', async () => {
  await round(awkwardObjects.slice(0, 1));
  const [target] = only('ConfigMap');
  await round([target!]);
  const ref = refOf(target!.object);
  const client = new TestClient(cluster().api);
  const options = {
    client,
    manager,
    signal: new AbortController().signal,
    observe: () => undefined,
    observeDeleted: () => undefined,
  };
  const remove = (uid: string) =>
    execute(
      [{ name: 'remove', actions: [{ kind: 'delete', ref, uid, reason: 'test', lingers: false }] }],
      options,
    );
  expect((await remove('another'))[0]?.kind).toBe('waiting');
  expect(await read(ref)).toBeDefined();
  expect((await remove((await read(ref))?.metadata.uid ?? ''))[0]?.kind).toBe('done');
  expect(await read(ref)).toBeUndefined();
});
