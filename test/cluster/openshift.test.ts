import { afterEach, expect, jest, test } from '@jest/globals';

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
import type { Operator } from './operator.ts';

jest.setTimeout(180_000);

const cluster = useFreshCluster(operatorInstalled);
useContractWatch(cluster);
let operator: Operator | undefined;
afterEach(() => operator?.stop());

const group = 'config.openshift.io';
const networkPath = `/apis/${group}/v1/networks/cluster`;

/** A kind of OpenShift with an open schema and, as there, without status subresource. */
const kindOf = (plural: string, kind: string): object => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: `${plural}.${group}`,
    annotations: { 'api-approved.kubernetes.io': 'https://github.com/openshift/api' },
  },
  spec: {
    group,
    names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
    scope: 'Cluster',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});

async function makeOpenShift(): Promise<void> {
  const { api } = cluster();
  const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  for (const [plural, kind] of [
    ['networks', 'Network'],
    ['clusterversions', 'ClusterVersion'],
  ] as const) {
    await api.create(crds, kindOf(plural, kind));
    await eventually(() => api.get(`/apis/${group}/v1/${plural}`), { description: `${kind} to be served` });
  }
}

const network = (status: object = {}): object => ({
  apiVersion: `${group}/v1`,
  kind: 'Network',
  metadata: { name: 'cluster' },
  spec: { clusterNetwork: [{ cidr: '10.128.0.0/14', hostPrefix: 23 }], serviceNetwork: ['172.30.0.0/16'] },
  ...status,
});

test('OpenShift is recognised, gives the pools, and is told that the network is Calico’s', async () => {
  const { api } = cluster();
  await makeOpenShift();
  operator = await startLeader(cluster());
  await applyInstallation(api, {});
  // The Network is OpenShift's to make: until then the cause is told, and it heals by itself.
  await eventually(async () => holds(await readInstallation(api), 'Degraded'), {
    description: 'the missing Network to be told',
    timeout: 30_000,
  });
  const { status } = await readInstallation(api);
  expect(JSON.stringify(status?.conditions)).toContain('Network cluster');
  await api.create(`/apis/${group}/v1/networks`, network());
  const ready = await untilReady(api, 60_000);
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
});
