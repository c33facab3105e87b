/** The election's record as a `coordination.k8s.io/v1` Lease. */
import { isNotFound } from '../kube/errors.ts';
import type { KubeClient, ObjectRef } from '../kube/types.ts';
import type { LeaseClient, LeaseRecord, StoredLease } from './lease.ts';

type KubeObject = Parameters<KubeClient['create']>[1];

interface LeaseObject extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

const leases: ObjectRef['resource'] = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
  namespaced: true,
};

export interface KubeLeaseOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly name: string;
  readonly fieldManager: string;
}

/** A lease client over the API server. */
export function kubeLeaseClient(options: KubeLeaseOptions): LeaseClient {
  const { client, namespace, name, fieldManager } = options;
  const ref: ObjectRef = { resource: leases, namespace, name };
  return {
    async get(signal) {
      try {
        return toStored(await client.get(ref, { signal }));
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
    async create(record, signal) {
      return toStored(await client.create(leases, toObject(ref, record), { fieldManager, signal }));
    },
    async replace(version, record, signal) {
      return toStored(await client.replace(ref, toObject(ref, record, version), { fieldManager, signal }));
    },
  };
}

function toObject(ref: ObjectRef, record: LeaseRecord, resourceVersion?: string): LeaseObject {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: ref.name,
      ...(ref.namespace === undefined ? {} : { namespace: ref.namespace }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    spec: {
      holderIdentity: record.holder,
      leaseDurationSeconds: record.durationSeconds,
      acquireTime: record.acquireTime,
      renewTime: record.renewTime,
      leaseTransitions: record.transitions,
    },
  };
}

function toStored(object: KubeObject): StoredLease {
  const { spec = {}, metadata }: LeaseObject = object;
  return {
    version: metadata.resourceVersion ?? '',
    record: {
      holder: spec.holderIdentity ?? '',
      durationSeconds: spec.leaseDurationSeconds ?? 0,
      acquireTime: spec.acquireTime ?? '',
      renewTime: spec.renewTime ?? '',
      transitions: spec.leaseTransitions ?? 0,
    },
  };
}
