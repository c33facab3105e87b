import { afterEach, expect, test } from '@jest/globals';

import type { KubeObject } from '../../src/api/kubernetes.ts';
import { eventually } from '../control-plane/eventually.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import { useContractWatch } from './contract-watch.ts';
import {
  applyInstallation,
  calicoNodePath,
  describeObject,
  describeRequest,
  isLeading,
  madeObjects,
  operatorInstalled,
  operatorWrites,
  startLeader,
  untilQuiet,
  untilReady,
} from './harness.ts';
import { type Operator, startOperator } from './operator.ts';

const cluster = useFreshCluster(operatorInstalled);
useContractWatch(cluster);
const running = new Set<Operator>();

afterEach(async () => {
  await Promise.all([...running].map((operator) => operator.stop()));
  running.clear();
});

const configMap = '/api/v1/namespaces/calico-system/configmaps/cni-config';

/** What changes when an object is written differently; the status of workloads is others' work. */
async function generations(): Promise<readonly string[]> {
  const describe = (object: KubeObject): string =>
    `${describeObject(object)} ${object.metadata.uid ?? ''} ${object.metadata.generation ?? object.metadata.resourceVersion ?? ''}`;
  return (await madeObjects(cluster().api))
    .filter(({ metadata }) => metadata.name !== 'cni-config')
    .map(describe)
    .sort();
}

/** Ends the leader in one way, and returns the milliseconds until the standby repairs something. */
async function handOver(leader: Operator, signal: 'SIGTERM' | 'SIGKILL'): Promise<number> {
  const { api } = cluster();
  const began = performance.now();
  await leader.signal(signal);
  await leader.exited();
  running.delete(leader);
  await api.delete(configMap);
  await eventually(() => api.find(configMap), { interval: 20, description: 'the standby to act' });
  return performance.now() - began;
}

test('the standby does nothing, takes over fast, and writes nothing anew', async () => {
  const { api, auditLog } = cluster();
  const first = await startLeader(cluster(), { name: 'operator-a' });
  running.add(first);
  const second = await startOperator(cluster(), { name: 'operator-b' });
  running.add(second);
  await second.ready();
  await applyInstallation(api);
  await untilReady(api);
  await untilQuiet(cluster());
  expect(await isLeading(second)).toBe(false);
  const before = await generations();
  const daemonSet = await api.get(calicoNodePath);

  const mark = await auditLog.mark();
  const afterTerm = await handOver(first, 'SIGTERM');
  expect(afterTerm).toBeLessThanOrEqual(5000);
  expect(await isLeading(second)).toBe(true);

  const third = await startOperator(cluster(), { name: 'operator-c' });
  running.add(third);
  await third.ready();
  const afterKill = await handOver(second, 'SIGKILL');
  expect(afterKill).toBeLessThanOrEqual(20_000);
  expect(await isLeading(third)).toBe(true);
  process.stderr.write(
    `  taken over after ${Math.round(afterTerm)} ms (SIGTERM), ${Math.round(afterKill)} ms (SIGKILL)\n`,
  );

  await untilReady(api);
  await untilQuiet(cluster());
  expect(await generations()).toEqual(before);
  expect((await api.get(calicoNodePath)).metadata.uid).toBe(daemonSet.metadata.uid);
  const writes = (await operatorWrites(cluster(), mark)).filter(
    ({ resource }) => !/status|events/.test(resource),
  );
  expect(writes.map(describeRequest)).toEqual([`patch ${configMap} 201`, `patch ${configMap} 201`]);
});
