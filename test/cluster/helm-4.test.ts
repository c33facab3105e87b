/** What Helm 4 does otherwise than Helm 3: it applies on the server, definitions too, and refuses where that conflicts. */
import { describe, expect, test } from '@jest/globals';

import type { KubeObject } from '../../src/api/kubernetes.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import { builtHelms, chartDirectory } from './clients.ts';
import { installationPath, readInstallation, untilReady } from './harness.ts';
import { earlierChart, patience, release, untaintNodes, useReleases } from './helm-release.ts';

const cluster = useFreshCluster();
const { startEmpty, values, file, run, kubectl } = useReleases(cluster);
const deploymentPath = '/apis/apps/v1/namespaces/tigera-operator/deployments/tigera-operator';
const onServer = '--server-side=true';

interface Deployment extends KubeObject {
  readonly spec: { readonly replicas: number };
}

const replicas = async (): Promise<number> =>
  (await cluster().api.get<Deployment>(deploymentPath)).spec.replicas;

const helm = async (name: keyof typeof builtHelms, ...args: readonly string[]): Promise<string> =>
  run(await builtHelms[name](), ...args);

test('upgrades a release of Helm 3 on the server: nothing conflicts, and what left the values is gone', async () => {
  await startEmpty();
  const before = await values('before', { manageCRDs: false, installation: { nodeMetricsPort: 9091 } });
  await helm('Helm 3', 'install', ...release, earlierChart, '--create-namespace', ...patience, '-f', before);
  await untaintNodes(cluster());
  await untilReady(cluster().api);

  const after = await values('after', { installation: { typha: { mode: 'Always' } } });
  await helm('Helm 4', 'upgrade', ...release, chartDirectory, onServer, ...patience, '-f', after);
  expect((await readInstallation(cluster().api)).spec).toEqual({
    kubeletVolumePluginPath: 'None',
    typha: { mode: 'Always' },
  });
  const { metadata } = await untilReady(cluster().api);
  const writers = metadata.managedFields?.map(({ manager, operation }) => `${operation} ${manager}`);
  expect(writers?.filter((writer) => writer.endsWith('helm'))).toEqual(['Apply helm']);
});

test('refuses to overwrite what somebody changed by hand, names it, and does with --force-conflicts', async () => {
  await kubectl('scale', '-n', 'tigera-operator', 'deployment/tigera-operator', '--replicas=1');
  const given = ['-f', await values('more', { replicas: 2, logLevel: 'debug' })];
  const upgrade = ['upgrade', ...release, chartDirectory, ...patience, ...given];
  await expect(helm('Helm 4', ...upgrade)).rejects.toThrow(/conflict with "kubectl".*\.spec\.replicas/s);
  expect(await replicas()).toBe(1);
  await helm('Helm 4', ...upgrade, '--force-conflicts');
  expect(await replicas()).toBe(2);
});

test('rolls back to the revision of Helm 3, and uninstalls', async () => {
  await helm('Helm 4', 'rollback', 'calico-operator', '1', '--namespace=tigera-operator', ...patience);
  expect((await untilReady(cluster().api)).spec).toEqual({
    kubeletVolumePluginPath: 'None',
    nodeMetricsPort: 9091,
  });
  await helm('Helm 4', 'uninstall', ...release, ...patience);
  expect(await cluster().api.find(installationPath)).toBeUndefined();
});

describe('definitions of another release', () => {
  const definition =
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/installations.operator.tigera.io';
  const releaseMark = 'operator.tigera.io/crd-release';
  const crdRelease = async (): Promise<string | undefined> =>
    (await cluster().api.get(definition)).metadata.annotations?.[releaseMark];
  const conflict = /failed to install CRD .*conflicts? with "calico-operator\/crds"/;

  test('are not replaced by those of an older chart, though Helm made them alone', async () => {
    await startEmpty();
    const given = ['-f', await values('defaults', {})];
    await helm('Helm 4', 'install', ...release, chartDirectory, '--create-namespace', ...given);
    await untaintNodes(cluster());
    await untilReady(cluster().api);
    const { metadata } = await cluster().api.get<KubeObject>(definition);
    const appliedBy = metadata.managedFields?.flatMap(({ operation, manager = '' }) =>
      operation === 'Apply' ? [manager] : [],
    );
    expect(appliedBy?.sort()).toEqual(['calico-operator/crds', 'helm']);
    await helm('Helm 4', 'uninstall', ...release, ...patience);
    await expect(helm('Helm 4', 'install', ...release, earlierChart, ...given)).rejects.toThrow(conflict);
    expect(await crdRelease()).toBe('0.1.0');
  });

  test('are upgraded by a newer chart with --skip-crds, before anything of it is written', async () => {
    await startEmpty();
    const left = await helm('Helm 4', 'show', 'crds', earlierChart);
    const asOperator = ['--server-side', '--field-manager=calico-operator/crds'];
    await kubectl('apply', ...asOperator, '-f', await file('left.yaml', left));
    const given = ['-f', await values('typha', { installation: { typha: { mode: 'Always' } } })];
    const install = ['install', ...release, chartDirectory, '--create-namespace', ...given];
    await expect(helm('Helm 4', ...install)).rejects.toThrow(conflict);
    await helm('Helm 4', ...install, '--skip-crds');
    expect(await crdRelease()).toBe('0.1.0');
    expect((await readInstallation(cluster().api)).spec).toMatchObject({ typha: { mode: 'Always' } });
  });
});
