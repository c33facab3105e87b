/**
 * Install, upgrade, roll back, uninstall and install again, with each Helm and kubectl as users do, on an empty cluster
 * without a network. Pods of the operator's image are processes (operator-pods.ts), hooks included.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';

import type { KubeObject, PodSpec } from '../../src/api/kubernetes.ts';
import { readDocuments } from '../../src/commands/documents.ts';
import type { AuditMark } from '../control-plane/audit-log.ts';
import { eventually } from '../control-plane/eventually.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import { chartDirectory, helms, templateArguments } from './clients.ts';
import { describeGrant, type Grant, grantsOf, isUsedBy } from './granted.ts';
import { calicoNodePath, installationPath, poolPath, readInstallation, untilReady } from './harness.ts';
import { earlierChart, patience, release, untaintNodes, useReleases } from './helm-release.ts';

const cluster = useFreshCluster();
const { startEmpty, pods, values, run, kubectl } = useReleases(cluster);
const crdPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const installationCrdPath = `${crdPath}/installations.operator.tigera.io`;
const clusterRolePath = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
const deploymentPath = '/apis/apps/v1/namespaces/tigera-operator/deployments/tigera-operator';

interface Job extends KubeObject {
  readonly spec: { readonly template: { readonly spec: PodSpec } };
}

const exists = async (path: string): Promise<boolean> => (await cluster().api.find(path)) !== undefined;
const crdRelease = async (): Promise<string | undefined> =>
  (await cluster().api.get(installationCrdPath)).metadata.annotations?.['operator.tigera.io/crd-release'];

/** What nothing asked for since the mark as an account of the operator's namespace. */
async function unused(
  grants: readonly Grant[],
  mark: AuditMark,
  account: string,
): Promise<readonly string[]> {
  const user = `system:serviceaccount:tigera-operator:${account}`;
  const requests = await cluster().auditLog.since(mark, { user });
  return grants
    .filter((grant) => !requests.some((request) => request.code !== 403 && isUsedBy(grant, request)))
    .map(describeGrant);
}

/** Nothing is left but definitions and data, and no right that only a hook needs. */
async function expectUninstalled(): Promise<void> {
  const gone = [
    installationPath,
    calicoNodePath,
    deploymentPath,
    `${clusterRolePath}/tigera-operator-uninstall`,
  ];
  for (const path of gone) expect({ path, there: await exists(path) }).toEqual({ path, there: false });
  expect(await exists(installationCrdPath)).toBe(true);
}

const operatorPods = (): Promise<readonly unknown[]> =>
  cluster().api.list('/api/v1/namespaces/tigera-operator/pods?labelSelector=name%3Dtigera-operator');

describe.each(helms)('$name', ({ program }) => {
  let helm: string;
  let poolUid: string | undefined;
  /** What the hook that upgrades definitions may do. */
  let hookGrants: readonly Grant[] = [];

  beforeAll(async () => {
    helm = await program();
    await startEmpty();
  });

  test('says that whoever made the Installation has to delete it before', async () => {
    const off = { enabled: false };
    const byHand = await values('by-hand', {
      installation: off,
      apiServer: off,
      goldmane: off,
      whisker: off,
    });
    const dryRun = ['--create-namespace', '--dry-run=server', '-f', byHand];
    const said = await run(helm, 'install', ...release, chartDirectory, ...dryRun);
    expect(said).toContain('delete the Installation before');
    expect(said).not.toContain('removes Calico first');
  });

  test('installs the earlier chart in one command, on a cluster without network and definitions', async () => {
    // The operator's process is today's: it would bring its definitions along.
    const given = await values('earlier', { manageCRDs: false, installation: { nodeMetricsPort: 9091 } });
    const empty = ['--create-namespace', ...patience, '-f', given];
    const said = await run(helm, 'install', ...release, earlierChart, ...empty);
    expect(said).toContain('kubectl wait installation/default');
    await untaintNodes(cluster());
    await untilReady(cluster().api);
    poolUid = (await cluster().api.get(poolPath)).metadata.uid;
    expect((await cluster().api.get(installationCrdPath)).metadata.annotations).toMatchObject({
      'operator.tigera.io/crd-release': '0.0.9',
      'helm.sh/resource-policy': 'keep',
    });
  });

  test('gives the Job that upgrades definitions what the release will only make later', async () => {
    const given = await values('private', {
      imagePullSecrets: { mine: '{}' },
      kubernetesServiceEndpoint: { host: 'api.example.com' },
    });
    const text = await run(helm, ...templateArguments('--dry-run=server', '--is-upgrade', '-f', given));
    const objects = readDocuments(text, 'chart').map(({ object }) => object);
    const secret = objects.find(({ metadata }) => metadata.name === 'tigera-operator-crds-mine');
    expect(secret?.metadata.annotations).toMatchObject({ 'helm.sh/hook': 'pre-install,pre-upgrade' });
    const ofHook = objects.filter(({ metadata }) => metadata.name === 'tigera-operator-crds');
    const job = ofHook.find(({ kind }) => kind === 'Job') as Job | undefined;
    const pod = job?.spec.template.spec;
    expect(pod?.imagePullSecrets).toContainEqual({ name: 'tigera-operator-crds-mine' });
    expect(pod?.containers[0]?.env).toContainEqual({
      name: 'KUBERNETES_SERVICE_HOST',
      value: 'api.example.com',
    });
    hookGrants = grantsOf(ofHook);
  });

  test('upgrades definitions before it writes a field that only the new ones know', async () => {
    const mark = await cluster().auditLog.mark();
    const given = await values('new', { installation: { nodeMetricsPort: 9095, typha: { mode: 'Always' } } });
    await run(helm, 'upgrade', ...release, chartDirectory, ...patience, '-f', given);
    const { spec } = await readInstallation(cluster().api);
    expect(spec).toMatchObject({ nodeMetricsPort: 9095, typha: { mode: 'Always' } });
    expect(await crdRelease()).toBe('0.1.0');
    await untilReady(cluster().api);
    // What a hook made is gone with it.
    expect(await exists(`${clusterRolePath}/tigera-operator-crds`)).toBe(false);
    // Only one definition had to be made.
    const made = 'clusternetworkpolicies.policy.networking.k8s.io';
    const needed = hookGrants.filter(({ verb, name }) => verb !== 'create' || name === made);
    expect(needed.length).toBeGreaterThan(50);
    expect(await unused(needed, mark, 'tigera-operator-crds')).toEqual([]);
  });

  test('runs no hook when the definitions are of this release', async () => {
    const given = await values('changed', { installation: { nodeMetricsPort: 9096 } });
    const before = pods().started().length;
    await run(helm, 'upgrade', ...release, chartDirectory, ...patience, '-f', given);
    expect((await readInstallation(cluster().api)).spec).toMatchObject({ nodeMetricsPort: 9096 });
    expect(pods().started().length).toBe(before);
    await untilReady(cluster().api);
  });

  test('asks Calico how it fares', async () => {
    const said = await run(helm, 'test', ...release, '--timeout=4m');
    expect(said).toContain('Succeeded');
  });

  test('rolls back, and leaves definitions as they are', async () => {
    await run(helm, 'rollback', 'calico-operator', '1', '--namespace=tigera-operator', ...patience);
    const live = await untilReady(cluster().api);
    expect(live.spec).toEqual({ kubeletVolumePluginPath: 'None', nodeMetricsPort: 9091 });
    expect(await crdRelease()).toBe('0.1.0');
    await run(helm, 'rollback', 'calico-operator', '3', '--namespace=tigera-operator', ...patience);
    expect((await untilReady(cluster().api)).spec).toMatchObject({ nodeMetricsPort: 9096 });
  });

  test('uninstalls Calico without any operator that runs, and keeps definitions and pools', async () => {
    await kubectl('scale', '-n', 'tigera-operator', 'deployment/tigera-operator', '--replicas=0');
    await eventually(async () => (await operatorPods()).length === 0, {
      description: 'no operator to run',
    });
    const said = await run(helm, 'get', 'hooks', ...release);
    const ofHook = readDocuments(said, 'hooks')
      .map(({ object }) => object)
      .filter(({ metadata }) => metadata.name === 'tigera-operator-uninstall');
    const mark = await cluster().auditLog.mark();
    await run(helm, 'uninstall', ...release, ...patience);
    await expectUninstalled();
    expect((await cluster().api.get(poolPath)).metadata.uid).toBe(poolUid);
    const grants = grantsOf(ofHook);
    expect(grants).toHaveLength(8);
    expect(await unused(grants, mark, 'tigera-operator')).toEqual([]);
  });

  test('installs again, with the pool of before, and keeps everything where policy is Keep', async () => {
    const given = await values('kept', { uninstall: { policy: 'Keep' } });
    await run(helm, 'install', ...release, chartDirectory, ...patience, '-f', given);
    const { metadata } = await untilReady(cluster().api);
    expect((await cluster().api.get(poolPath)).metadata.uid).toBe(poolUid);
    await run(helm, 'uninstall', ...release, ...patience);
    expect((await readInstallation(cluster().api)).metadata).toMatchObject({ uid: metadata.uid });
    expect(await exists(calicoNodePath)).toBe(true);
    expect(await exists(deploymentPath)).toBe(false);
  });

  test('takes up what was kept, and uninstalls Calico before the operator', async () => {
    await run(helm, 'install', ...release, chartDirectory, ...patience, '-f', await values('again', {}));
    await untilReady(cluster().api);
    await run(helm, 'uninstall', ...release, ...patience);
    await expectUninstalled();
  });
});
