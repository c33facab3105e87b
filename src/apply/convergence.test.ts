import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { KubeObject } from '../api/kubernetes.ts';
import { execute } from './execute.ts';
import { ApplyMemory } from './memory.ts';
import { plan } from './plan.ts';
import { refOf } from './refs.ts';
import { type FieldKey, flatten, marker } from './testing/fields.ts';
import { ModelServer } from './testing/model-server.ts';
import type { Target } from './types.ts';

/*
 * From any state that applies of other releases, edits of users and deletions can lead to, at most three rounds bring
 * the objects to what is wanted, and then nothing is written: neither by this process nor by the next one.
 */

const manager = 'calico-operator/installation';
const ownership = { manager, managedBy: 'tigera-operator', ownerUid: 'installation' };
const names = ['a', 'b', 'c'];

const value = fc.constantFrom('1', '2', '', '1000m');
const env = fc.uniqueArray(fc.record({ name: fc.constantFrom('A', 'B', 'C'), value }), {
  selector: (e) => e.name,
});
const container = (name: string) =>
  fc.record(
    {
      name: fc.constant(name),
      args: fc.array(value, { maxLength: 2 }),
      env,
      ports: fc.constantFrom([{ containerPort: 1 }], [{ containerPort: 1, protocol: 'UDP' }]),
      resources: fc.record({ limits: fc.dictionary(fc.constantFrom('cpu', 'memory'), value) }),
      privileged: fc.boolean(),
    },
    { requiredKeys: ['name'] },
  );
const content = fc.record(
  {
    spec: fc.record(
      {
        containers: fc
          .tuple(container('x'), container('y'))
          .chain((both) => fc.shuffledSubarray(both, { minLength: 1 })),
        nodeSelector: fc.dictionary(fc.constantFrom('os', 'zone'), value),
        hostNetwork: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
    data: fc.dictionary(fc.constantFrom('k1', 'k2'), value),
    labels: fc.dictionary(fc.constantFrom('l1', 'l2'), value),
  },
  { requiredKeys: [] },
);

const objects = fc.dictionary(fc.constantFrom(...names), content).map((byName) =>
  Object.entries(byName).map(([name, { labels, ...rest }]): Target => {
    const metadata = {
      name,
      namespace: 'calico-system',
      labels: { ...labels, 'app.kubernetes.io/managed-by': 'tigera-operator' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Installation', name: 'default', uid: 'installation' }],
    };
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...rest } as KubeObject;
    return { object, stage: 'configuration', ownership: 'owned' };
  }),
);

type Step =
  | { readonly kind: 'apply'; readonly desired: readonly Target[] }
  | { readonly kind: 'partly'; readonly desired: readonly Target[]; readonly count: number }
  | { readonly kind: 'edit'; readonly name: string; readonly at: number; readonly value: string | undefined }
  | { readonly kind: 'delete'; readonly name: string };
const name = fc.constantFrom(...names);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('apply' as const), desired: objects }),
  fc.record({ kind: fc.constant('partly' as const), desired: objects, count: fc.nat(3) }),
  fc.record({
    kind: fc.constant('edit' as const),
    name,
    at: fc.nat(30),
    value: fc.option(value, { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('delete' as const), name }),
);

const refTo = (objectName: string) =>
  refOf({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: objectName, namespace: 'calico-system' } });

async function round(server: ModelServer, desired: readonly Target[], memory: ApplyMemory, count = Infinity) {
  const planned = plan({
    desired,
    live: (ref) => server.get(ref),
    ownership,
    existing: server.list(),
    history: memory,
  });
  let left = count;
  const cut = planned.map((stage) => ({ ...stage, actions: stage.actions.filter(() => left-- > 0) }));
  const outcomes = await execute(cut, {
    client: server,
    manager,
    signal: new AbortController().signal,
    observe: () => undefined,
    observeDeleted: () => undefined,
  });
  memory.record(outcomes);
  return outcomes;
}

async function play(server: ModelServer, action: Step, memory: ApplyMemory): Promise<void> {
  switch (action.kind) {
    case 'apply':
      await round(server, action.desired, memory);
      return;
    case 'partly':
      await round(server, action.desired, memory, action.count);
      return;
    case 'delete':
      await server.delete(refTo(action.name));
      return;
    case 'edit': {
      const object = server.get(refTo(action.name));
      const keys = editable(object);
      const key = keys[action.at % Math.max(keys.length, 1)];
      if (key !== undefined) {
        server.update(refTo(action.name), 'kubectl-edit', new Map([[key, action.value]]));
      }
    }
  }
}

/** Scalars that a user could change and that are not an item's key, and a label of their own. */
function editable(object: KubeObject | undefined): readonly FieldKey[] {
  const { spec, data } = (object ?? {}) as { readonly spec?: object; readonly data?: object };
  const fields = flatten({
    ...(spec === undefined ? {} : { spec }),
    ...(data === undefined ? {} : { data }),
  });
  const scalars = [...fields].filter(
    ([key, item]) => typeof item === 'string' && !/f:(name|containerPort|protocol)$/.test(key),
  );
  return ['f:metadata\u0000f:labels\u0000f:user', ...scalars.map(([key]) => key)];
}

test('plan and execute converge from any state, and stay silent then', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), objects, async (steps, desired) => {
      const server = new ModelServer();
      const memory = new ApplyMemory(manager);
      for (const action of steps) {
        await play(server, action, memory);
      }
      for (let i = 0; i < 3; i += 1) {
        await round(server, desired, memory);
      }
      const settled = server.writes;
      await round(server, desired, memory);
      await round(server, desired, new ApplyMemory(manager));
      expect(server.writes).toBe(settled);

      const fresh = new ModelServer();
      await round(fresh, desired, new ApplyMemory(manager));
      for (const target of desired) {
        const ref = refOf(target.object);
        const applied = (from: ModelServer): unknown =>
          from.get(ref)?.metadata.managedFields?.find((entry) => entry.manager === manager)?.fieldsV1;
        expect(applied(server)).toEqual(applied(fresh));
        expect(sentFields(server.get(ref), target)).toEqual(sentFields(fresh.get(ref), target));
      }
      expect(server.list()).toHaveLength(desired.length);
    }),
    { numRuns: 200 },
  );
});

/** What became of the fields that we send. Items, empty maps and defaults of the server are not compared. */
function sentFields(object: KubeObject | undefined, target: Target): readonly unknown[] {
  const stored = contentOf(object);
  return [...contentOf(target.object)].flatMap(([key, sent]) => (sent === marker ? [] : [stored.get(key)]));
}

function contentOf(object: KubeObject | undefined): ReadonlyMap<FieldKey, unknown> {
  const { spec, data } = (object ?? {}) as { readonly spec?: object; readonly data?: object };
  return flatten({ spec: spec ?? {}, data: data ?? {} });
}
