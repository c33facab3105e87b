import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { Deployment } from '../../src/api/kubernetes.ts';
import { eventually } from '../control-plane/eventually.ts';
import { makeFresh, useFreshCluster } from '../control-plane/shared.ts';
import { useContractWatch } from './contract-watch.ts';
import {
  applyInstallation,
  describeObject,
  describeRequest,
  madeObjects,
  operatorInstalled,
  operatorWrites,
  readInstallation,
  startInstalled,
  startLeader,
  untilPasses,
  untilQuiet,
  untilReady,
} from './harness.ts';
import { type Operator, startOperator } from './operator.ts';
import { auto, off, on, patience, specWith, useTyphaView } from './typha-fixture.ts';
import { type Entry, startsPerNode, violations } from './typha-timeline.ts';

const cluster = useFreshCluster(operatorInstalled);
useContractWatch(cluster);
let operator: Operator;
const { timeline, status, readNode, untilTypha, untilSettled } = useTyphaView(cluster);

const typhaPath = '/apis/apps/v1/namespaces/calico-system/deployments/calico-typha';
const nodeName = (number: number): string => `node-${String(number).padStart(5, '0')}`;

const removed = new Set<string>();

async function deleteNodes(first: number, end: number): Promise<void> {
  const names = Array.from({ length: end - first }, (_, i) => nodeName(first + i));
  for (const name of names) removed.add(name);
  await Promise.all(names.map((name) => cluster().api.delete(`/api/v1/nodes/${name}`)));
}

async function conditionOf(type: string) {
  const live = await readInstallation(cluster().api);
  return live.status?.conditions?.find((condition) => condition.type === type);
}

describe('a cluster that grows and shrinks', () => {
  beforeAll(async () => {
    operator = await startInstalled(cluster(), auto);
  });
  afterAll(() => operator.stop());

  test('is without Typha while it is small', async () => {
    expect(await cluster().api.find(typhaPath)).toBeUndefined();
    expect(await status()).toEqual({
      wanted: false,
      running: false,
      replicas: 0,
      nodes: 3,
      switchOnAbove: 50,
      switchOffBelow: 40,
    });
  });

  test('gets Typha with 60 nodes: first Typha, then calico-node', async () => {
    const mark = await cluster().auditLog.mark();
    await cluster().createNodes(57, { first: 3 });
    await untilSettled({ wanted: true, running: true, replicas: 3 });
    expect(timeline().steps()).toEqual(on);
    expect(violations(timeline().entries, 2)).toEqual([]);
    const writes = (await operatorWrites(cluster(), mark)).filter(
      ({ resource }) => !/status$|events/.test(resource),
    );
    expect(writes.map(({ resource, name }) => `${resource} ${name}`)).toEqual([
      ...['clusterrolebindings', 'clusterroles', 'serviceaccounts'].map(() =>
        expect.stringMatching(/calico-typha$/),
      ),
      ...['poddisruptionbudgets', 'services'].map(() => expect.stringMatching(/calico-typha$/)),
      'deployments calico-typha',
      'daemonsets calico-node',
    ]);
  });

  test('nodes that come and go cause no write', async () => {
    await untilQuiet(cluster());
    const mark = await cluster().auditLog.mark();
    await cluster().createNodes(5, { first: 60 });
    await deleteNodes(60, 65);
    await untilPasses(async () => expect((await readNode()).status?.desiredNumberScheduled).toBe(60));
    await untilQuiet(cluster());
    expect((await operatorWrites(cluster(), mark)).map(describeRequest)).toEqual([]);
  });

  test('scaling by hand is set back, and calico-node is left alone', async () => {
    const { api } = cluster();
    const { metadata } = await readNode();
    for (const replicas of [1, 9]) {
      await api.mergePatch(`${typhaPath}/scale`, { spec: { replicas } });
      await untilPasses(async () => expect((await api.get<Deployment>(typhaPath)).spec?.replicas).toBe(3));
      await untilReady(api);
    }
    await untilQuiet(cluster());
    expect((await readNode()).metadata.generation).toBe(metadata.generation);
    expect(timeline().steps()).toEqual([]);
  });

  test('between the limits Typha stays', async () => {
    await deleteNodes(45, 60);
    await untilQuiet(cluster());
    expect(await status()).toMatchObject({ wanted: true, running: true });
    expect(await status()).not.toHaveProperty('belowSince');
    expect(timeline().steps()).toEqual([]);
  });

  test('below them it goes after the time, over a restart: first calico-node, then Typha', async () => {
    const began = Date.now();
    await deleteNodes(30, 45);
    await untilTypha({ wanted: true, belowSince: expect.any(String) });
    const { belowSince } = (await status())!;
    await operator.stop();
    operator = await startLeader(cluster());
    await untilSettled({ wanted: false, running: false, replicas: 0 });
    expect(timeline().steps()).toEqual(off);
    expect(violations(timeline().entries, 2, removed)).toEqual([]);
    const left = timeline().entries.find(({ what }) => what === off[0])!;
    expect(left.at - began).toBeGreaterThanOrEqual(patience * 1000);
    expect(left.at - Date.parse(belowSince ?? '')).toBeGreaterThanOrEqual(patience * 1000);
    await untilQuiet(cluster());
    const rest = (await madeObjects(cluster().api)).map(describeObject).filter((name) => /typha$/.test(name));
    expect(rest).toEqual([]);
  });
});

describe('killed at every step', () => {
  const options = { args: ['--leader-election=false'] };

  beforeAll(() => makeFresh(cluster(), operatorInstalled));

  /** Runs an operator until something happens, or is done, and kills it then. */
  async function killAt(what: Entry['what'] | 'pod starts'): Promise<void> {
    const running = await startOperator(cluster(), options);
    const happened = new Promise<void>((resolve) => {
      const forget = timeline().onEntry((entry) => {
        if (entry.what !== what) return;
        forget();
        resolve();
      });
    });
    await eventually(() => Promise.race([happened.then(() => true), isSettled()]));
    await running.signal('SIGKILL');
    await running.exited();
  }

  let wanted: boolean;
  const isSettled = async (): Promise<boolean> => {
    const typha = await status();
    return typha?.wanted === wanted && typha.running === wanted;
  };

  async function converge(): Promise<void> {
    operator = await startLeader(cluster(), options);
    await untilSettled({ wanted, running: wanted });
    await untilQuiet(cluster());
    await operator.stop();
  }

  test('on and off come to the same end, in the same order', async () => {
    const { api } = cluster();
    operator = await startLeader(cluster(), options);
    await applyInstallation(api, specWith({ mode: 'Never' }));
    await untilReady(api);
    await operator.stop();

    wanted = true;
    await applyInstallation(api, specWith({ mode: 'Always' }));
    for (const what of ['Typha is made', 'available', 'calico-node points at Typha', 'pod starts'] as const) {
      await killAt(what);
    }
    await converge();
    expect(timeline().steps()).toEqual(['calico-node points at the API server', ...on]);

    const revision = timeline().revision;
    wanted = false;
    await applyInstallation(api, specWith({ mode: 'Never' }));
    for (const what of ['calico-node points at the API server', 'pod starts', 'Typha goes'] as const) {
      await killAt(what);
    }
    await converge();
    expect(timeline().steps(revision)).toEqual(off);
    expect(violations(timeline().entries, 2)).toEqual([]);
    const rest = (await madeObjects(api)).map(describeObject).filter((name) => /typha$/.test(name));
    expect(rest).toEqual([]);
  });
});

describe('where Typha cannot run', () => {
  const nowhere = { typhaDeployment: { spec: { template: { spec: { nodeSelector: { pool: 'none' } } } } } };

  beforeAll(async () => {
    await makeFresh(cluster(), operatorInstalled);
    operator = await startLeader(cluster());
    await applyInstallation(cluster().api, specWith({ mode: 'Never' }));
    await untilReady(cluster().api);
  });
  afterAll(() => operator.stop());

  async function untilHomeless(): Promise<void> {
    await untilPasses(async () =>
      expect(await conditionOf('Degraded')).toMatchObject({
        status: 'True',
        reason: 'ResourceScalingError',
        message: expect.stringMatching(
          /spec\.typhaDeployment: .*no Linux node can run it.*Let Typha onto some nodes/,
        ),
      }),
    );
  }

  test('a Typha that finds no room is told in the words of the scheduler, and calico-node waits for it', async () => {
    const { api } = cluster();
    const { metadata } = await readNode();
    const resources = { requests: { cpu: '10k' } };
    const containers = [{ name: 'calico-typha', resources }];
    const huge = { typhaDeployment: { spec: { template: { spec: { containers } } } } };
    await applyInstallation(api, specWith({ mode: 'Always' }, huge));
    await untilPasses(async () => {
      expect(await conditionOf('Degraded')).toMatchObject({
        status: 'True',
        reason: 'PodFailure',
        message: expect.stringMatching(/calico-typha.*Insufficient cpu/),
      });
      expect(await conditionOf('Progressing')).toMatchObject({
        message: expect.stringContaining('calico-node stays as it is until 2 of 2 Typha are available'),
      });
    });
    expect((await readNode()).metadata.generation).toBe(metadata.generation);
    await applyInstallation(api, specWith({ mode: 'Never' }));
    await untilSettled({ wanted: false, running: false });
    expect((await readNode()).metadata.generation).toBe(metadata.generation);
    expect(await api.find(typhaPath)).toBeUndefined();
  });

  test('a condition says so, and calico-node is left alone', async () => {
    const { api } = cluster();
    const { metadata } = await readNode();
    await applyInstallation(api, specWith({ mode: 'Always' }, nowhere));
    await untilHomeless();
    await untilQuiet(cluster());
    expect((await readNode()).metadata.generation).toBe(metadata.generation);
    await applyInstallation(api, specWith({ mode: 'Always' }));
    await untilSettled({ wanted: true, running: true });
    expect(timeline().steps()).toEqual(on);
  });

  test('a Typha in use keeps running, and can still be switched off', async () => {
    const { api } = cluster();
    const { metadata } = await api.get<Deployment>(typhaPath);
    await applyInstallation(api, specWith({ mode: 'Always' }, nowhere));
    await untilHomeless();
    await untilQuiet(cluster());
    const live = await api.get<Deployment>(typhaPath);
    expect(live.metadata.generation).toBe(metadata.generation);
    expect(live.status?.availableReplicas).toBe(2);
    await applyInstallation(api, specWith({ mode: 'Never' }, nowhere));
    await untilSettled({ wanted: false, running: false });
    expect(violations(timeline().entries, 2)).toEqual([]);
  });
});

describe('on a new cluster with Typha', () => {
  beforeAll(() => makeFresh(cluster(), operatorInstalled));
  afterAll(() => operator.stop());

  test('calico-node starts with it, and only once', async () => {
    operator = await startLeader(cluster());
    await applyInstallation(cluster().api, specWith({ mode: 'Always' }));
    await untilSettled({ wanted: true, running: true });
    expect(timeline().steps()).toEqual(on);
    expect(startsPerNode(timeline().entries)).toBe(1);
    expect(violations(timeline().entries, 2)).toEqual([]);
  });
});
