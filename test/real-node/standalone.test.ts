/** Calico by manifest on a real node: calico-node makes of its variables what it needs, and an operator takes over. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';

import type { IPPool } from '../../src/api/calico.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { kubectlProgram, succeed } from '../cluster/clients.ts';
import { calicoNodePath, poolPath, untilPasses, untilReady } from '../cluster/harness.ts';
import { buildOperator, installOperator, startOperator } from '../cluster/operator.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { eventually } from '../control-plane/eventually.ts';
import {
  findInCalicoLogs,
  installationPath,
  isNodeReady,
  poolCidr,
  vxlanInstallation,
} from './calico-on-nodes.ts';
import { imageSource } from './images/source.ts';
import { reaches, startPod, type TestPod } from './pods.ts';
import { type RealNodes, startRealNodes } from './real-nodes.ts';

const minute = 60_000;
jest.setTimeout(10 * minute);

let cluster: ControlPlane;
let real: RealNodes;
let pods: readonly TestPod[];
let pool: IPPool;

beforeAll(async () => {
  cluster = await startControlPlane();
  const images = imageSource(process.env);
  if (!images) throw new Error('CALICO_BIN is not set');
  real = await startRealNodes(cluster, 1, { images });
}, 30 * minute);
afterAll(() => cluster.stop(), 2 * minute);

const revisions = (): Promise<readonly KubeObject[]> =>
  cluster.api.list<KubeObject>(
    '/apis/apps/v1/namespaces/calico-system/controllerrevisions?labelSelector=k8s-app%3Dcalico-node',
  );

async function expectTraffic(): Promise<void> {
  const [a, b] = pods as readonly [TestPod, TestPod];
  await untilPasses(async () => expect([await reaches(a, b), await reaches(b, a)]).toEqual(['yes', 'yes']), {
    timeout: minute,
  });
}

test('the node becomes Ready, and pods get addresses of the pool that calico-node made', async () => {
  const [kubectl, program] = await Promise.all([kubectlProgram(), buildOperator()]);
  const [input, manifest] = ['installation.json', 'calico.yaml'].map((name) =>
    join(cluster.directory, name),
  ) as [string, string];
  await writeFile(input, JSON.stringify(vxlanInstallation));
  await writeFile(
    manifest,
    await succeed(process.execPath, [program, 'render', '--standalone', '-f', input]),
  );
  await succeed(kubectl, ['apply', '-f', manifest], { kubeconfig: cluster.kubeconfig });
  await eventually(
    async () => (await Promise.all(real.nodes.map((node) => isNodeReady(cluster.api, node)))).every(Boolean),
    {
      description: 'the node to be Ready',
      timeout: 4 * minute,
    },
  );
  // The node is Ready with the CNI plugin, which an init container installs.
  pool = await eventually(() => cluster.api.find<IPPool>(poolPath), {
    description: 'calico-node to make the pool',
    timeout: 2 * minute,
  });
  expect(pool.spec).toMatchObject({
    cidr: poolCidr,
    vxlanMode: 'Always',
    ipipMode: 'Never',
    natOutgoing: true,
  });
  const [node] = real.nodes;
  if (node === undefined) throw new Error('there is no node');
  pods = await Promise.all(['a', 'b'].map((name) => startPod(cluster.api, name, node, real.testImage)));
  await expectTraffic();
});

test('an operator with the same Installation takes over, and replaces calico-node once', async () => {
  const { uid } = (await cluster.api.get<KubeObject>(calicoNodePath)).metadata;
  await installOperator(cluster);
  await startOperator(cluster, { env: real.operatorEnvironment });
  await cluster.api.apply(installationPath, vxlanInstallation, 'user');
  await untilReady(cluster.api, 4 * minute);
  expect((await cluster.api.get<KubeObject>(calicoNodePath)).metadata.uid).toBe(uid);
  expect(await revisions()).toHaveLength(2);
  const taken = await cluster.api.get<IPPool>(poolPath);
  expect(taken.metadata.uid).toBe(pool.metadata.uid);
  expect(taken.metadata.labels).toMatchObject({ 'app.kubernetes.io/managed-by': 'tigera-operator' });
  await expectTraffic();
});

test('nothing was forbidden', async () => {
  for (const node of real.nodes) expect(await findInCalicoLogs(node, /forbidden/i)).toEqual([]);
  const refused = (await cluster.auditLog.since()).filter(
    ({ user, code }) => code === 403 && user.startsWith('system:serviceaccount:calico-system:'),
  );
  expect(refused).toEqual([]);
});
