import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DaemonSet, KubeObject, Pod } from '../../src/api/kubernetes.ts';
import { eventually } from '../control-plane/eventually.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import { useContractWatch } from './contract-watch.ts';
import {
  applyInstallation,
  calicoNodePath,
  describeRequest,
  holds,
  installationPath,
  madeObjects,
  operatorInstalled,
  operatorRequests,
  operatorWrites,
  readInstallation,
  startLeader,
  untilPasses,
  untilQuiet,
  untilReady,
} from './harness.ts';
import type { Operator } from './operator.ts';
import { installDns, linuxSpec, setStrictAffinity, tellEndpoint, windowsSpec } from './windows-nodes.ts';

const cluster = useFreshCluster(operatorInstalled);
useContractWatch(cluster);
let operator: Operator;

const calicoSystem = '/apis/apps/v1/namespaces/calico-system';
const windowsPath = `${calicoSystem}/daemonsets/calico-node-windows`;
const configPath = '/api/v1/namespaces/calico-system/configmaps/cni-config-windows';
const windowsNames = ['windows-00000', 'windows-00001'];
const windowsNodes = { prefix: 'windows-', labels: { 'kubernetes.io/os': 'windows' } };

interface TigeraStatus extends KubeObject {
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message: string;
    }[];
  };
}

const findStatus = (component: string) =>
  cluster().api.find<TigeraStatus>(`/apis/operator.tigera.io/v1/tigerastatuses/${component}`);

async function condition(component: string, type: string) {
  const status = await findStatus(component);
  return status?.status?.conditions?.find((each) => each.type === type);
}

const expectStatus = (component: string, type: string, status: 'True' | 'False') =>
  untilPasses(async () => expect(await condition(component, type)).toMatchObject({ type, status }), {
    description: `${component} to be ${type} ${status}`,
    interval: 20,
  });

/** Waits until Windows is refused, and answers with what is said about it. */
async function untilRefused(): Promise<string> {
  await expectStatus('calico-windows', 'Degraded', 'True');
  return (await condition('calico-windows', 'Degraded'))?.message ?? '';
}

const podsOf = async (app: string): Promise<readonly Pod[]> =>
  (await cluster().api.list<Pod>('/api/v1/namespaces/calico-system/pods')).filter(
    ({ metadata }) => metadata.labels?.['k8s-app'] === app,
  );

const readDaemonSet = (path: string): Promise<DaemonSet> => cluster().api.get<DaemonSet>(path);

/** What would change if the pods of Linux were touched. */
async function linux(): Promise<unknown> {
  const [{ metadata }, pods] = await Promise.all([readDaemonSet(calicoNodePath), podsOf('calico-node')]);
  return {
    uid: metadata.uid,
    generation: metadata.generation,
    pods: pods.map((pod) => pod.metadata.uid).sort(),
  };
}

/** Nodes that are deleted keep their pods for a minute, nodes of another system lose them at once. */
async function turnInto(os: string): Promise<void> {
  const labels = { 'kubernetes.io/os': os };
  for (const name of windowsNames) {
    await cluster().api.mergePatch(`/api/v1/nodes/${name}`, { metadata: { labels } });
  }
}

/** Whether anything at all in the cluster is there for Windows. */
async function expectNoWindows(): Promise<void> {
  const names = (await madeObjects(cluster().api)).map(({ metadata }) => metadata.name);
  expect(names.filter((name) => name.includes('windows'))).toEqual([]);
  expect(await findStatus('calico-windows')).toBeUndefined();
}

beforeAll(async () => {
  const { api } = cluster();
  await Promise.all([cluster().createNodes(2, windowsNodes), installDns(api), setStrictAffinity(api, true)]);
  operator = await startLeader(cluster());
});
afterAll(() => operator.stop());

test('where Windows is off, nothing of it is made or watched', async () => {
  const mark = await cluster().auditLog.mark();
  await applyInstallation(cluster().api, linuxSpec);
  await untilReady(cluster().api);
  await untilQuiet(cluster());
  await expectNoWindows();
  const asked = (await operatorRequests(cluster(), mark)).filter(({ uri }) =>
    /ipamconfigs|kube-system\/services\?/.test(uri),
  );
  expect(asked.map(describeRequest)).toEqual([]);
  expect((await podsOf('calico-node')).map(({ spec }) => spec?.nodeName)).toHaveLength(3);
});

test('without the address of the API server Windows is refused with the cure, and Linux goes on', async () => {
  const { api } = cluster();
  const before = await linux();
  await applyInstallation(api, windowsSpec);
  const message = await untilRefused();
  expect(message).toContain('ConfigMap tigera-operator/kubernetes-services-endpoint: it does not exist');
  expect(message).toContain('Create it with KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT');
  await expectStatus('calico', 'Available', 'True');
  await expectStatus('ippools', 'Available', 'True');
  const installation = await readInstallation(api);
  expect([holds(installation, 'Degraded'), holds(installation, 'Stalled')]).toEqual([true, true]);
  expect(installation.status?.computed?.windowsNodes).toEqual({
    cniBinDir: '/opt/cni/bin',
    cniConfigDir: '/etc/cni/net.d',
    cniLogDir: '/var/log/calico/cni',
  });
  expect(await api.find(windowsPath)).toBeUndefined();
  expect(await linux()).toEqual(before);

  const account = '/api/v1/namespaces/calico-system/serviceaccounts/calico-node';
  await api.delete(account, 'Background');
  await untilPasses(async () => expect(await api.find(account)).toBeDefined(), { interval: 20 });
});

test('creating the ConfigMap heals it at once: Calico runs on the Windows nodes, and on these only', async () => {
  const { api } = cluster();
  const told = performance.now();
  await tellEndpoint(api);
  await eventually(() => api.find(windowsPath), { interval: 10 });
  expect(performance.now() - told).toBeLessThan(3_000);
  await untilReady(api);
  await expectStatus('calico-windows', 'Available', 'True');

  const nodesOf = async (app: string) => (await podsOf(app)).map(({ spec }) => spec?.nodeName ?? '').sort();
  expect(await nodesOf('calico-node-windows')).toEqual(windowsNames);
  expect(await nodesOf('calico-node')).toEqual(['node-00000', 'node-00001', 'node-00002']);
  for (const app of ['csi-node-driver', 'calico-kube-controllers']) {
    for (const name of await nodesOf(app)) expect(name).toMatch(/^node-/);
  }
  const { status } = await readDaemonSet(windowsPath);
  expect(status).toMatchObject({ desiredNumberScheduled: 2, numberAvailable: 2 });
  expect(await api.find(configPath)).toBeDefined();
  await untilQuiet(cluster());
});

test('drift is repaired, and a restart writes nothing', async () => {
  const { api } = cluster();
  await api.mergePatch(windowsPath, {
    spec: { template: { spec: { hostNetwork: true, terminationGracePeriodSeconds: 60 } } },
  });
  await api.delete(configPath);
  await untilPasses(
    async () => {
      const { spec } = await readDaemonSet(windowsPath);
      expect(spec?.template.spec?.terminationGracePeriodSeconds).toBe(5);
      expect(await api.find(configPath)).toBeDefined();
    },
    { interval: 20 },
  );
  await untilReady(api);
  await untilQuiet(cluster());
  const mark = await cluster().auditLog.mark();
  await operator.stop();
  operator = await startLeader(cluster());
  await untilQuiet(cluster(), 3_000);
  expect((await operatorWrites(cluster(), mark)).map(describeRequest)).toEqual([]);
});

test('what Windows lacks later is told, and what runs stays as it is', async () => {
  const { api } = cluster();
  const before = await linux();
  const { metadata } = await readDaemonSet(windowsPath);
  await setStrictAffinity(api, false);
  expect(await untilRefused()).toContain('IPAMConfig default: spec.strictAffinity "false"');
  await expectStatus('calico', 'Available', 'True');
  expect((await readDaemonSet(windowsPath)).metadata).toMatchObject({
    uid: metadata.uid,
    generation: metadata.generation,
  });
  await setStrictAffinity(api, true);
  await expectStatus('calico-windows', 'Available', 'True');
  await untilReady(api);
  expect(await linux()).toEqual(before);
});

test('without a Windows node everything is ready', async () => {
  const { api } = cluster();
  await turnInto('another');
  await untilPasses(
    async () => {
      expect((await readDaemonSet(windowsPath)).status).toMatchObject({ desiredNumberScheduled: 0 });
      expect(await podsOf('calico-node-windows')).toEqual([]);
    },
    { interval: 50 },
  );
  await untilReady(api);
  await expectStatus('calico-windows', 'Available', 'True');
  await turnInto('windows');
});

test('switched off, everything of Windows goes, and Linux is not touched', async () => {
  const { api } = cluster();
  await untilPasses(async () => expect(await podsOf('calico-node-windows')).toHaveLength(2), {
    interval: 50,
  });
  await untilReady(api);
  const before = await linux();
  await applyInstallation(api, linuxSpec);
  await untilPasses(expectNoWindows, { interval: 50 });
  await untilReady(api);
  await untilPasses(async () => expect(await podsOf('calico-node-windows')).toEqual([]));
  expect(await linux()).toEqual(before);

  await applyInstallation(api, windowsSpec);
  await expectStatus('calico-windows', 'Available', 'True');
  await untilReady(api);
  expect(await linux()).toEqual(before);
});

test('the end of the Installation is the end of Windows, too', async () => {
  const { api } = cluster();
  await api.delete(installationPath, 'Background');
  await eventually(async () => (await api.find(installationPath)) === undefined);
  await untilQuiet(cluster());
  await expectNoWindows();
});
