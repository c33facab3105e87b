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
  expectAlways,
  isSyncedAndHealthy,
  readExample,
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

test('stays as it is in git, compared in each of the three ways; and outlives its Application', async () => {
  const { api } = cluster();
  const custom = await readFile(join(checkout, 'deploy/manifests/custom-resources.yaml'), 'utf8');
  const revision = await gitOps().repository.commit({
    'clusters/production/calico/custom-resources.yaml': custom,
  });
  const example = await application();
  await api.apply(applicationPath(name), example, 'user');
  await untilApplication(api, name, { sync: 'Synced', health: 'Healthy', revision });
  await expectAlways(cluster(), name, gitOps(), isSyncedAndHealthy);

  await api.apply(applicationPath(name), onServerSide(example), 'user');
  await untilApplication(api, name, { sync: 'Synced', health: 'Healthy', revision });
  await expectAlways(cluster(), name, gitOps(), isSyncedAndHealthy);

  const { metadata } = await readInstallation(api);
  const { metadata: node } = await api.get(calicoNodePath);
  await api.delete(applicationPath(name));
  await eventually(async () => (await api.find(applicationPath(name))) === undefined, {
    description: 'the Application to be gone',
    timeout: 300_000,
  });
  expect(await api.get(installationPath)).toMatchObject({ metadata: { uid: metadata.uid } });
  expect((await api.get(calicoNodePath)).metadata).toEqual(node);
});
