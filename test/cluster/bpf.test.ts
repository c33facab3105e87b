import { afterAll, beforeAll, expect, test } from '@jest/globals';

import type { FelixConfiguration } from '../../src/api/calico.ts';
import type { InstallationSpec } from '../../src/api/installation.ts';
import type { DaemonSet, Pod } from '../../src/api/kubernetes.ts';
import type { TigeraStatus } from '../../src/api/tigera-status.ts';
import type { AuditMark } from '../control-plane/audit-log.ts';
import { eventually } from '../control-plane/eventually.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import { useContractWatch } from './contract-watch.ts';
import {
  applyInstallation,
  calicoNodePath,
  installationPath,
  operatorInstalled,
  operatorRequests,
  readInstallation,
  startInstalled,
  startLeader,
  stockSpec,
  untilPasses,
  untilQuiet,
  untilReady,
} from './harness.ts';
import {
  ageFelixConfiguration,
  applyApiServers,
  applyKubeProxy,
  disableSelector,
  felixPath,
  handOverSteps,
  kubeProxyPath,
  untilKubeProxyIs,
} from './kube-proxy.ts';
import type { Operator } from './operator.ts';

const monitorPath = '/apis/operator.tigera.io/v1/tigerastatuses/kubeproxy-monitor';
const podsPath = '/api/v1/namespaces/calico-system/pods';

const cluster = useFreshCluster({
  snapshot: 'operator-installed-beside-kube-proxy',
  prepare: async (controlPlane) => {
    await operatorInstalled.prepare(controlPlane);
    await applyKubeProxy(controlPlane.api);
    await applyApiServers(controlPlane.api, '10.0.0.1');
  },
});
useContractWatch(cluster);
let operator: Operator;

const specWith = (
  calicoNetwork: InstallationSpec['calicoNetwork'],
  more: InstallationSpec = {},
): InstallationSpec =>
  ({ ...more, calicoNetwork: { ...stockSpec.calicoNetwork, ...calicoNetwork } }) as InstallationSpec;
const bpf = {
  linuxDataplane: 'BPF',
  bpfNetworkBootstrap: 'Enabled',
  kubeProxyManagement: 'Enabled',
} as const;

/**
 * Each of the three nodes takes its time, so that the steps can be seen. It holds from the first installation on: pods that
 * are ready for a shorter time than is asked count as unavailable, and those are replaced all at once.
 */
const slowly: InstallationSpec = { calicoNodeDaemonSet: { spec: { minReadySeconds: 6 } } };

const felix = () => cluster().api.get<FelixConfiguration>(felixPath);
const calicoNode = () => cluster().api.get<DaemonSet>(calicoNodePath);
const message = async () =>
  JSON.stringify((await readInstallation(cluster().api)).status?.conditions?.map((each) => each.message));
const bootstrap = async () =>
  (await calicoNode()).spec?.template.spec?.initContainers?.find(({ name }) => name === 'ebpf-bootstrap');

/** Before anything was asked. */
let beginning: AuditMark;

beforeAll(async () => {
  beginning = await cluster().auditLog.mark();
  operator = await startInstalled(cluster(), specWith({}, slowly));
});
afterAll(() => operator.stop());

test('without BPF nothing of it is watched', async () => {
  const requests = await operatorRequests(cluster(), beginning);
  expect(requests.length).toBeGreaterThan(0);
  const place = /endpointslices|kube-proxy|namespaces\/default\/services/;
  expect(requests.map(({ uri }) => uri).filter((uri) => place.test(uri))).toEqual([]);
});

test('to BPF on a living cluster: calico-node, then Felix, then kube-proxy', async () => {
  const { api, auditLog } = cluster();
  const mark = await auditLog.mark();
  await applyInstallation(api, specWith(bpf, slowly));
  // The rollout does not wait for what is looked at in the meantime.
  const halfway = untilPasses(
    async () => {
      expect((await calicoNode()).status?.updatedNumberScheduled).toBe(2);
      expect((await felix()).spec).toMatchObject({ bpfEnabled: false, nftablesMode: 'Disabled' });
    },
    { interval: 50 },
  );
  halfway.catch(() => undefined);
  await untilPasses(async () =>
    expect(await message()).toContain('BPF data plane is switched on when every node'),
  );
  expect((await felix()).spec).toMatchObject({ bpfEnabled: false, nftablesMode: 'Disabled' });
  expect(await bootstrap()).toMatchObject({
    command: ['calico-node', '-init'],
    env: [
      { name: 'KUBERNETES_SERVICE_IPS_PORTS', value: '10.96.0.1:443' },
      { name: 'KUBERNETES_APISERVER_ENDPOINTS', value: '10.0.0.1:6443' },
    ],
  });

  await halfway;
  await untilPasses(async () =>
    expect(await felix()).toMatchObject({
      metadata: { annotations: { 'operator.tigera.io/bpfEnabled': 'true' } },
      spec: { bpfEnabled: true, nftablesMode: 'Enabled' },
    }),
  );

  await untilPasses(async () => expect(await message()).toContain('until Felix had time to restart'));
  await untilKubeProxyIs(cluster().api, 'on');
  await ageFelixConfiguration(cluster().api);
  await untilKubeProxyIs(cluster().api, 'off');
  await untilReady(api);
  await untilQuiet(cluster());
  expect(await handOverSteps(cluster(), mark)).toEqual([
    'patch calico-node',
    'patch felix',
    'patch kube-proxy',
  ]);
});

test('a node that fails, and a restart of the operator, change nothing', async () => {
  const { api, auditLog } = cluster();
  const mark = await auditLog.mark();
  const [pod] = (await api.list<Pod>(podsPath)).filter(
    ({ metadata }) => metadata.labels?.['k8s-app'] === 'calico-node',
  );
  const name = pod?.metadata.name ?? '';
  await cluster().setPodFault('calico-system', name, 'crash-loop');
  await untilPasses(async () => expect(await message()).toContain('crash-loops'));
  await operator.stop();
  operator = await startLeader(cluster());
  await cluster().setPodFault('calico-system', name, undefined);
  await untilReady(api);
  await untilQuiet(cluster());
  expect(await handOverSteps(cluster(), mark)).toEqual([]);
});

test('API servers that come and go reach the nodes only when they must', async () => {
  const { api } = cluster();
  const endpoints = async () =>
    (await bootstrap())?.env?.find(({ name }) => name === 'KUBERNETES_APISERVER_ENDPOINTS')?.value;
  const change = (...addresses: readonly string[]) => applyApiServers(api, ...addresses);
  await change('10.0.0.1', '10.0.0.2', '10.0.0.3');
  await untilPasses(async () => expect(await endpoints()).toBe('10.0.0.1:6443,10.0.0.2:6443,10.0.0.3:6443'));
  await untilQuiet(cluster());
  const { generation } = (await calicoNode()).metadata;
  await change('10.0.0.2', '10.0.0.3');
  await change('10.0.0.2', '10.0.0.3', '10.0.0.4');
  await untilQuiet(cluster());
  expect((await calicoNode()).metadata.generation).toBe(generation);
  await change('10.0.0.3', '10.0.0.4');
  await untilPasses(async () => expect(await endpoints()).toBe('10.0.0.3:6443,10.0.0.4:6443'));
});

test('and back: kube-proxy, then Felix, then calico-node, which starts as it did until then', async () => {
  const { api, auditLog } = cluster();
  await applyInstallation(api, specWith(bpf));
  await untilReady(api);
  await untilQuiet(cluster());
  const before = await bootstrap();
  const mark = await auditLog.mark();
  await applyInstallation(api, specWith({ kubeProxyManagement: 'Enabled' }));
  await untilKubeProxyIs(cluster().api, 'on');
  await untilPasses(async () =>
    expect(await message()).toContain('BPF data plane is switched off when kube-proxy serves'),
  );
  expect(await felix()).toMatchObject({ spec: { bpfEnabled: true, nftablesMode: 'Enabled' } });
  expect(await bootstrap()).toEqual(before);
  await untilReady(api);
  expect((await felix()).spec).toMatchObject({ bpfEnabled: false, nftablesMode: 'Disabled' });
  expect((await bootstrap())?.command).toContain('-best-effort');
  expect((await bootstrap())?.env).toBeUndefined();
  await untilQuiet(cluster());
  expect(await handOverSteps(cluster(), mark)).toEqual([
    'patch kube-proxy',
    'patch felix',
    'patch calico-node',
  ]);
});

test('TigeraStatus kubeproxy-monitor goes with the management', async () => {
  const { api } = cluster();
  expect(await api.get<TigeraStatus>(monitorPath)).toMatchObject({
    status: {
      conditions: expect.arrayContaining([
        expect.objectContaining({ type: 'Available', status: 'True' }),
      ]) as unknown,
    },
  });
  await applyInstallation(api);
  await untilPasses(async () => expect(await api.find(monitorPath)).toBeUndefined());
  await untilQuiet(cluster());
});

test('a kube-proxy that Argo CD keeps is left to it', async () => {
  const { api, auditLog } = cluster();
  const mark = await auditLog.mark();
  const annotation = 'argocd.argoproj.io/tracking-id';
  await api.mergePatch(kubeProxyPath, { metadata: { annotations: { [annotation]: 'proxies' } } });
  await applyInstallation(api, specWith(bpf));
  await untilPasses(async () => {
    const told = await message();
    expect(told).toContain(`DaemonSet kube-system/kube-proxy: metadata.annotations[${annotation}]`);
    expect(told).toContain(`Add ${disableSelector}`);
  });
  await untilPasses(async () => expect((await felix()).spec?.bpfEnabled).toBe(true));
  await untilQuiet(cluster());
  await untilKubeProxyIs(cluster().api, 'on');
  const setSelector = (value: string | null) =>
    api.mergePatch(kubeProxyPath, {
      spec: { template: { spec: { nodeSelector: { [disableSelector]: value } } } },
    });
  await setSelector('true');
  await untilReady(api);
  expect(await handOverSteps(cluster(), mark)).not.toContain('patch kube-proxy');

  await setSelector(null);
  await api.mergePatch(kubeProxyPath, { metadata: { annotations: { [annotation]: null } } });
  await ageFelixConfiguration(cluster().api);
  await untilKubeProxyIs(cluster().api, 'off');
  await untilReady(api);
});

test('a deletion gives kube-proxy back before calico-node goes', async () => {
  const { api, auditLog } = cluster();
  const mark = await auditLog.mark();
  await api.delete(installationPath);
  await eventually(async () => (await api.find(installationPath)) === undefined);
  await untilKubeProxyIs(cluster().api, 'on');
  expect((await felix()).spec).toMatchObject({ bpfEnabled: false });
  await untilPasses(async () => expect(await api.find(monitorPath)).toBeUndefined());
  expect((await handOverSteps(cluster(), mark)).slice(0, 3)).toEqual([
    'patch kube-proxy',
    'patch felix',
    'delete calico-node',
  ]);
});

test('on a fresh cluster BPF is on from the start, and a deletion ends without kube-proxy', async () => {
  const { api, auditLog } = cluster();
  const mark = await auditLog.mark();
  await applyInstallation(api, specWith(bpf));
  await untilKubeProxyIs(cluster().api, 'off');
  await untilReady(api);
  const order = (await handOverSteps(cluster(), mark)).filter((step) => step !== 'patch calico-node');
  expect(order).toEqual(['patch felix', 'patch kube-proxy']);
  await api.delete(kubeProxyPath);
  await untilPasses(async () => expect(await message()).toContain('there is no such DaemonSet'));
  await api.delete(installationPath);
  await eventually(async () => (await api.find(installationPath)) === undefined);
  await untilPasses(async () => expect(await api.find(monitorPath)).toBeUndefined());
});
