import { existsSync } from 'node:fs';
import { BlockList } from 'node:net';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';

import type { ControlPlane } from '../control-plane/control-plane.ts';
import { consistently, eventually } from '../control-plane/eventually.ts';
import {
  conditionOf,
  findInCalicoLogs,
  installationPath,
  isNodeReady,
  poolCidr,
  vxlanInstallation,
} from './calico-on-nodes.ts';
import type { TestPod } from './pods.ts';
import { reaches, removePod, startPod } from './pods.ts';
import type { RealNode } from './real-node.ts';
import type { RealNodes } from './real-nodes.ts';
import { startTwoNodes } from './two-nodes.ts';

const minute = 60_000;
jest.setTimeout(5 * minute);

const cniConfig = '/etc/cni/net.d/10-calico.conflist';
const cniAccount = '/api/v1/namespaces/calico-system/serviceaccounts/calico-cni-plugin';
const policyPath = '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies/deny';
const times: Record<string, string>[] = [];
const pods = new Map<string, TestPod>();
const forbidden: string[] = [];
const stops: (() => Promise<void>)[] = [];
let cluster: ControlPlane;
let real: RealNodes;

beforeAll(async () => {
  ({ cluster, real } = await startTwoNodes((stop) => stops.push(stop)));
}, 30 * minute);

afterAll(async () => {
  for (const stop of stops) await stop();
  process.stderr.write(`\n${table(times)}\n`);
});

async function timed<T>(what: string, action: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await action();
  times.push({ step: what, seconds: ((performance.now() - started) / 1000).toFixed(1) });
  return result;
}

function table(rows: readonly Record<string, string>[]): string {
  return rows.map(({ step = '', seconds = '' }) => `  ${seconds.padStart(6)} s  ${step}`).join('\n');
}

function pod(name: string): TestPod {
  const found = pods.get(name);
  if (!found) throw new Error(`pod ${name} was not started`);
  return found;
}

async function addPod(name: string, node: RealNode): Promise<TestPod> {
  const started = await startPod(cluster.api, name, node, real.testImage);
  pods.set(name, started);
  return started;
}

async function installationIsReady(): Promise<void> {
  await eventually(
    async () => {
      const ready = conditionOf(await cluster.api.get(installationPath), 'Ready');
      if (ready?.status === 'True') return true;
      throw new Error(`Ready is ${JSON.stringify(ready)}`);
    },
    { description: 'the Installation to be Ready', timeout: 3 * minute },
  );
}

async function applyInstallation(): Promise<void> {
  await cluster.api.apply(installationPath, vxlanInstallation, 'user');
}

async function collectForbidden(): Promise<void> {
  for (const node of real.nodes) forbidden.push(...(await findInCalicoLogs(node, /forbidden/i)));
}

const pairs = [
  ['a0', 'a1'],
  ['a1', 'a0'],
  ['a0', 'b0'],
  ['b1', 'a1'],
] as const;

async function expectReach(answer: 'yes' | 'no', some: readonly (readonly [string, string])[] = pairs) {
  const answers = await Promise.all(
    some.map(async ([from, to]) => [from, to, await reaches(pod(from), pod(to))] as const),
  );
  expect(answers).toEqual(some.map(([from, to]) => [from, to, answer]));
}

test('nodes are not Ready before there is a network', async () => {
  for (const node of real.nodes) {
    const ready = conditionOf(await cluster.api.get(`/api/v1/nodes/${node.name}`), 'Ready');
    expect(ready).toMatchObject({ status: 'False', message: expect.stringContaining('cni') as unknown });
  }
});

test('an Installation makes them Ready, and itself', async () => {
  const started = Promise.all([
    timed('Installation applied → both nodes Ready', () =>
      eventually(
        async () =>
          (await Promise.all(real.nodes.map((node) => isNodeReady(cluster.api, node)))).every(Boolean),
        {
          description: 'both nodes to be Ready',
          timeout: 3 * minute,
        },
      ),
    ),
    timed('Installation applied → Installation Ready', installationIsReady),
  ]);
  await applyInstallation();
  await started;
});

test('pods get addresses of the pool', async () => {
  const [first, second] = real.nodes as [RealNode, RealNode];
  await timed('four pods on two nodes', () =>
    Promise.all([addPod('a0', first), addPod('b0', first), addPod('a1', second), addPod('b1', second)]),
  );
  const pool = new BlockList();
  const [base = '', length = ''] = poolCidr.split('/');
  pool.addSubnet(base, Number(length));
  const addresses = [...pods.values()].map(({ address }) => address);
  expect(addresses.filter((address) => !pool.check(address))).toEqual([]);
  expect(new Set(addresses).size).toBe(4);
});

test('pods reach each other, over VXLAN from node to node', async () => {
  await timed('pods reach each other', () => eventually(() => expectReach('yes').then(() => true)));
  const { node } = pod('a0');
  const { output } = await node.exec('ip', ['route', 'get', pod('a1').address]);
  expect(output).toContain('dev vxlan.calico');
});

test('a NetworkPolicy cuts pods off until it is deleted', async () => {
  await cluster.api.apply(
    policyPath,
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'deny', namespace: 'default' },
      spec: { podSelector: {}, policyTypes: ['Ingress'] },
    },
    'user',
  );
  await timed('NetworkPolicy applied → pods cut off', () =>
    eventually(() => expectReach('no').then(() => true)),
  );
  await consistently(() => expectReach('no'), 3000);
  await cluster.api.delete(policyPath);
  await timed('NetworkPolicy deleted → pods connected', () =>
    eventually(() => expectReach('yes').then(() => true)),
  );
});

describe('after the Installation is deleted', () => {
  let account: string | undefined;

  test('it is gone within a minute', async () => {
    await collectForbidden();
    account = (await cluster.api.get(cniAccount)).metadata.uid;
    await timed('Installation deleted → gone', async () => {
      await cluster.api.delete(installationPath);
      await eventually(async () => (await cluster.api.find(installationPath)) === undefined, {
        description: 'the Installation to be gone',
        timeout: minute,
      });
    });
    const left = await cluster.api.list('/api/v1/namespaces/calico-system/pods');
    expect(left.map(({ metadata }) => metadata.name)).toEqual([]);
  });

  test.each(['b0', 'b1'])('pod %s can be deleted', async (name) => {
    const victim = pod(name);
    expect(existsSync(victim.node.path(cniConfig))).toBe(true);
    await timed(`pod ${name} deleted → gone, without Calico`, () => removePod(cluster.api, victim, 30_000));
  });

  test('pods that run go on reaching each other', () =>
    expectReach('yes', [
      ['a0', 'a1'],
      ['a1', 'a0'],
    ]));

  test('another Installation takes over what is there', async () => {
    await applyInstallation();
    await timed('Installation applied again → Ready', installationIsReady);
    expect((await cluster.api.get(cniAccount)).metadata.uid).toBe(account);
    await timed('two more pods', () =>
      Promise.all([addPod('b0', pod('a0').node), addPod('b1', pod('a1').node)]),
    );
    await eventually(() => expectReach('yes').then(() => true));
    for (const name of ['a0', 'a1', 'b0', 'b1']) {
      await timed(`pod ${name} deleted → gone`, () => removePod(cluster.api, pod(name), 30_000));
    }
  });
});

test('nothing of Calico was forbidden', async () => {
  await collectForbidden();
  expect(forbidden).toEqual([]);
  const requests = (await cluster.auditLog.since()).filter(({ user }) =>
    user.startsWith('system:serviceaccount:calico-system:'),
  );
  expect(requests.length).toBeGreaterThan(0);
  const refused = requests.filter(({ code }) => code === 403);
  expect(refused).toEqual([]);
});
