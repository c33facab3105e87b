/**
 * Install, upgrade, roll back, uninstall and install again, with Helm and kubectl as users do, on an empty cluster without a
 * network. Pods of the operator's image are processes (operator-pods.ts), hooks included.
 */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';

import { repository } from '../../scripts/bundle/bundle.ts';
import type { KubeObject, PodSpec } from '../../src/api/kubernetes.ts';
import { readDocuments } from '../../src/commands/documents.ts';
import { eventually } from '../control-plane/eventually.ts';
import { makeFresh, useFreshCluster } from '../control-plane/shared.ts';
import { chartDirectory, helmProgram, kubectlProgram, succeed, templateArguments } from './clients.ts';
import { variants } from './fixtures/chart-variants.ts';
import { monitoringKinds } from './fixtures/monitoring-kinds.ts';
import { calicoNodePath, installationPath, poolPath, readInstallation, untilReady } from './harness.ts';
import { buildOperator, installCrds } from './operator.ts';
import { type OperatorPods, runOperatorPods, statusByProcess } from './operator-pods.ts';

jest.setTimeout(300_000);

const cluster = useFreshCluster();
const crdPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const installationCrdPath = `${crdPath}/installations.operator.tigera.io`;
const uninstallRolePath = '/apis/rbac.authorization.k8s.io/v1/clusterroles/tigera-operator-uninstall';
const deploymentPath = '/apis/apps/v1/namespaces/tigera-operator/deployments/tigera-operator';

let helm: string;
let kubectl: string;
let scratch: string;
let pods: OperatorPods | undefined;

beforeAll(async () => {
  [helm, kubectl, scratch] = await Promise.all([
    helmProgram(),
    kubectlProgram(),
    mkdtemp(join(tmpdir(), 'calico-operator-helm-')),
    buildOperator(),
  ]);
}, 1_800_000);
afterAll(() => rm(scratch, { recursive: true, force: true }));

const run = (program: string, ...args: readonly string[]): Promise<string> =>
  succeed(program, args, { kubeconfig: cluster().kubeconfig });

const release = ['calico-operator', '--namespace=tigera-operator'] as const;
const patience = ['--wait', '--timeout=4m'] as const;

async function valuesFile(name: string, values: object): Promise<string> {
  const path = join(scratch, `${name}.json`);
  await writeFile(path, JSON.stringify({ podAnnotations: statusByProcess, ...values }));
  return path;
}

/** Nodes as they are before there is a network. */
async function createBareNodes(): Promise<void> {
  const keys = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/network-unavailable'];
  await cluster().createNodes(2, { taints: keys.map((key) => ({ key, effect: 'NoSchedule' })) });
}

/** What kubelet and calico-node do once calico-node runs. */
async function untaintNodes(): Promise<void> {
  for (const { metadata } of await cluster().api.list('/api/v1/nodes')) {
    await cluster().api.mergePatch(`/api/v1/nodes/${metadata.name}`, { spec: { taints: null } });
  }
}

const exists = async (path: string): Promise<boolean> => (await cluster().api.find(path)) !== undefined;

/** A copy of the chart as of an earlier release, whose definition of the Installation lacks `typha`. */
async function earlierChart(): Promise<string> {
  const directory = join(scratch, 'earlier');
  await cp(chartDirectory, directory, { recursive: true });
  const rewrite = async (file: string, change: (text: string) => string): Promise<void> =>
    writeFile(join(directory, file), change(await readFile(join(directory, file), 'utf8')));
  await rewrite('Chart.yaml', (text) => text.replaceAll(/(ersion: )0\.1\.0/g, '$10.0.9'));
  for (const file of await readdir(join(directory, 'crds'))) {
    await rewrite(join('crds', file), (text) =>
      text.replace('"crd-release":"0.1.0"', '').replace('crd-release":"0.1.0"', 'crd-release":"0.0.9"'),
    );
  }
  await rewrite('crds/installations.operator.tigera.io.yaml', (text) => {
    const crd = JSON.parse(text.replace(/^---\n/, '')) as InstallationCrd;
    delete crd.spec.versions[0]?.schema.openAPIV3Schema.properties.spec.properties['typha'];
    return JSON.stringify(crd);
  });
  return directory;
}

interface Job extends KubeObject {
  readonly spec: { readonly template: { readonly spec: PodSpec } };
}

interface InstallationCrd extends KubeObject {
  readonly spec: {
    readonly versions: readonly {
      readonly schema: {
        readonly openAPIV3Schema: {
          readonly properties: { readonly spec: { readonly properties: Record<string, unknown> } };
        };
      };
    }[];
  };
}

describe('Helm', () => {
  beforeAll(async () => {
    await createBareNodes();
    pods = runOperatorPods(cluster());
  });
  afterAll(() => pods?.stop());

  let poolUid: string | undefined;

  test('says that whoever made the Installation has to delete it before', async () => {
    const off = { enabled: false };
    const values = { installation: off, apiServer: off, goldmane: off, whisker: off };
    const dryRun = ['--create-namespace', '--dry-run=server', '-f', await valuesFile('by-hand', values)];
    const said = await run(helm, 'install', ...release, chartDirectory, ...dryRun);
    expect(said).toContain('delete the Installation before');
    expect(said).not.toContain('removes Calico first');
  });

  test('installs an earlier chart in one command, on a cluster without network and definitions', async () => {
    const values = await valuesFile('earlier', {
      manageCRDs: false,
      installation: { nodeMetricsPort: 9091 },
    });
    const directory = await earlierChart();
    const said = await run(
      helm,
      'install',
      ...release,
      directory,
      '--create-namespace',
      ...patience,
      '-f',
      values,
    );
    expect(said).toContain('kubectl wait installation/default');
    await untaintNodes();
    await untilReady(cluster().api, 120_000);
    poolUid = (await cluster().api.get(poolPath)).metadata.uid;
    const crd = await cluster().api.get(installationCrdPath);
    expect(crd.metadata.annotations).toMatchObject({
      'operator.tigera.io/crd-release': '0.0.9',
      'helm.sh/resource-policy': 'keep',
    });
  });

  test('gives the Job that upgrades definitions what the release will only make later', async () => {
    const values = await valuesFile('private', {
      imagePullSecrets: { mine: '{}' },
      kubernetesServiceEndpoint: { host: 'api.example.com' },
    });

    const text = await succeed(helm, templateArguments('--dry-run=server', '--is-upgrade', '-f', values), {
      kubeconfig: cluster().kubeconfig,
    });
    const objects = readDocuments(text, 'chart').map(({ object }) => object);
    const secret = objects.find(({ metadata }) => metadata.name === 'tigera-operator-crds-mine');
    expect(secret?.metadata.annotations).toMatchObject({ 'helm.sh/hook': 'pre-install,pre-upgrade' });
    const job = objects.find(
      ({ kind, metadata }) => kind === 'Job' && metadata.name === 'tigera-operator-crds',
    ) as Job | undefined;
    const pod = job?.spec.template.spec;
    expect(pod?.imagePullSecrets).toContainEqual({ name: 'tigera-operator-crds-mine' });
    expect(pod?.containers[0]?.env).toContainEqual({
      name: 'KUBERNETES_SERVICE_HOST',
      value: 'api.example.com',
    });
  });

  test('upgrades definitions before it writes a field that only the new ones know', async () => {
    const values = await valuesFile('new', {
      installation: { nodeMetricsPort: 9095, typha: { mode: 'Always' } },
    });
    await run(helm, 'upgrade', ...release, chartDirectory, ...patience, '-f', values);
    const { spec } = await readInstallation(cluster().api);
    expect(spec).toMatchObject({ nodeMetricsPort: 9095, typha: { mode: 'Always' } });
    expect((await cluster().api.get(installationCrdPath)).metadata.annotations).toMatchObject({
      'operator.tigera.io/crd-release': '0.1.0',
    });
    await untilReady(cluster().api, 120_000);
    // What a hook made is gone with it.
    expect(await exists('/apis/rbac.authorization.k8s.io/v1/clusterroles/tigera-operator-crds')).toBe(false);
  });

  test('runs no hook when the definitions are of this release', async () => {
    const values = await valuesFile('changed', { installation: { nodeMetricsPort: 9096 } });
    const before = pods?.started().length;
    await run(helm, 'upgrade', ...release, chartDirectory, ...patience, '-f', values);
    expect((await readInstallation(cluster().api)).spec).toMatchObject({ nodeMetricsPort: 9096 });
    expect(pods?.started().length).toBe(before);
    await untilReady(cluster().api, 120_000);
  });

  test('asks Calico how it fares', async () => {
    const said = await run(helm, 'test', ...release, '--timeout=4m');
    expect(said).toContain('Succeeded');
  });

  test('rolls back, and leaves definitions as they are', async () => {
    await run(helm, 'rollback', 'calico-operator', '1', '--namespace=tigera-operator', ...patience);
    const live = await untilReady(cluster().api, 120_000);
    expect(live.spec).toEqual({ kubeletVolumePluginPath: 'None', nodeMetricsPort: 9091 });
    expect((await cluster().api.get(installationCrdPath)).metadata.annotations).toMatchObject({
      'operator.tigera.io/crd-release': '0.1.0',
    });
  });

  test('uninstalls Calico without any operator that runs, and keeps definitions and pools', async () => {
    await run(kubectl, 'scale', '-n', 'tigera-operator', 'deployment/tigera-operator', '--replicas=0');
    await eventually(async () => (await operatorPods()).length === 0, { description: 'no operator to run' });
    await run(helm, 'uninstall', ...release, ...patience);
    await expectUninstalled();
    expect((await cluster().api.get(poolPath)).metadata.uid).toBe(poolUid);
  });

  test('installs again, with the pool of before, and keeps everything where policy is Keep', async () => {
    const values = await valuesFile('kept', { uninstall: { policy: 'Keep' } });
    await run(helm, 'install', ...release, chartDirectory, ...patience, '-f', values);
    const { metadata } = await untilReady(cluster().api, 120_000);
    expect((await cluster().api.get(poolPath)).metadata.uid).toBe(poolUid);
    await run(helm, 'uninstall', ...release, ...patience);
    expect((await readInstallation(cluster().api)).metadata).toMatchObject({ uid: metadata.uid });
    expect(await exists(calicoNodePath)).toBe(true);
    expect(await exists(deploymentPath)).toBe(false);
  });

  test('takes up what was kept, and uninstalls Calico before the operator', async () => {
    const values = await valuesFile('again', {});
    await run(helm, 'install', ...release, chartDirectory, ...patience, '-f', values);
    await untilReady(cluster().api, 120_000);
    await run(helm, 'uninstall', ...release, ...patience);
    await expectUninstalled();
  });
});

/** Nothing is left but definitions and data, and no right that only a hook needs. */
async function expectUninstalled(): Promise<void> {
  for (const path of [installationPath, calicoNodePath, deploymentPath, uninstallRolePath]) {
    expect({ path, there: await exists(path) }).toEqual({ path, there: false });
  }
  expect(await exists(installationCrdPath)).toBe(true);
}

const operatorPods = (): Promise<readonly unknown[]> =>
  cluster().api.list('/api/v1/namespaces/tigera-operator/pods?labelSelector=name%3Dtigera-operator');

describe('kubectl', () => {
  beforeEach(async () => {
    await makeFresh(cluster());
    await cluster().createNodes(2);
  });
  afterEach(async () => {
    await pods?.stop();
    pods = undefined;
  });

  test('applies install.yaml and then stock resources, again without a change, and deletes both', async () => {
    const install = join(repository, 'deploy/manifests/install.yaml');
    expect(await run(kubectl, 'apply', '-f', install)).not.toMatch(/unchanged|configured/);
    pods = runOperatorPods(cluster());
    await run(
      kubectl,
      'wait',
      '--for=condition=Available',
      '--timeout=2m',
      '-n',
      'tigera-operator',
      'deployment/tigera-operator',
    );
    await run(kubectl, 'apply', '-f', join(repository, 'deploy/manifests/custom-resources.yaml'));
    await run(kubectl, 'wait', 'installation/default', '--for=condition=Ready', '--timeout=2m');
    const again = (await run(kubectl, 'apply', '-f', install)).trim().split('\n');
    // Of a PodDisruptionBudget kubectl says so whether or not anything changed.
    const changed = again.filter(
      (line) => !line.endsWith(' unchanged') && !line.startsWith('poddisruptionbudget'),
    );
    expect(changed).toEqual([]);

    const resources = join(repository, 'deploy/manifests/custom-resources.yaml');
    await run(kubectl, 'delete', '-f', resources, '--timeout=2m');
    expect(await exists(calicoNodePath)).toBe(false);
    await run(kubectl, 'delete', '-f', join(repository, 'deploy/manifests/operator.yaml'), '--timeout=2m');
    expect(await exists('/api/v1/namespaces/tigera-operator')).toBe(false);
    expect(await exists(installationCrdPath)).toBe(true);
  });
});

describe('every variant is accepted by the API server, field by field', () => {
  const validate = ['apply', '--server-side', '--dry-run=server', '--validate=strict'] as const;
  beforeAll(async () => {
    await makeFresh(cluster());
    await installCrds(cluster().api);
    for (const kind of monitoringKinds) await cluster().api.create(crdPath, kind);
    await cluster().api.create('/api/v1/namespaces', { metadata: { name: 'tigera-operator' } });
    // Admission asks for the account of a pod, which is only tried out like the pod itself.
    await cluster().api.create('/api/v1/namespaces/tigera-operator/serviceaccounts', {
      metadata: { name: 'tigera-operator-test' },
    });
    await eventually(() => exists('/apis/monitoring.coreos.com/v1'), {
      description: 'kinds of Prometheus Operator',
    });
  });

  test.each(Object.entries(variants))('%s', async (name, values) => {
    const rendered = await succeed(
      helm,
      templateArguments('-f', await valuesFile(`variant-${name}`.replaceAll(/\W/g, '-'), values)),
    );
    await succeed(kubectl, [...validate, '-f', '-'], { kubeconfig: cluster().kubeconfig, input: rendered });
  });

  // Both hold the base, deploy/manifests.
  test.each(['deploy/overlays/monitoring', 'deploy/overlays/own-registry'])('%s', async (folder) => {
    await run(kubectl, ...validate, '-k', join(repository, folder));
  });

  test('a field that does not exist would be noticed', async () => {
    const rendered = await succeed(helm, templateArguments('--show-only=templates/deployment.yaml'));
    const wrong = rendered.replace('terminationGracePeriodSeconds', 'terminationGraceSeconds');
    const applied = succeed(kubectl, [...validate, '-f', '-'], {
      kubeconfig: cluster().kubeconfig,
      input: wrong,
    });
    await expect(applied).rejects.toThrow(
      '.spec.template.spec.terminationGraceSeconds: field not declared in schema',
    );
  });
});
