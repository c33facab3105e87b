/**
 * Calico by manifest, as people do who want no operator: one plain `kubectl apply` on an empty cluster. And the operator
 * that comes later. What calico-node does with its variables is shown by test/real-node/standalone.test.ts.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { repository } from '../../scripts/bundle/bundle.ts';
import type { DaemonSet, KubeObject } from '../../src/api/kubernetes.ts';
import type { IPPool } from '../../src/api/calico.ts';
import { makeFresh, useFreshCluster } from '../control-plane/shared.ts';
import { kubectlProgram, succeed } from './clients.ts';
import {
  applyInstallation,
  calicoNodePath,
  installationManager,
  poolPath,
  startLeader,
  stockSpec,
  untilPasses,
  untilQuiet,
  untilReady,
} from './harness.ts';
import { readManifest } from './manifests.ts';
import { buildOperator, installOperator, type Operator } from './operator.ts';

const cluster = useFreshCluster();
const workloads = [
  calicoNodePath,
  ...['daemonsets/csi-node-driver', 'deployments/calico-kube-controllers'].map(
    (name) => `/apis/apps/v1/namespaces/calico-system/${name}`,
  ),
];

let kubectl: string;
let scratch: string;
let operator: Operator | undefined;

beforeAll(async () => {
  [kubectl, scratch] = await Promise.all([
    kubectlProgram(),
    mkdtemp(join(tmpdir(), 'calico-operator-standalone-')),
    buildOperator(),
  ]);
}, 1_800_000);
afterAll(() => rm(scratch, { recursive: true, force: true }));

const run = (...args: readonly string[]): Promise<string> =>
  succeed(kubectl, args, { kubeconfig: cluster().kubeconfig });

const readNode = (): Promise<DaemonSet> => cluster().api.get<DaemonSet>(calicoNodePath);

async function nodeEnv(): Promise<Readonly<Record<string, string | undefined>>> {
  const env = (await readNode()).spec?.template.spec?.containers[0]?.env ?? [];
  return Object.fromEntries(env.map(({ name, value }) => [name, value]));
}

/** Names of the templates that a workload had. */
async function revisions(selector: string): Promise<readonly string[]> {
  const path = '/apis/apps/v1/namespaces/calico-system/controllerrevisions';
  const items = await cluster().api.list<KubeObject>(path);
  return items
    .filter(({ metadata }) => metadata.ownerReferences?.some(({ name }) => name === selector))
    .map(({ metadata }) => metadata.name);
}

/** What calico-node makes of its variables when it starts (node/pkg/lifecycle/startup of Calico). */
async function makePool(): Promise<IPPool> {
  const env = await nodeEnv();
  const read = (name: string): string => env[`CALICO_IPV4POOL_${name}`] ?? '';
  const pool: IPPool = {
    apiVersion: 'crd.projectcalico.org/v1',
    kind: 'IPPool',
    metadata: { name: 'default-ipv4-ippool' },
    spec: {
      cidr: read('CIDR') || '192.168.0.0/16',
      blockSize: Number(read('BLOCK_SIZE')),
      ipipMode: read('IPIP') as 'Always',
      vxlanMode: read('VXLAN') as 'Always',
      natOutgoing: read('NAT_OUTGOING') === 'true',
      nodeSelector: read('NODE_SELECTOR'),
      allowedUses: ['Workload', 'Tunnel'],
      assignmentMode: 'Automatic',
    },
  };
  return cluster().api.create<IPPool>('/apis/crd.projectcalico.org/v1/ippools', pool);
}

async function untilCalicoRuns(): Promise<void> {
  await untilPasses(
    async () => {
      const { status } = await readNode();
      expect(status).toMatchObject({ numberAvailable: 3, updatedNumberScheduled: 3 });
    },
    { description: 'calico-node to run on all nodes' },
  );
}

async function takeOver(spec: object): Promise<void> {
  await installOperator(cluster());
  operator = await startLeader(cluster());
  await applyInstallation(cluster().api, spec);
  await untilReady(cluster().api);
  await untilQuiet(cluster());
}

/** Every workload is the operator's alone, and nothing is left of what only a manifest has. */
async function expectTakenOver(): Promise<void> {
  for (const path of workloads) {
    const { metadata } = await cluster().api.get<KubeObject>(path);
    const managers = metadata.managedFields
      ?.filter(({ subresource }) => !subresource)
      .map((each) => each.manager);
    expect(managers?.filter((name) => name !== 'kube-controller-manager')).toEqual([installationManager]);
    expect(metadata.annotations).not.toHaveProperty(['operator.tigera.io/standalone']);
  }
  const env = await nodeEnv();
  // calico-node ends at once with both.
  expect(env['NO_DEFAULT_POOLS']).toBe('true');
  expect(Object.keys(env).filter((name) => name.startsWith('CALICO_IPV'))).toEqual([]);
}

describe('deploy/manifests/calico.yaml, edited as guides tell', () => {
  const range = '10.244.0.0/16';
  let file: string;
  let pool: IPPool;
  let before: DaemonSet;

  beforeAll(async () => {
    await cluster().createNodes(3);
    file = join(scratch, 'calico.yaml');
    const text = await readFile(join(repository, 'deploy/manifests/calico.yaml'), 'utf8');
    const edited = text
      .replace('# - name: CALICO_IPV4POOL_CIDR', '- name: CALICO_IPV4POOL_CIDR')
      .replace('#   value: 192.168.0.0/16', `  value: ${range}`)
      .replace('# - name: FELIX_LOGSEVERITYSCREEN', '- name: FELIX_LOGSEVERITYSCREEN')
      .replace('#   value: Warning', '  value: Warning');
    await writeFile(file, edited);
  });
  afterAll(() => operator?.stop());

  test('one kubectl apply creates everything', async () => {
    const said = (await run('apply', '-f', file)).trim().split('\n');
    expect(said.filter((line) => !line.endsWith(' created'))).toEqual([]);
    expect(said).toHaveLength((await readManifest(file)).length);
    await untilCalicoRuns();
    expect(await nodeEnv()).toMatchObject({
      CALICO_IPV4POOL_CIDR: range,
      FELIX_LOGSEVERITYSCREEN: 'Warning',
    });
    pool = await makePool();
  });

  test('a second one has nothing to do', async () => {
    const said = (await run('apply', '-f', file)).trim().split('\n');
    expect(said.filter((line) => !line.endsWith(' unchanged'))).toEqual([]);
  });

  test('an operator takes over, and replaces calico-node once', async () => {
    before = await readNode();
    await takeOver({});
    const after = await readNode();
    expect(after.metadata.uid).toBe(before.metadata.uid);
    expect(await revisions('calico-node')).toHaveLength(2);
    expect((await revisions('csi-node-driver')).length).toBeLessThanOrEqual(2);
    await expectTakenOver();
    expect(await nodeEnv()).not.toHaveProperty('FELIX_LOGSEVERITYSCREEN');
    // Made by calico-node, and not listed in the Installation: it belongs to nobody, and is used as it is.
    expect((await cluster().api.get<IPPool>(poolPath)).metadata.resourceVersion).toBe(
      pool.metadata.resourceVersion,
    );
  });

  test('and once more when the manifest is applied to it by mistake', async () => {
    await run('apply', '-f', file);
    await untilPasses(expectTakenOver, { description: 'the operator to take over again' });
    await untilReady(cluster().api);
  });
});

describe('a manifest of the stock custom-resources.yaml', () => {
  const program = join(repository, 'dist', 'calico-operator.mjs');

  beforeAll(async () => {
    await makeFresh(cluster());
    await cluster().createNodes(3);
  });
  afterAll(() => operator?.stop());

  test('has a pool that an operator with the same Installation makes its own', async () => {
    const file = join(scratch, 'stock.yaml');
    const input = join(repository, 'deploy/manifests/custom-resources.yaml');
    const args = [program, 'render', '--standalone', '-f', input, '--nodes=3'];
    await writeFile(file, await succeed(process.execPath, args));
    await run('apply', '-f', file);
    await untilCalicoRuns();
    const pool = await makePool();
    expect(pool.spec).toMatchObject({ cidr: '192.168.0.0/16', vxlanMode: 'CrossSubnet' });
    const { uid } = (await readNode()).metadata;
    await takeOver(stockSpec);
    expect((await readNode()).metadata.uid).toBe(uid);
    expect(await revisions('calico-node')).toHaveLength(2);
    await expectTakenOver();
    const taken = await cluster().api.get<IPPool>(poolPath);
    expect(taken.metadata).toMatchObject({
      uid: pool.metadata.uid,
      labels: { 'app.kubernetes.io/managed-by': 'tigera-operator' },
    });
    expect(taken.spec).toEqual(pool.spec);
  });
});
