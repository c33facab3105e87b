import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';

import { readInstallation, untilPasses, untilReady } from '../cluster/harness.ts';
import { startsPerNode, TyphaTimeline, violations } from '../cluster/typha-timeline.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { findInCalicoLogs, installationPath, vxlanInstallation } from './calico-on-nodes.ts';
import { Pinger } from './pinger.ts';
import { reaches, startPod, type TestPod } from './pods.ts';
import { ReadinessWatch } from './readiness.ts';
import type { RealNodes } from './real-nodes.ts';
import { startTwoNodes } from './two-nodes.ts';

const minute = 60_000;
jest.setTimeout(10 * minute);

const typhaMetricsPort = 9093;
const typhaPods = '/api/v1/namespaces/calico-system/pods?labelSelector=k8s-app%3Dcalico-typha';
const typhaPath = '/apis/apps/v1/namespaces/calico-system/deployments/calico-typha';
/** Of two nodes one replica is enough, so the first that is available is a quorum. */
const quorum = 1;

let cluster: ControlPlane;
const stops: (() => Promise<void>)[] = [];
let real: RealNodes;
let pods: readonly [TestPod, TestPod];
let pingers: readonly Pinger[] = [];
let readiness: ReadinessWatch;
let timeline: TyphaTimeline;

async function applyTypha(typha: object): Promise<void> {
  const spec = { ...vxlanInstallation.spec, typhaMetricsPort, typha };
  await cluster.api.apply(installationPath, { ...vxlanInstallation, spec }, 'user');
}

async function untilTypha(expected: object): Promise<void> {
  await untilPasses(
    async () => expect((await readInstallation(cluster.api)).status?.typha).toMatchObject(expected),
    { timeout: 4 * minute, description: `status.typha to be ${JSON.stringify(expected)}` },
  );
  await untilReady(cluster.api, 2 * minute);
}

beforeAll(async () => {
  ({ cluster, real } = await startTwoNodes((stop) => stops.push(stop)));
  await applyTypha({ mode: 'Never' });
  await untilReady(cluster.api, 3 * minute);
  const [first, second] = await Promise.all(
    real.nodes.map((node, index) => startPod(cluster.api, `p${index}`, node, real.testImage)),
  );
  if (!first || !second) throw new Error('there are not two nodes');
  pods = [first, second];
  await cluster.api.apply(
    '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies/among-us',
    among,
    'user',
  );
}, 30 * minute);

/** Lets the pods through, so that a gap in what Felix programs would cut them off. */
const among = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'among-us', namespace: 'default' },
  spec: {
    podSelector: {},
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ podSelector: { matchLabels: { app: 'real-node-test' } } }] }],
  },
};

afterAll(async () => {
  for (const stop of stops) await stop();
}, 2 * minute);

beforeEach(async () => {
  const [a, b] = pods;
  await untilPasses(async () => expect([await reaches(a, b), await reaches(b, a)]).toEqual(['yes', 'yes']), {
    timeout: minute,
  });
  readiness = await ReadinessWatch.start(cluster.api);
  timeline = await TyphaTimeline.start(cluster.api);
  pingers = [Pinger.start(a, b), Pinger.start(b, a)];
});

afterEach(async () => {
  await readiness.stop();
  await timeline.stop();
});

/** Nothing was lost, and every pod of calico-node was replaced once and was ready until then, and after. */
async function expectUnnoticed(): Promise<void> {
  for (const pinger of pingers) {
    const traffic = await pinger.stop();
    const { sent, lost, answered, failed } = traffic;
    process.stderr.write(
      `  ${sent} packets, ${lost.length} lost; ${answered} requests answered, ${failed} not\n`,
    );
    expect(traffic).toMatchObject({ lost: [], failed: 0 });
    expect(traffic.sent).toBeGreaterThan(10);
    expect(traffic.answered).toBeGreaterThan(2);
  }
  expect(readiness.lapses).toEqual([]);
  expect(readiness.seen).toBe(4);
  expect(startsPerNode(timeline.entries)).toBe(1);
  expect(violations(timeline.entries, quorum)).toEqual([]);
}

/** How many Felix are served by Typha, as it counts them itself. */
async function connectedFelix(): Promise<number> {
  const [pod] = await cluster.api.list<{
    readonly metadata: { readonly name: string };
    readonly spec: { readonly nodeName: string };
  }>(typhaPods);
  const node = real.nodes.find(({ name }) => name === pod?.spec.nodeName);
  if (node === undefined) throw new Error('Typha runs nowhere');
  const { output } = await node.exec('/bin/busybox', [
    ...['wget', '-q', '-O', '-'],
    `http://127.0.0.1:${typhaMetricsPort}/metrics`,
  ]);
  return Number(/^typha_connections_streaming\{syncer="felix"\} (\d+)$/m.exec(output)?.[1] ?? 0);
}

test('on: Typha first, then Felix node by node, and pods notice nothing', async () => {
  await applyTypha({ mode: 'Auto', nodeThreshold: 1 });
  await untilTypha({ wanted: true, running: true, replicas: 1 });
  await untilPasses(async () => expect(await connectedFelix()).toBe(2), { timeout: minute });
  await expectUnnoticed();
  expect(timeline.steps()).toEqual(['Typha is made', 'calico-node points at Typha']);
});

test('off: Felix first, node by node, then Typha, and pods notice nothing', async () => {
  await applyTypha({ mode: 'Never' });
  await untilTypha({ wanted: false, running: false, replicas: 0 });
  await untilPasses(
    async () => {
      expect(await cluster.api.find(typhaPath)).toBeUndefined();
      expect(await cluster.api.list(typhaPods)).toEqual([]);
    },
    { timeout: minute },
  );
  await expectUnnoticed();
  expect(timeline.steps()).toEqual(['calico-node points at the API server', 'Typha goes']);
});

test('nothing was forbidden, with and without Typha', async () => {
  for (const node of real.nodes) expect(await findInCalicoLogs(node, /forbidden/i)).toEqual([]);
  const refused = (await cluster.auditLog.since()).filter(
    ({ user, code }) => code === 403 && user.startsWith('system:serviceaccount:calico-system:'),
  );
  expect(refused).toEqual([]);
});
