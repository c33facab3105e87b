/** Argo CD installs, changes, repairs and removes Calico from the chart in a git repository. */
import { expect, jest, test } from '@jest/globals';
import { dump } from 'js-yaml';

import type { KubeObject } from '../../src/api/kubernetes.ts';
import { useContractWatch } from '../cluster/contract-watch.ts';
import { calicoNodePath, installationPath, poolPath, readInstallation } from '../cluster/harness.ts';
import { statusByProcess } from '../cluster/operator-pods.ts';
import { eventually } from '../control-plane/eventually.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import {
  type Application,
  applicationPath,
  expectAlways,
  isSynced,
  isSyncedAndHealthy,
  readExample,
  refresh,
  type ResourceState,
  untilApplication,
} from './applications.ts';
import { destination } from './argo-cd.ts';
import { useGitOps } from './fixture.ts';

jest.setTimeout(2_400_000);

const name = 'calico';
const cluster = useFreshCluster();
useContractWatch(cluster);
const gitOps = useGitOps(cluster, name, ['deploy/chart/calico-operator']);
const valuesPath = 'clusters/local/calico.yaml';
const pool = {
  name: 'default-ipv4-ippool',
  cidr: '10.244.0.0/16',
  encapsulation: 'VXLANCrossSubnet',
  natOutgoing: 'Enabled',
  nodeSelector: 'all()',
};

/** Values as a cluster's file has them. */
const values = (change: object = {}): string =>
  dump({
    podAnnotations: statusByProcess,
    installation: { calicoNetwork: { ipPools: [{ ...pool, ...change }] } },
  });

/** The example, with the values in a file of the repository, so that a change of them is a commit. */
async function application(): Promise<Application> {
  const example = await readExample('application.yaml', {
    'https://git.example.com/platform/calico-operator.git': gitOps().repository.url,
    'https://kubernetes.default.svc': cluster().url,
  });
  const source = example.spec['source'] as { readonly helm: object };
  return {
    ...example,
    spec: {
      ...example.spec,
      source: { ...source, helm: { releaseName: 'calico-operator', valueFiles: [`/${valuesPath}`] } },
    },
  };
}

/** Commits values, and waits until Argo CD has made what it can of them. */
async function commitValues(change: object, health: string): Promise<Application> {
  const revision = await gitOps().repository.commit({ [valuesPath]: values(change) });
  await refresh(cluster().api, name);
  return untilApplication(cluster().api, name, { sync: 'Synced', health, revision });
}

/** What Argo CD tells of the Installation. */
const installationIn = (resources: readonly ResourceState[] = []): ResourceState | undefined =>
  resources.find(({ kind }) => kind === 'Installation');

async function install(): Promise<void> {
  const revision = await gitOps().repository.commit({ [valuesPath]: values() });
  await cluster().api.apply(applicationPath(name), await application(), 'user');
  const live = await untilApplication(cluster().api, name, { sync: 'Synced', health: 'Healthy', revision });
  expect(installationIn(live.status?.resources)).toMatchObject({
    status: 'Synced',
    health: { status: 'Healthy' },
  });
  expect(live.status?.operationState?.phase).toBe('Succeeded');
  // An installation that goes well is never taken for one that fails, which would end the sync. Argo CD does take definitions
  // for failed that are not served after three seconds, and tries again.
  const seen = gitOps()
    .watch.take()
    .map(({ resources }) => installationIn(resources)?.health?.status);
  expect(seen).toContain('Healthy');
  expect(seen).not.toContain('Degraded');
}

async function changePool(): Promise<void> {
  await commitValues({ natOutgoing: 'Disabled' }, 'Healthy');
  const live = await cluster().api.get<KubeObject & { readonly spec: object }>(poolPath);
  expect(live.spec).toMatchObject({ natOutgoing: false });
}

async function breakAndMend(): Promise<void> {
  await commitValues({ nodeSelector: 'has(rack' }, 'Degraded');
  const { status } = await readInstallation(cluster().api);
  const cause = status?.conditions?.find(({ type }) => type === 'Degraded')?.message ?? '';
  expect(cause).toContain('nodeSelector');
  await eventually(
    async () => {
      const live = await cluster().api.get<Application>(applicationPath(name));
      return installationIn(live.status?.resources)?.health?.message === cause;
    },
    { description: 'Argo CD to tell the cause' },
  );
  await commitValues({}, 'Healthy');
}

/** The chart's schema refuses a value. */
async function refuseMistake(): Promise<void> {
  const { api } = cluster();
  const paths = [installationPath, calicoNodePath, operatorPath];
  const generations = async () =>
    (await Promise.all(paths.map((path) => api.get(path)))).map(({ metadata }) => metadata.generation);
  const before = await generations();
  await gitOps().repository.commit({ [valuesPath]: values({ encapsulation: 'Wormhole' }) });
  await refresh(api, name);
  await eventually(
    async () => {
      const { status } = await api.get<Application>(applicationPath(name));
      const told = (status?.conditions ?? []).map(({ message }) => message).join();
      if (!/encapsulation/.test(told)) throw new Error(told);
      return true;
    },
    { description: 'Argo CD to tell what the chart refuses', timeout: 300_000 },
  );
  expect(await generations()).toEqual(before);
  await commitValues({}, 'Healthy');
  expect(await generations()).toEqual(before);
}

async function repairDrift(): Promise<void> {
  const { api } = cluster();
  const ipPools = [{ ...pool, natOutgoing: 'Disabled' }];
  await api.mergePatch(installationPath, { spec: { calicoNetwork: { ipPools } } });
  await eventually(
    async () =>
      (await readInstallation(api)).spec?.calicoNetwork?.ipPools?.[0]?.natOutgoing === pool.natOutgoing,
    { description: 'Argo CD to undo a change of the Installation', timeout: 300_000 },
  );
  await untilApplication(api, name, { sync: 'Synced', health: 'Healthy' });
}

/** What happens on a cluster: the operator's pods go, a node comes, somebody sets what is not in git. */
async function disturb(): Promise<void> {
  const { api } = cluster();
  const running = await api.list<KubeObject>(operatorPods);
  for (const { metadata } of running) await api.delete(`${operatorPods}/${metadata.name}`);
  await cluster().createNodes(1, { first: 3 });
  await api.mergePatch(felixPath, { spec: { logSeverityScreen: 'Warning' } });
  await eventually(
    async () => {
      const { status } = await api.get<DaemonSet>(calicoNodePath);
      return status?.numberReady === 4;
    },
    { description: 'calico-node on the new node', timeout: 300_000 },
  );
}

interface DaemonSet extends KubeObject {
  readonly status?: { readonly numberReady?: number };
}

async function removeAll(): Promise<void> {
  const { api } = cluster();
  // What `argocd app delete` does.
  await api.mergePatch(applicationPath(name), {
    metadata: { finalizers: ['resources-finalizer.argocd.argoproj.io'] },
  });
  await api.delete(applicationPath(name));
  await eventually(async () => (await api.find(applicationPath(name))) === undefined, {
    description: 'the Application to be gone',
    timeout: 600_000,
  });
  const paths = [installationPath, calicoNodePath, operatorPath];
  expect(await Promise.all(paths.map((path) => api.find(path)))).toEqual(paths.map(() => undefined));
  // Data stays.
  expect(await api.find(poolPath)).toBeDefined();
}

const felixPath = '/apis/crd.projectcalico.org/v1/felixconfigurations/default';
const operatorPods = '/api/v1/namespaces/tigera-operator/pods';
const operatorPath = '/apis/apps/v1/namespaces/tigera-operator/deployments/tigera-operator';

/** An ApplicationSet makes the Application of each cluster, and leaves Calico where it is when it goes. */
async function installOnEveryCluster(): Promise<void> {
  const { api } = cluster();
  const { argo, repository } = gitOps();
  const generated = `${name}-${destination}`;
  await argo.startApplicationSets();
  const set = await readExample<object>('applicationset.yaml', {
    'https://git.example.com/platform/calico-operator.git': repository.url,
    'https://git.example.com/platform/clusters.git': repository.url,
  });
  await api.apply(applicationSetPath, set, 'user');
  await eventually(() => api.find(applicationPath(generated)), {
    description: 'the ApplicationSet to make an Application',
    timeout: 300_000,
  });
  await untilApplication(api, generated, { sync: 'Synced', health: 'Healthy' });
  const { metadata } = await readInstallation(api);
  await api.delete(applicationSetPath);
  await eventually(async () => (await api.find(applicationPath(generated))) === undefined, {
    description: 'the Application to go with the ApplicationSet',
    timeout: 300_000,
  });
  const left = await readInstallation(api);
  expect([left.metadata.uid, left.metadata.deletionTimestamp]).toEqual([metadata.uid, undefined]);
}

const applicationSetPath = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applicationsets/calico';

test('from the first commit to the last, and once more by an ApplicationSet', async () => {
  await install();
  await changePool();
  await breakAndMend();
  await refuseMistake();
  await repairDrift();
  await expectAlways(cluster(), name, gitOps(), isSyncedAndHealthy);
  await expectAlways(cluster(), name, gitOps(), isSynced, disturb);
  await removeAll();
  await installOnEveryCluster();
});
