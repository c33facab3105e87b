/** What tests of the chart on a cluster share: an empty cluster, values, and the clients' programs. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';

import { repository } from '../../scripts/bundle/bundle.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { makeFresh } from '../control-plane/shared.ts';
import { helms, kubectlProgram, succeed } from './clients.ts';
import { buildOperator } from './operator.ts';
import { type OperatorPods, runOperatorPods, statusByProcess } from './operator-pods.ts';

/** The chart of the release before; see the README beside it. */
export const earlierChart = join(repository, 'test/cluster/fixtures/charts/calico-operator-0.0.9.tgz');

/** Name and namespace of the release, as arguments. */
export const release = ['calico-operator', '--namespace=tigera-operator'] as const;
export const patience = ['--wait', '--timeout=4m'] as const;

/** What {@link useReleases} gives, for use inside of tests. */
export interface Releases {
  /** Brings the cluster back to two nodes without a network, and plays kubelet to pods of the operator's image. */
  readonly startEmpty: () => Promise<void>;
  readonly pods: () => OperatorPods;
  /** Writes values for pods whose status tells how their process fares, and answers with the path. */
  readonly values: (name: string, values: object) => Promise<string>;
  /** Writes a file, and answers with its path. */
  readonly file: (name: string, content: string) => Promise<string>;
  /** Runs a program as the administrator of the cluster. @throws Error with what it wrote if it fails. */
  readonly run: (program: string, ...args: readonly string[]) => Promise<string>;
  readonly kubectl: (...args: readonly string[]) => Promise<string>;
}

/** Builds what is needed before the tests of the calling file, and ends everything after them. */
export function useReleases(cluster: () => ControlPlane): Releases {
  let kubectl: string;
  let scratch: string;
  let pods: OperatorPods | undefined;

  beforeAll(async () => {
    [kubectl, scratch] = await Promise.all([
      kubectlProgram(),
      mkdtemp(join(tmpdir(), 'calico-operator-helm-')),
      buildOperator(),
      ...helms.map(({ program }) => program()),
    ]);
  }, 1_800_000);
  afterAll(async () => {
    await pods?.stop();
    await rm(scratch, { recursive: true, force: true });
  });

  const file: Releases['file'] = async (name, content) => {
    const path = join(scratch, name);
    await writeFile(path, content);
    return path;
  };
  const run: Releases['run'] = (program, ...args) =>
    succeed(program, args, { kubeconfig: cluster().kubeconfig });
  return {
    startEmpty: async () => {
      await pods?.stop();
      await makeFresh(cluster());
      await createBareNodes(cluster());
      pods = runOperatorPods(cluster());
    },
    pods: () => {
      if (pods === undefined) throw new Error('there are pods only after startEmpty()');
      return pods;
    },
    values: (name, values) =>
      file(`${name}.json`, JSON.stringify({ podAnnotations: statusByProcess, ...values })),
    file,
    run,
    kubectl: (...args) => run(kubectl, ...args),
  };
}

/** Nodes as they are before there is a network. */
async function createBareNodes(cluster: ControlPlane): Promise<void> {
  const keys = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/network-unavailable'];
  await cluster.createNodes(2, { taints: keys.map((key) => ({ key, effect: 'NoSchedule' })) });
}

/** What kubelet and calico-node do once calico-node runs. */
export async function untaintNodes({ api }: ControlPlane): Promise<void> {
  for (const { metadata } of await api.list('/api/v1/nodes')) {
    await api.mergePatch(`/api/v1/nodes/${metadata.name}`, { spec: { taints: null } });
  }
}
