import { readFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { AuditedRequest } from '../control-plane/audit-log.ts';
import { eventually } from '../control-plane/eventually.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import { useContractWatch } from './contract-watch.ts';
import {
  applyInstallation,
  calicoNodePath,
  describeObject,
  installationPath,
  madeObjects,
  operatorInstalled,
  operatorWrites,
  poolPath,
  startInstalled,
  startLeader,
  untilPasses,
  untilQuiet,
  untilReady,
} from './harness.ts';
import { buildOperator, type Operator } from './operator.ts';

const cluster = useFreshCluster(operatorInstalled);
useContractWatch(cluster);
let operator: Operator;

// Every test ends with what it began with: an installation that is ready.
beforeAll(async () => {
  operator = await startInstalled(cluster());
});
afterAll(() => operator.stop());

/** What stays for good, by docs/adr/0004-teardown.md: what the CNI plugin needs to delete a pod, and configuration. */
const kept = [
  'BGPConfiguration default',
  'ClusterRole calico-cni-plugin',
  'ClusterRoleBinding calico-cni-plugin',
  'FelixConfiguration default',
  'IPPool default-ipv4-ippool',
  'KubeControllersConfiguration default',
  'Namespace calico-system',
  'ServiceAccount calico-system/calico-cni-plugin',
];

const left = async () => (await madeObjects(cluster().api)).map(describeObject).sort();
const isGone = async () => (await cluster().api.find(installationPath)) === undefined;

async function untilGone(): Promise<number> {
  const began = performance.now();
  await eventually(isGone, { description: 'the Installation to go' });
  return performance.now() - began;
}

/** Places of objects in the order in which the operator deleted them. */
function deletions(writes: readonly AuditedRequest[]): readonly string[] {
  return writes
    .filter(({ verb, code }) => verb === 'delete' && code < 300)
    .sort((a, b) => (a.receivedAt < b.receivedAt ? -1 : 1))
    .map(({ resource, name }) => `${resource} ${name}`);
}

/** calico-node goes after every workload with pods of its own, and what it needs after that. */
function expectOrder(order: readonly string[]): void {
  const at = (entry: string): number => order.indexOf(entry);
  const node = at('daemonsets calico-node');
  expect(node).toBeGreaterThan(-1);
  for (const [index, entry] of order.entries()) {
    if (/kube-controllers|csi/.test(entry)) expect([entry, index < node]).toEqual([entry, true]);
    if (/^(clusterroles|clusterrolebindings|serviceaccounts) calico-node$/.test(entry)) {
      expect([entry, index > node]).toEqual([entry, true]);
    }
  }
  expect(at('clusterroles calico-node')).toBeGreaterThan(node);
  expect(at('serviceaccounts calico-node')).toBeGreaterThan(node);
}

describe.each(['Background', 'Foreground', 'Orphan'] as const)('%s', (mode) => {
  test.each(['alive', 'started later'])('ends with the operator %s', async (when) => {
    const { api, auditLog } = cluster();
    const before = await left();
    const account = await api.get('/api/v1/namespaces/calico-system/serviceaccounts/calico-cni-plugin');
    if (when === 'started later') await operator.stop();
    const mark = await auditLog.mark();
    await api.delete(installationPath, mode);
    if (when === 'started later') operator = await startLeader(cluster());
    const time = await untilGone();
    expect(time).toBeLessThan(60_000);
    await untilQuiet(cluster());

    const order = deletions(await operatorWrites(cluster(), mark));
    if (mode === 'Orphan') {
      expect(await left()).toEqual(before);
      expect(order.filter((entry) => !entry.startsWith('tigerastatuses'))).toEqual([]);
    } else {
      await untilPasses(async () =>
        expect(await left()).toEqual(kept.filter((name) => before.includes(name))),
      );
      expectOrder(order);
      expect(await api.list('/api/v1/namespaces/calico-system/pods')).toEqual([]);
    }
    expect(await api.list('/apis/operator.tigera.io/v1/tigerastatuses')).toEqual([]);
    const after = await api.get('/api/v1/namespaces/calico-system/serviceaccounts/calico-cni-plugin');
    expect(after.metadata.uid).toBe(account.metadata.uid);

    const pool = await api.get(poolPath);
    await applyInstallation(api);
    await untilReady(api);
    await untilQuiet(cluster());
    expect(await left()).toEqual(before);
    expect((await api.get(poolPath)).metadata.uid).toBe(pool.metadata.uid);
  });
});

test('the namespace deleted by hand is built again', async () => {
  const { api } = cluster();
  const namespace = '/api/v1/namespaces/calico-system';
  const before = { objects: await left(), uid: (await api.get(namespace)).metadata.uid };
  await api.delete(namespace);
  await eventually(
    async () => {
      const { uid, deletionTimestamp } = (await api.get(namespace)).metadata;
      return uid !== before.uid && deletionTimestamp === undefined;
    },
    { description: 'the namespace to be built again' },
  );
  await untilPasses(async () => expect(await left()).toEqual(before.objects));
  await untilReady(api);
});

test('an Installation that is deleted while it comes up goes, too', async () => {
  const { api } = cluster();
  await api.delete(installationPath, 'Background');
  await untilGone();
  await applyInstallation(api);
  await eventually(() => api.find(calicoNodePath), { interval: 5 });
  await api.delete(installationPath, 'Foreground');
  await untilGone();
  await untilQuiet(cluster());
  expect(kept).toEqual(expect.arrayContaining([...(await left())]));
});

test('where the operator was deleted before, the command takes Calico away', async () => {
  const { api } = cluster();
  await applyInstallation(api);
  await untilReady(api);
  await operator.stop();
  const namespace = '/api/v1/namespaces/tigera-operator';
  await api.delete(namespace);
  await eventually(async () => (await api.find(namespace)) === undefined);
  const command = ['uninstall', `--kubeconfig=${cluster().kubeconfig}`, '--timeout=90s'];
  const program = await cluster().run('uninstall', process.execPath, [await buildOperator(), ...command], {
    env: { PATH: process.env['PATH'], HOME: cluster().directory },
  });
  const { code } = await program.exited();
  expect([code, await readFile(program.logFile, 'utf8')]).toEqual([
    0,
    expect.stringContaining('Calico is removed.'),
  ]);
  expect(await isGone()).toBe(true);
  expect(kept).toEqual(expect.arrayContaining([...(await left())]));
});
