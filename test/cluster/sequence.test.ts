/** Every recorded spec on one living cluster, one after the other: what came before leaves no trace. */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';

import type { Installation, InstallationSpec } from '../../src/api/installation.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { resourcePath } from '../../src/kube/paths.ts';
import { resources } from '../../src/api/resources.ts';
import { eventually } from '../control-plane/eventually.ts';
import { makeFresh, type Preparation, useFreshCluster } from '../control-plane/shared.ts';
import { normalised } from '../fault/end-state.ts';
import { readRecording, type Recording, recordingNames } from '../reference/recording.ts';
import { useContractWatch } from './contract-watch.ts';
import {
  applyInstallation,
  holds,
  madeObjects,
  readInstallation,
  startLeader,
  untilQuiet,
  untilReady,
} from './harness.ts';
import { installOperator, type Operator } from './operator.ts';

jest.setTimeout(900_000);

/** One node that every recorded selector lets in, and rollouts are short on. */
const oneNode: Preparation = {
  snapshot: 'operator-installed-one-node',
  prepare: async (controlPlane) => {
    await installOperator(controlPlane);
    await controlPlane.createNodes(1, { labels: { arch: 'amd64', role: 'infra', zone: 'a' } });
  },
};

const cluster = useFreshCluster(oneNode);
useContractWatch(cluster);

/** Recordings that say nothing about a sequence, each with the reason. */
const leftOut: Readonly<Record<string, string>> = {
  'bad-pool-outside-kubeadm': 'another cluster: kubeadm names its pod network',
  'eks-amazonvpc': 'without a list the pools of the specs before stay in use',
  'empty-spec': 'without a list the pools of the specs before stay somebody else’s',
  'empty-spec-kubeadm': 'another cluster: kubeadm names its pod network',
  gke: 'without a list the pools of the specs before stay in use',
  'no-pools': 'without a list the pools of the specs before stay somebody else’s',
  'pools-empty-list': 'without a list the pools of the specs before stay somebody else’s',
  'nodes-1': 'another cluster: its spec is the stock one',
  'nodes-5': 'another cluster: its spec is the stock one',
  'nodes-250': 'another cluster: its spec is the stock one',
};

const recordings: readonly Recording[] = recordingNames()
  .filter((name) => leftOut[name] === undefined)
  .map(readRecording)
  .filter(({ crs }) => crs.length === 0);

/** The spec with ranges of its own: pools stay in a cluster, and ranges may not overlap. Typha as it was recorded. */
function specOf({ name, spec }: Recording): InstallationSpec {
  const index = recordings.findIndex((each) => each.name === name);
  // On AKS it runs on nodes with a label of the platform only.
  const typha = { mode: spec.kubernetesProvider === 'AKS' ? ('Never' as const) : ('Always' as const) };
  const pools = spec.calicoNetwork?.ipPools;
  if (pools === undefined) return { ...spec, typha };
  const ipPools = pools.map((pool, position) => ({
    ...pool,
    name: `pool-${index}-${position}`,
    cidr: name.startsWith('bad-') ? pool.cidr : rangeOf(pool.cidr.includes(':'), index, position),
  }));
  return { ...spec, typha, calicoNetwork: { ...spec.calicoNetwork, ipPools } };
}

const rangeOf = (isV6: boolean, index: number, position: number): string =>
  isV6 ? `fd00:${index + 1}:${position}::/48` : `10.${100 + index}.${position * 64}.0/18`;

interface End {
  readonly refused: readonly string[] | undefined;
  readonly objects: readonly unknown[];
}

const fresh = new Map<string, End>();
let operator: Operator;

/** Applies the spec with the objects that it was recorded beside, and waits for the end: installed or refused. */
async function applyRecorded(
  recording: Recording,
  tidy: (spec: InstallationSpec) => Promise<void> = () => Promise.resolve(),
): Promise<End> {
  const { api } = cluster();
  for (const object of recording.extra) await api.apply(pathOf(object), object, 'user');
  const spec = specOf(recording);
  const applied = await applyInstallation(api, spec).catch((error: unknown) => String(error));
  if (typeof applied === 'string') {
    await forget(recording);
    return { refused: [applied], objects: [] };
  }
  const live = await eventually(
    async () => {
      const now = await readInstallation(api);
      if (holds(now, 'Ready') || (holds(now, 'Degraded') && holds(now, 'Stalled'))) return now;
      throw new Error(JSON.stringify(now.status?.conditions));
    },
    { interval: 25, description: `${recording.name} to be installed or refused` },
  );
  const refused = refusalOf(live);
  if (refused === undefined) await tidy(spec);
  await untilQuiet(cluster(), 800);
  return { refused, objects: comparable(await madeObjects(api)) };
}

/**
 * Pools that no spec names any more stay, and serve while nothing of their family takes their place. A person who wants
 * them gone deletes them.
 */
async function tidyPools({ calicoNetwork }: InstallationSpec): Promise<void> {
  const { api } = cluster();
  const listed = (calicoNetwork?.ipPools ?? []).map(({ name }) => name);
  const path = resourcePath({ resource: resources.IPPool });
  for (const { metadata } of await api.list(path)) {
    if (!listed.includes(metadata.name)) await api.delete(`${path}/${metadata.name}`);
  }
  await untilQuiet(cluster(), 400);
  await untilReady(api);
}

async function forget(recording: Recording): Promise<void> {
  for (const object of recording.extra) await cluster().api.delete(pathOf(object));
}

function pathOf({ kind, metadata: { name, namespace } }: KubeObject): string {
  const resource = Object.values(resources).find((each) => each.kind === kind);
  if (resource === undefined) throw new Error(`${kind} is not known`);
  return resourcePath({ resource, name, ...(namespace === undefined ? {} : { namespace }) });
}

const refusalOf = ({ status }: Installation): readonly string[] | undefined => {
  const degraded = status?.conditions?.find(
    ({ type, status: value }) => type === 'Degraded' && value === 'True',
  );
  return degraded === undefined ? undefined : [`${degraded.reason}: ${degraded.message}`];
};

/**
 * Without what is history: the object of Calico's BGP settings stays when nothing of ours is in it any more.
 */
const comparable = (objects: readonly KubeObject[]): readonly unknown[] =>
  normalised(objects.filter((object) => !isHistory(object)));

function isHistory(object: KubeObject & { readonly spec?: Readonly<Record<string, unknown>> }): boolean {
  const { kind, spec = {} } = object;
  return kind === 'BGPConfiguration' && spec['programClusterRoutes'] === undefined;
}

beforeAll(async () => {
  for (const recording of recordings) {
    await makeFresh(cluster(), oneNode);
    operator = await startLeader(cluster());
    fresh.set(recording.name, await applyRecorded(recording));
    await operator.stop();
  }
  await makeFresh(cluster(), oneNode);
  operator = await startLeader(cluster());
}, 1_800_000);
afterAll(() => operator.stop());

describe('on a living cluster', () => {
  let last: readonly unknown[] = [];

  test.each(recordings.map((recording) => [recording.name, recording] as const))(
    '%s',
    async (name, recording) => {
      const alone = fresh.get(name)!;
      const end = await applyRecorded(recording, tidyPools);
      await forget(recording);
      const untouched = end.refused !== undefined;
      if (end.objects.length > 0) expect(end.objects).toEqual(untouched ? last : alone.objects);
      expect(end.refused === undefined ? 'installed' : end.refused).toEqual(
        alone.refused === undefined ? 'installed' : alone.refused,
      );
      if (!untouched) last = end.objects;
    },
  );
});
