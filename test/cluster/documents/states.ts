/** Clusters as readers of the documentation have them. */
import { join } from 'node:path';

import { repository } from '../../../scripts/bundle/bundle.ts';
import type { ControlPlane } from '../../control-plane/control-plane.ts';
import { waitForCustomResources } from '../../control-plane/custom-resources.ts';
import { makeFresh, type Preparation } from '../../control-plane/shared.ts';
import { chartDirectory, helms, kubectlProgram, succeed } from '../clients.ts';
import { monitoringKinds } from '../fixtures/monitoring-kinds.ts';
import { untilReady } from '../harness.ts';
import { applyDefinitions } from '../manifests.ts';
import { buildOperator } from '../operator.ts';
import { type OperatorPods, runOperatorPods, statusByProcess } from '../operator-pods.ts';

/** What was done with the cluster before. */
export type State =
  /** Nothing: two nodes. */
  | 'empty'
  /** The same, with the kinds of Prometheus Operator. */
  | 'monitored'
  /** deploy/manifests/install.yaml was applied. */
  | 'operator'
  /** The same, with custom-resources.yaml, and Calico is available. */
  | 'installed'
  /** The chart was installed, and Calico is available. */
  | 'released';

/** Brings the cluster into a state, with pods of the operator's image that run as processes from then on. */
export async function enter(cluster: ControlPlane, state: State): Promise<OperatorPods> {
  await makeFresh(cluster, { snapshot: `documents-${state}`, prepare: prepare[state] });
  return runOperatorPods(cluster);
}

const manifest = (name: string): string => join(repository, 'deploy', 'manifests', name);

const prepare: Readonly<Record<State, Preparation['prepare']>> = {
  empty: async (cluster) => {
    await cluster.createNodes(2);
  },
  monitored: async (cluster) => {
    await cluster.createNodes(2);
    await applyDefinitions(cluster.api, monitoringKinds);
  },
  operator: async (cluster) => {
    await cluster.createNodes(2);
    await kubectl(cluster, 'apply', '-f', manifest('install.yaml'));
  },
  installed: async (cluster) => {
    await cluster.createNodes(2);
    await kubectl(cluster, 'apply', '-f', manifest('install.yaml'));
    await waitForCustomResources(cluster.api, [], ['/apis/operator.tigera.io/v1/installations']);
    await kubectl(cluster, 'apply', '-f', manifest('custom-resources.yaml'));
    await waitWithPods(cluster);
  },
  released: async (cluster) => {
    await cluster.createNodes(2);
    const helm = (await helms.at(-1)?.program()) ?? '';
    const values = JSON.stringify({ podAnnotations: statusByProcess });
    const args = ['calico-operator', chartDirectory, '--namespace=tigera-operator', '--create-namespace'];
    await succeed(helm, ['install', ...args, '--values=-'], {
      kubeconfig: cluster.kubeconfig,
      input: values,
    });
    await waitWithPods(cluster);
  },
};

async function kubectl({ kubeconfig }: ControlPlane, ...args: readonly string[]): Promise<void> {
  await succeed(await kubectlProgram(), args, { kubeconfig });
}

async function waitWithPods(cluster: ControlPlane): Promise<void> {
  await buildOperator();
  const pods = runOperatorPods(cluster);
  await untilReady(cluster.api, 120_000);
  await pods.stop();
}
