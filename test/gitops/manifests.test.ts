/** Argo CD installs the operator from its manifests and Calico from another folder, by server-side apply and diff. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, jest, test } from '@jest/globals';

import { repository as checkout } from '../../scripts/bundle/bundle.ts';
import { useContractWatch } from '../cluster/contract-watch.ts';
import { calicoNodePath, installationPath, readInstallation } from '../cluster/harness.ts';
import { eventually } from '../control-plane/eventually.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import {
  type Application,
  applicationPath,
  describe,
  expectAlways,
  isSyncedAndHealthy,
  readExample,
  refresh,
  untilApplication,
} from './applications.ts';
import { useGitOps } from './fixture.ts';

jest.setTimeout(1_800_000);

const name = 'calico';
const cluster = useFreshCluster();
useContractWatch(cluster);
const gitOps = useGitOps(cluster, name, ['deploy/manifests']);

/** The example, with the two repositories in one. */
async function application(): Promise<Application> {
  const { url } = gitOps().repository;
  return readExample('application-manifests.yaml', {
    'https://git.example.com/platform/calico-operator.git': url,
    'https://git.example.com/platform/clusters.git': url,
    'https://kubernetes.default.svc': cluster().url,
  });
}

/** Lets Argo CD write and compare as the API server does, instead of by itself. */
function onServerSide(example: Application): Application {
  const { spec, metadata } = example;
  const policy = spec['syncPolicy'] as object;
  return {
    ...example,
    metadata: {
      ...metadata,
      annotations: { 'argocd.argoproj.io/compare-options': 'ServerSideDiff=true' },
    },
    spec: { ...spec, syncPolicy: { ...policy, syncOptions: ['ServerSideApply=true'] } },
  };
}

const file = 'clusters/production/calico/custom-resources.yaml';
const stock = await readFile(join(checkout, 'deploy/manifests/custom-resources.yaml'), 'utf8');

/** What a user has in git, with a change. */
function withChange(from: string, to: string): string {
  if (!stock.includes(from)) throw new Error(`custom-resources.yaml has no ${from}`);
  return stock.replace(from, to);
}

/** Commits files, and has Argo CD look at them. */
async function commit(files: Readonly<Record<string, string | undefined>>): Promise<string> {
  const revision = await gitOps().repository.commit(files);
  await refresh(cluster().api, name);
  return revision;
}

const read = (): Promise<Application> => cluster().api.get<Application>(applicationPath(name));

/** The generations of what must not be touched. */
async function generations(): Promise<readonly unknown[]> {
  const objects = await Promise.all(
    [installationPath, calicoNodePath].map((path) => cluster().api.get(path)),
  );
  return objects.map(({ metadata: { uid, generation } }) => [uid, generation]);
}

async function staysAsItIs(): Promise<void> {
  const { api } = cluster();
  const revision = await gitOps().repository.commit({ [file]: stock });
  const example = await application();
  await api.apply(applicationPath(name), example, 'user');
  await untilApplication(api, name, { sync: 'Synced', health: 'Healthy', revision });
  await expectAlways(cluster(), name, gitOps(), isSyncedAndHealthy);

  await api.apply(applicationPath(name), onServerSide(example), 'user');
  await untilApplication(api, name, { sync: 'Synced', health: 'Healthy', revision });
  await expectAlways(cluster(), name, gitOps(), isSyncedAndHealthy);
}

/** The API server refuses the spec: nothing else of that commit is written either. */
async function refusesMistake(): Promise<void> {
  const { api } = cluster();
  const before = await generations();
  const beside = 'clusters/production/calico/beside.yaml';
  const configMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'beside', namespace: 'default' },
  };
  await commit({
    [file]: withChange('encapsulation: VXLANCrossSubnet', 'encapsulation: Wormhole'),
    [beside]: JSON.stringify(configMap),
  });
  await eventually(
    async () => {
      const application = await read();
      const told = JSON.stringify([application.status?.operationState, application.status?.conditions]);
      if (!/encapsulation: Unsupported value/.test(told)) throw new Error(describe(application));
      return true;
    },
    { description: 'Argo CD to tell what the API server refuses', timeout: 600_000 },
  );
  expect(await generations()).toEqual(before);
  expect(await api.find('/api/v1/namespaces/default/configmaps/beside')).toBeUndefined();
  const revision = await commit({ [file]: stock, [beside]: undefined });
  await untilApplication(api, name, { sync: 'Synced', health: 'Healthy', revision });
  expect(await generations()).toEqual(before);
}

async function outlivesItsApplication(): Promise<void> {
  const { api } = cluster();
  const { metadata } = await readInstallation(api);
  const { metadata: node } = await api.get(calicoNodePath);
  await api.delete(applicationPath(name));
  await eventually(async () => (await api.find(applicationPath(name))) === undefined, {
    description: 'the Application to be gone',
    timeout: 300_000,
  });
  expect(await api.get(installationPath)).toMatchObject({ metadata: { uid: metadata.uid } });
  expect((await api.get(calicoNodePath)).metadata).toEqual(node);
}

test('stays as it is in git, compared in each way; mistakes change nothing; outlives its Application', async () => {
  await staysAsItIs();
  await refusesMistake();
  await outlivesItsApplication();
});
