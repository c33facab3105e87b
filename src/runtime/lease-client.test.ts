import { describe, expect, test } from '@jest/globals';
import { StatusError } from '../kube/errors.ts';
import type { KubeClient } from '../kube/types.ts';
import type { LeaseRecord } from './lease.ts';
import { kubeLeaseClient } from './lease-client.ts';

const record: LeaseRecord = {
  holder: 'host_1',
  durationSeconds: 15,
  acquireTime: '2030-01-01T00:00:00.000000Z',
  renewTime: '2030-01-01T00:00:02.000000Z',
  transitions: 3,
};

const object = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'operator-lock', namespace: 'tigera-operator' },
  spec: {
    holderIdentity: 'host_1',
    leaseDurationSeconds: 15,
    acquireTime: '2030-01-01T00:00:00.000000Z',
    renewTime: '2030-01-01T00:00:02.000000Z',
    leaseTransitions: 3,
  },
};

function leaseClient(methods: Partial<KubeClient>) {
  return kubeLeaseClient({
    client: methods as KubeClient,
    namespace: 'tigera-operator',
    name: 'operator-lock',
    fieldManager: 'calico-operator/lease',
  });
}

const { signal } = new AbortController();

describe('a Lease as the record of an election', () => {
  test('is created in its namespace under its name', async () => {
    const calls: unknown[] = [];
    const client = leaseClient({
      create: (resource, body, options) => {
        calls.push(resource.plural, body, options);
        return Promise.resolve({ ...object, metadata: { ...object.metadata, resourceVersion: '7' } });
      },
    });
    expect(await client.create(record, signal)).toEqual({ version: '7', record });
    expect(calls).toEqual(['leases', object, { fieldManager: 'calico-operator/lease', signal }]);
  });

  test('is replaced only in the version that was read', async () => {
    const calls: unknown[] = [];
    const client = leaseClient({
      replace: (ref, body) => {
        calls.push(ref.name, ref.namespace, body.metadata.resourceVersion);
        return Promise.resolve({ ...object, metadata: { ...object.metadata, resourceVersion: '9' } });
      },
    });
    expect((await client.replace('8', record, signal)).version).toBe('9');
    expect(calls).toEqual(['operator-lock', 'tigera-operator', '8']);
  });

  test('one that is not there is nothing; other failures stay failures', async () => {
    const failing = (code: number, reason: string) =>
      leaseClient({ get: () => Promise.reject(new StatusError('no', { code, reason })) });
    expect(await failing(404, 'NotFound').get(signal)).toBeUndefined();
    await expect(failing(403, 'Forbidden').get(signal)).rejects.toThrow('no');
  });

  test('one without a spec, as a person may make it, is free', async () => {
    const { spec: _spec, ...empty } = object;
    const stored = await leaseClient({ get: () => Promise.resolve(empty) }).get(signal);
    expect(stored?.record).toMatchObject({ holder: '', durationSeconds: 0, transitions: 0 });
  });
});
