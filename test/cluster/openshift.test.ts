import { afterEach, expect, test } from '@jest/globals';

import type { OpenShiftNetwork } from '../../src/api/openshift.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { eventually } from '../control-plane/eventually.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import { useContractWatch } from './contract-watch.ts';
import {
  applyInstallation,
  holds,
  operatorInstalled,
  operatorWrites,
  poolPath,
  readInstallation,
  startLeader,
  untilQuiet,
  untilReady,
} from './harness.ts';
import { makeNetwork, makeOpenShift, openShiftGroup } from './openshift.ts';
import type { Operator } from './operator.ts';

const cluster = useFreshCluster(operatorInstalled);
useContractWatch(cluster);
let operator: Operator | undefined;
afterEach(() => operator?.stop());

const networkPath = `${openShiftGroup}/networks/cluster`;

test('OpenShift is recognised, gives the pools, and is told that the network is Calico’s', async () => {
  const { api } = cluster();
  await makeOpenShift(api);
  const start = await cluster().auditLog.mark();
  operator = await startLeader(cluster());
  await applyInstallation(api, {});
  // The Network is OpenShift's to make: until then the cause is told, and it heals by itself.
  await eventually(async () => holds(await readInstallation(api), 'Degraded'), {
    description: 'the missing Network to be told',
  });
  const { status } = await readInstallation(api);
  expect(JSON.stringify(status?.conditions)).toContain('Network cluster');
  await makeNetwork(api);
  const ready = await untilReady(api);
  expect(ready.status?.computed).toMatchObject({
    kubernetesProvider: 'OpenShift',
    cni: { confDir: '/var/run/multus/cni/net.d' },
  });
  expect(await api.get<KubeObject>(poolPath)).toMatchObject({ spec: { cidr: '10.128.0.0/14' } });
  expect((await api.get<OpenShiftNetwork>(networkPath)).status).toEqual({
    clusterNetwork: [{ cidr: '10.128.0.0/14', hostPrefix: 23 }],
    serviceNetwork: ['172.30.0.0/16'],
    networkType: 'Calico',
    clusterNetworkMTU: 0,
  });

  await untilQuiet(cluster());
  await api.mergePatch(networkPath, { status: { networkType: 'OVNKubernetes' } });
  await eventually(
    async () => (await api.get<OpenShiftNetwork>(networkPath)).status?.networkType === 'Calico',
    { description: 'the edited status to be set back' },
  );
  await untilQuiet(cluster());
  const mark = await cluster().auditLog.mark();
  await operator.stop();
  operator = await startLeader(cluster());
  await untilQuiet(cluster());
  expect(await operatorWrites(cluster(), mark)).toEqual([]);

  // Whether this is AWS is asked; what only AWS needs is not.
  const requests = await cluster().auditLog.since(start, { userAgent: 'calico-operator/' });
  const resources = new Set(requests.map(({ resource }) => resource));
  expect(resources.has('infrastructures')).toBe(true);
  expect(resources.has('jobs')).toBe(false);
});
