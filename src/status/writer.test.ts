import { expect, test } from '@jest/globals';
import type { KubeObject } from '../api/kubernetes.ts';
import { resources } from '../api/resources.ts';
import { FakeClock } from '../fake-clock.ts';
import { StatusError } from '../kube/errors.ts';
import type { ApplyOptions } from '../kube/types.ts';
import { StatusWriter } from './writer.ts';

interface WithStatus extends KubeObject {
  readonly status?: Readonly<Record<string, unknown>>;
}
const ref = { resource: resources.Installation, name: 'default' };
const stored = (status: object): KubeObject => ({
  apiVersion: 'operator.tigera.io/v1',
  kind: 'Installation',
  metadata: { name: 'default' },
  ...{ status },
});

/** Field by field; as good as the real one for flat statuses. */
function compare(desired: WithStatus, live: WithStatus): readonly { readonly path: string }[] {
  return Object.entries(desired.status ?? {}).flatMap(([key, value]) =>
    live.status?.[key] === value ? [] : [{ path: `status.${key}` }],
  );
}

function setUp(answer: (object: KubeObject) => KubeObject = (object) => object) {
  const clock = new FakeClock();
  const requests: { readonly object: KubeObject; readonly options: ApplyOptions }[] = [];
  const observed: KubeObject[] = [];
  const writer = new StatusWriter({
    client: {
      apply: (_resource, object, options) => {
        requests.push({ object, options });
        return Promise.resolve().then(() => answer(object));
      },
    },
    clock,
    compare,
    observe: (_ref, object) => observed.push(object),
  });
  const write = (live: KubeObject | undefined, status: object, create?: KubeObject) =>
    writer.write({ ref, live, status, ...(create === undefined ? {} : { create }) });
  return { clock, requests, observed, write };
}

test('writes status and nothing else, only when it differs', async () => {
  const { requests, observed, write } = setUp();
  expect(await write(stored({ phase: 'a' }), { phase: 'a' })).toEqual({ kind: 'unchanged' });
  expect(await write(stored({ phase: 'a' }), { phase: 'b' })).toMatchObject({ kind: 'written' });
  expect(requests).toHaveLength(1);
  expect(requests[0]?.options).toMatchObject({
    subresource: 'status',
    fieldManager: 'calico-operator/status',
  });
  expect(Object.keys(requests[0]?.object ?? {}).sort()).toEqual(['apiVersion', 'kind', 'metadata', 'status']);
  expect(observed).toHaveLength(1);
});

test('new wording waits its turn, news never', async () => {
  const { clock, write } = setUp();
  const live = stored({ phase: 'a', message: '0' });
  expect(await write(live, { phase: 'a', message: '1' })).toMatchObject({ kind: 'written' });
  expect(await write(live, { phase: 'a', message: '2' })).toEqual({ kind: 'deferred', after: 10_000 });
  expect(await write(live, { phase: 'b', message: '2' })).toMatchObject({ kind: 'written' });
  await clock.advance(10_000);
  expect(await write(live, { phase: 'a', message: '3' })).toMatchObject({ kind: 'written' });
});

test('what the server stores in another way is not written for ever', async () => {
  const { requests, write } = setUp(() => stored({ phase: 'A' }));
  await write(stored({}), { phase: 'a' });
  expect(await write(stored({ phase: 'A' }), { phase: 'a' })).toEqual({ kind: 'unchanged' });
  expect(await write(stored({ phase: 'A' }), { phase: 'b' })).toMatchObject({ kind: 'written' });
  expect(requests).toHaveLength(2);
});

test('makes only what it is told to make', async () => {
  const { requests, write } = setUp((object) => object);
  expect(await write(undefined, { phase: 'a' })).toEqual({ kind: 'gone' });
  expect(requests).toEqual([]);
  expect(await write(undefined, { phase: 'a' }, stored({}))).toMatchObject({ kind: 'written' });
  expect(requests.map(({ options }) => options.subresource)).toEqual([undefined, 'status']);
});

test('an object that went meanwhile is no failure, anything else is', async () => {
  const failing = (code: number, reason: string) =>
    setUp(() => {
      throw new StatusError(reason, { code, reason });
    }).write(stored({}), { phase: 'a' });
  expect(await failing(404, 'NotFound')).toEqual({ kind: 'gone' });
  await expect(failing(500, 'InternalError')).rejects.toThrow('InternalError');
});

test('fields that the definition in the cluster does not have are left out, once that is known', async () => {
  const undeclared = [
    '.status.typha: field not declared in schema',
    '.status.customised: field not declared in schema',
  ];
  const { requests, write } = setUp((object) => {
    const { status = {} } = object as WithStatus;
    if ('typha' in status) {
      const message = `failed to create typed patch object (/default): errors:\n  ${undeclared.join('\n  ')}`;
      throw new StatusError(message, { code: 500, reason: 'InternalError' });
    }
    return object;
  });
  const status = { phase: 'a', typha: { wanted: true }, customised: [] };
  expect(await write(stored({}), status)).toMatchObject({
    kind: 'written',
    object: { status: { phase: 'a' } },
  });
  expect(await write(stored({ phase: 'a' }), status)).toEqual({ kind: 'unchanged' });
  expect(await write(stored({ phase: 'a' }), { ...status, phase: 'b' })).toMatchObject({ kind: 'written' });
  expect(requests.map(({ object }) => Object.keys((object as WithStatus).status ?? {}).length)).toEqual([
    3, 1, 1,
  ]);
});
