import { expect, test } from '@jest/globals';
import type { DaemonSet, Deployment, KubeObject } from '../../api/kubernetes.ts';
import type { Resolved } from '../../resolve/types.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { measure } from './measure.ts';
import type { Stores } from './stores.ts';

const metadata = (name: string) => ({ name, namespace: 'calico-system' });

const daemonSet = (name: string, desired: number, ready: number): DaemonSet => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: metadata(name),
  status: {
    desiredNumberScheduled: desired,
    numberReady: ready,
    currentNumberScheduled: desired,
    numberMisscheduled: 0,
  },
});

const typha: Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: metadata('calico-typha'),
  status: { readyReplicas: 2 },
};

async function measured(...live: readonly KubeObject[]): Promise<readonly string[]> {
  const metrics = createMetrics({ version: '1', calicoVersion: 'v3', leaseName: 'l' });
  const stores = {
    live: ({ name }) => live.find((object) => object.metadata.name === name),
  } as Partial<Stores>;
  const resolved = { cluster: { nodes: { total: 7 } }, typha: { wanted: true, replicas: 3 } };
  measure([], resolved as Resolved, { metrics, stores: stores as Stores });
  return (await metrics.text()).split('\n').filter((line) => /^calico_operator_(node|typha)/.test(line));
}

test('pods of calico-node and replicas of Typha are those that are ready', async () => {
  const live = [daemonSet('calico-node', 7, 5), daemonSet('calico-node-windows', 1, 0), typha];
  expect(await measured(...live)).toEqual([
    'calico_operator_nodes 7',
    'calico_operator_typha_replicas{state="desired"} 3',
    'calico_operator_typha_replicas{state="ready"} 2',
    'calico_operator_node_pods{daemonset="calico-node",state="desired"} 7',
    'calico_operator_node_pods{daemonset="calico-node",state="ready"} 5',
    'calico_operator_node_pods{daemonset="calico-node-windows",state="desired"} 1',
    'calico_operator_node_pods{daemonset="calico-node-windows",state="ready"} 0',
  ]);
});

test('what is not there has no pods', async () => {
  expect(await measured()).toEqual([
    'calico_operator_nodes 7',
    'calico_operator_typha_replicas{state="desired"} 3',
    'calico_operator_typha_replicas{state="ready"} 0',
  ]);
});
