/** Snapshots for tests. */
import type { Installation, InstallationSpec } from '../api/installation.ts';
import { resolve } from './resolve.ts';
import type { ClusterFacts, NodeSummary, Resolved, Snapshot } from './types.ts';

/** An `Installation default` with the given spec. */
export function installationWith(spec: InstallationSpec, status?: Installation['status']): Installation {
  return {
    apiVersion: 'operator.tigera.io/v1',
    kind: 'Installation',
    metadata: { name: 'default', uid: '6f1c5c1e-0000-4000-8000-000000000001', generation: 1 },
    spec,
    ...(status === undefined ? {} : { status }),
  };
}

/** Linux nodes that all count for Typha. */
export function linuxNodes(count: number): NodeSummary {
  return { total: count, linux: count, windows: 0, typhaCandidates: count, typhaCandidatesLinux: count };
}

/** What a test says of a snapshot; the rest is as on a plain cluster of three Linux nodes. */
export interface SnapshotParts extends Partial<Omit<Snapshot, 'installation' | 'cluster'>> {
  readonly spec?: InstallationSpec;
  readonly status?: Installation['status'];
  readonly cluster?: Partial<ClusterFacts>;
}

/** A snapshot of a fresh, plain cluster, but for the parts given. */
export function defaultSnapshot({ spec = {}, status, cluster, ...parts }: SnapshotParts = {}): Snapshot {
  return {
    installation: installationWith(spec, status),
    cluster: {
      detectedProvider: '',
      kubernetesVersion: '1.36',
      clusterDomain: 'cluster.local',
      nodes: linuxNodes(3),
      awsNode: false,
      dnsServiceAddresses: ['10.96.0.10'],
      calicoApi: 'crd.projectcalico.org/v1',
      ...cluster,
    },
    pools: [],
    imageSets: [],
    secrets: {},
    configMaps: {},
    operatorNamespace: 'tigera-operator',
    ...parts,
  };
}

/** The decision for a snapshot that must be acceptable. */
export function mustResolve(snapshot: Snapshot): Resolved {
  const resolution = resolve(snapshot);
  if (resolution.kind === 'refused') throw new Error(JSON.stringify(resolution.refusals, undefined, 2));
  return resolution.resolved;
}
