import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { StatusError } from '../kube/errors.ts';
import type { KubeClient } from '../kube/types.ts';
import { type ResourceEvent, ResourceEventType } from './dot-i.ts';
import { conflict, installation, meta, setUp } from './operator-process.fixture.ts';

describe('status', () => {
  function statusServer(status: unknown, conflicts = 0) {
    const calls: string[] = [];
    let left = conflicts;
    let version = 5;
    const current = () =>
      installation({ spec: { variant: 'Calico' }, status }, { resourceVersion: String(version) });
    const client: Partial<KubeClient> = {
      get: () => (calls.push('get'), Promise.resolve(current())),
      replace: (ref, object, options) => {
        calls.push(
          `replace ${options.subresource ?? ''} of ${ref.name} at ${object.metadata.resourceVersion ?? ''}`,
        );
        if (left-- > 0) {
          version += 1;
          return Promise.reject(conflict);
        }
        status = (object as { readonly status?: unknown }).status;
        version += 1;
        return Promise.resolve(current());
      },
    };
    return { calls, client, status: () => status };
  }

  test('set replaces it, patch merges into it; the answer has the new version', async () => {
    const server = statusServer({ mtu: 1_400, variant: 'Calico' });
    const { process } = setUp(server.client);
    expect(await process.patchStatus({ mtu: null, computed: { a: 1 } })).toMatchObject({
      resourceVersion: '6',
    });
    expect(server.status()).toEqual({ variant: 'Calico', computed: { a: 1 } });
    await process.setStatus({ mtu: 9_000 });
    expect(server.status()).toEqual({ mtu: 9_000 });
    expect(server.calls).toEqual([
      'get',
      'replace status of default at 5',
      'get',
      'replace status of default at 6',
    ]);
  });

  test('a status that is so already is not written', async () => {
    const server = statusServer({ mtu: 1_400 });
    const { process } = setUp(server.client);
    await process.setStatus({ mtu: 1_400 });
    await process.patchStatus({ mtu: 1_400 });
    await process.patchStatus({ gone: null });
    expect(server.calls).toEqual(['get', 'get', 'get']);
  });

  test('a conflict is tried again on a fresh read, five times at most', async () => {
    const server = statusServer({}, 2);
    await setUp(server.client).process.patchStatus({ mtu: 1 });
    expect(server.calls.filter((call) => call.startsWith('replace')).map((call) => call.at(-1))).toEqual([
      '5',
      '6',
      '7',
    ]);
    const hopeless = statusServer({}, 99);
    await expect(setUp(hopeless.client).process.setStatus({ mtu: 1 })).rejects.toBe(conflict);
    expect(hopeless.calls).toHaveLength(10);
  });

  test('other failures reject, where the base class answered with nothing', async () => {
    const error = new StatusError('boom', { code: 500, reason: 'InternalError' });
    const { process } = setUp({ get: () => Promise.reject(error) });
    await expect(process.setStatus({})).rejects.toBe(error);
  });
});

describe('finalizers', () => {
  const event = (metadata: object): ResourceEvent => ({
    type: ResourceEventType.Modified,
    meta,
    object: installation({}, metadata) as unknown as ResourceEvent['object'],
  });

  function patches(fail?: Error) {
    const calls: unknown[] = [];
    const client: Partial<KubeClient> = {
      mergePatch: (ref, patch) => {
        if (fail !== undefined) return Promise.reject(fail);
        calls.push(ref.name, patch);
        return Promise.resolve(installation());
      },
    };
    return { calls, client };
  }

  test('is added first, beside those of others, only to the version that was seen', async () => {
    const { calls, client } = patches();
    const given = event({ finalizers: ['theirs'] });
    expect(await setUp(client).process.finalize(given, () => Promise.reject(new Error('not now')))).toBe(
      true,
    );
    expect(calls).toEqual([
      'default',
      { metadata: { finalizers: ['theirs', 'tigera.io/test'], resourceVersion: '5' } },
    ]);
    expect(given.object.metadata?.finalizers).toEqual(['theirs']);
  });

  test('once there, the event is the caller’s to handle', async () => {
    const { calls, client } = patches();
    expect(
      await setUp(client).process.finalize(event({ finalizers: ['tigera.io/test'] }), () =>
        Promise.resolve(),
      ),
    ).toBe(false);
    expect(calls).toEqual([]);
  });

  test('on deletion it is removed after the clean-up, others stay', async () => {
    const { calls, client } = patches();
    const deleted = event({
      finalizers: ['theirs', 'tigera.io/test'],
      deletionTimestamp: '2030-01-01T00:00:00Z',
    });
    await setUp(client).process.finalize(deleted, () => Promise.resolve(void calls.push('cleaned up')));
    expect(calls).toEqual([
      'cleaned up',
      'default',
      { metadata: { finalizers: ['theirs'], resourceVersion: '5' } },
    ]);
  });

  test('a clean-up that fails keeps it', async () => {
    const { calls, client } = patches();
    const deleted = event({ finalizers: ['tigera.io/test'], deletionTimestamp: '2030-01-01T00:00:00Z' });
    const failing = setUp(client).process.finalize(deleted, () => Promise.reject(new Error('still in use')));
    await expect(failing).rejects.toThrow('still in use');
    expect(calls).toEqual([]);
  });

  test('a patch that fails is no "handled": it rejects', async () => {
    const { client } = patches(conflict);
    await expect(setUp(client).process.finalize(event({}), () => Promise.resolve())).rejects.toBe(conflict);
  });
});

test('registerCustomResourceDefinition applies what a file holds and tells what is served', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'crd-'));
  try {
    const path = join(directory, 'tests.yaml');
    await writeFile(
      path,
      `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: tests.example.org}
spec:
  group: example.org
  names: {kind: Test, plural: tests}
  versions: [{name: v1, served: true, storage: true}]
`,
    );
    const { process } = setUp({
      apply: (_resource, object) =>
        Promise.resolve({
          ...object,
          status: { conditions: [{ type: 'Established', status: 'True' }] },
        } as Awaited<ReturnType<KubeClient['apply']>>),
    });
    expect(await process.register(path)).toEqual({
      group: 'example.org',
      plural: 'tests',
      versions: [{ name: 'v1', served: true, storage: true }],
    });
  } finally {
    await rm(directory, { recursive: true });
  }
});
