import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { KubeObject } from '../api/kubernetes.ts';
import type { JsonObject } from './json.ts';
import { mergeApplied } from './merge.ts';
import { compare } from './managed-fields.ts';
import { refOf, resourceOf } from './refs.ts';
import { type FieldKey, flatten, marker, split } from './testing/fields.ts';
import { ModelServer } from './testing/model-server.ts';

const manager = 'calico-operator/installation';

const live = (
  content: object,
  entries: Readonly<Record<string, JsonObject>>,
  metadata: object = {},
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: 'a',
    ...metadata,
    managedFields: Object.entries(entries).map(([name, fieldsV1]) => ({
      manager: name,
      operation: name === manager ? 'Apply' : 'Update',
      fieldsV1,
    })),
  },
  ...content,
});
const wanted = (content: object, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', ...metadata },
  ...content,
});
const contentOf = ({ metadata: { managedFields: _, ...metadata }, ...content }: KubeObject): object => ({
  metadata,
  ...content,
});

describe('fields', () => {
  test('what is dropped goes with the defaults below it; what others own there stays', () => {
    const before = live(
      { spec: { probe: { path: '/x', period: 10 }, port: 1 } },
      {
        [manager]: {
          'f:metadata': { 'f:labels': { 'f:ours': {} } },
          'f:spec': { 'f:probe': { 'f:path': {} } },
        },
        kubectl: { 'f:metadata': { 'f:labels': { '.': {}, 'f:theirs': {} } } },
      },
      { labels: { ours: 'a', theirs: 'b' } },
    );
    expect(contentOf(mergeApplied(wanted({ spec: {} }), before, manager))).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', labels: { theirs: 'b' } },
      spec: { port: 1 },
    });
  });

  test('a value that means the same keeps its spelling, another replaces it', () => {
    const before = live(
      { spec: { limits: { cpu: '1', memory: '1Gi' }, on: false, secret: { path: 'a', mode: 420 } } },
      { [manager]: { 'f:spec': { 'f:limits': { 'f:cpu': {} } } } },
    );
    const after = mergeApplied(
      wanted({ spec: { limits: { cpu: '1000m', memory: '2Gi' }, secret: { path: 'b' } } }),
      before,
      manager,
    );
    expect(contentOf(after)).toMatchObject({
      spec: { limits: { cpu: '1', memory: '2Gi' }, on: false, secret: { path: 'b', mode: 420 } },
    });
  });

  test('a zero value that the API server did not store is no news, a new one is', () => {
    const before = live({ spec: {} }, { [manager]: { 'f:spec': { 'f:hostNetwork': {} } } });
    const after = mergeApplied(wanted({ spec: { hostNetwork: false, privileged: false } }), before, manager);
    expect(after).toMatchObject({ spec: { privileged: false } });
    expect(after).not.toHaveProperty('spec.hostNetwork');
  });

  test('a map that is stored as a whole is replaced as a whole', () => {
    const before = live(
      { spec: { nodeSelector: { os: 'linux', zone: 'a' } } },
      { [manager]: { 'f:spec': { 'f:nodeSelector': {} } } },
    );
    expect(
      contentOf(mergeApplied(wanted({ spec: { nodeSelector: { os: 'linux' } } }), before, manager)),
    ).toMatchObject({
      spec: { nodeSelector: { os: 'linux' } },
    });
    expect(
      mergeApplied(wanted({ spec: { nodeSelector: { os: 'linux' } } }), before, manager),
    ).not.toHaveProperty('spec.nodeSelector.zone');
  });
});

describe('lists', () => {
  const env = (...names: readonly string[]) => names.map((name) => ({ name, value: name.toLowerCase() }));
  const key = (name: string) => `k:{"name":"${name}"}`;
  const before = live(
    { spec: { env: env('A', 'THEIRS', 'B'), finalizers: ['a', 'b', 'c'] } },
    {
      [manager]: {
        'f:spec': {
          'f:env': { [key('A')]: { '.': {}, 'f:name': {} }, [key('B')]: { '.': {}, 'f:name': {} } },
          'f:finalizers': { 'v:"a"': {}, 'v:"b"': {} },
        },
      },
      kubectl: { 'f:spec': { 'f:env': { [key('THEIRS')]: { '.': {} } }, 'f:finalizers': { 'v:"b"': {} } } },
    },
  );

  test('ours in our order, those of others where they stood, dropped ones gone', () => {
    const after = mergeApplied(
      wanted({ spec: { env: env('NEW', 'A'), finalizers: ['d'] } }),
      before,
      manager,
    );
    expect(after).toMatchObject({
      spec: { env: env('NEW', 'A', 'THEIRS'), finalizers: ['b', 'c', 'd'] },
    });
  });

  test('items that nobody owns yet are known by their usual keys', () => {
    const ports = [{ containerPort: 1, protocol: 'TCP', name: 'a' }];
    const after = mergeApplied(
      wanted({ spec: { ports: [{ containerPort: 1, name: 'b' }] } }),
      live({ spec: { ports } }, {}),
      manager,
    );
    expect(after).toMatchObject({ spec: { ports: [{ containerPort: 1, protocol: 'TCP', name: 'b' }] } });
  });
});

/* The same as the API server does, on a model of it that is itself checked against a real one. */

const value = fc.constantFrom('1', '2', '1000m');
const env = fc.uniqueArray(fc.record({ name: fc.constantFrom('A', 'B', 'C'), value }), {
  selector: ({ name }) => name,
});
const container = (name: string) =>
  fc.record(
    {
      name: fc.constant(name),
      env,
      ports: fc.constantFrom(
        [{ containerPort: 1, protocol: 'TCP' }],
        [{ containerPort: 1, protocol: 'UDP' }],
      ),
      resources: fc.record({ limits: fc.dictionary(fc.constantFrom('cpu', 'memory'), value) }),
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
      },
      { requiredKeys: [] },
    ),
    data: fc.dictionary(fc.constantFrom('k1', 'k2'), value),
  },
  { requiredKeys: [] },
);
const edit = fc.record({ at: fc.nat(20), value });

test('equals what the API server makes of it, after any history', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(manager, 'somebody-else'), content), { maxLength: 5 }),
      fc.array(edit, { maxLength: 3 }),
      content,
      async (history, edits, last) => {
        const server = new ModelServer();
        const send = (by: string, object: KubeObject) =>
          server.apply(resourceOf(object), object, { fieldManager: by });
        for (const [by, each] of history) await send(by, wanted(each));
        const ref = refOf(wanted({}));
        for (const { at, value: text } of edits) {
          const keys = editable(server.get(ref));
          const key = keys[at % Math.max(1, keys.length)];
          if (key !== undefined) server.update(ref, 'kubectl-edit', new Map([[key, text]]));
        }
        const object = wanted(last);
        const found = server.get(ref);
        const predicted = found === undefined ? object : mergeApplied(object, found, manager);
        if (found !== undefined && compare(object, found, manager).length === 0) {
          expect(fieldsOf(predicted)).toEqual(fieldsOf(found));
        }
        expect(fieldsOf(predicted)).toEqual(fieldsOf(await send(manager, object)));
      },
    ),
    { numRuns: 500 },
  );
});

function partsOf(object: KubeObject | undefined): JsonObject {
  const { spec = {}, data = {} } = (object ?? {}) as { readonly spec?: object; readonly data?: object };
  return { spec, data };
}

/** Not those of items: the model forgets the keys of an item that only an edit holds on to. */
function editable(object: KubeObject | undefined): readonly FieldKey[] {
  return [...flatten(partsOf(object))].flatMap(([key, item]) =>
    typeof item === 'string' && !key.includes('k:') ? [key] : [],
  );
}

/**
 * Fields with a value, as quantities are stored, without the one that the model fills in. Empty maps are none: the API
 * server does not store those of its own kinds, which the model does not know.
 */
function fieldsOf(object: KubeObject | undefined): object {
  const fields = [...flatten(partsOf(object))].flatMap(([key, item]) => {
    const isEmpty = typeof item === 'object' && item !== null && Object.keys(item).length === 0;
    if (isEmpty || item === marker || key.endsWith('f:imagePullPolicy')) return [];
    const isLimit = split(key).at(-2) === 'f:limits';
    return [[key, isLimit && item === '1000m' ? '1' : item] as const];
  });
  return Object.fromEntries(fields);
}
