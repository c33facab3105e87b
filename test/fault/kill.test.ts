import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';

import type { KubeObject } from '../../src/api/kubernetes.ts';
import {
  applyInstallation,
  calicoNodePath,
  describeObject,
  describeRequest,
  installationPath,
  madeObjects,
  operatorInstalled,
  operatorWrites,
  pathOfMade,
  startInstalled,
  stockSpec,
  untilQuiet,
  untilReady,
} from '../cluster/harness.ts';
import { useContractWatch } from '../cluster/contract-watch.ts';
import { startOperator } from '../cluster/operator.ts';
import { consistently, eventually } from '../control-plane/eventually.ts';
import { makeFresh, useFreshCluster } from '../control-plane/shared.ts';
import { readEndState } from './end-state.ts';
import { seededRandom, testSeed } from './random.ts';

jest.setTimeout(600_000);

const cluster = useFreshCluster(operatorInstalled);
useContractWatch(cluster);

/** How often the operator is killed in all; `CALICO_OPERATOR_TEST_KILLS` says otherwise. */
const kills = Number(process.env['CALICO_OPERATOR_TEST_KILLS'] ?? 40);
const random = seededRandom(testSeed);
const share = (part: number): number => Math.max(1, Math.round(kills * part));

/** Milliseconds in which an operator that was just started does its work; the kill falls into them. */
const span = 1500;
// Without an election a new process acts as soon as its caches are filled, so that more kills meet it at work.
const options = { args: ['--leader-election=false'] };
const updated = {
  ...stockSpec,
  calicoNetwork: { ...stockSpec.calicoNetwork, mtu: 1400 },
  nodeMetricsPort: 9091,
};

let undisturbed: { readonly installed: readonly unknown[]; readonly updated: readonly unknown[] };

interface Identity {
  readonly daemonSet: string;
  readonly keys: Readonly<Record<string, unknown>>;
}

const endState = () => readEndState(cluster().api);

/** What must never be made anew: the DaemonSet, and every private key. */
async function identity(): Promise<Identity> {
  const { api } = cluster();
  const secrets = (await madeObjects(api)).filter(({ kind }) => kind === 'Secret') as readonly (KubeObject & {
    readonly data?: Readonly<Record<string, string>>;
  })[];
  return {
    daemonSet: (await api.get(calicoNodePath)).metadata.uid ?? '',
    keys: Object.fromEntries(secrets.map((secret) => [describeObject(secret), secret.data?.['tls.key']])),
  };
}

/** Starts an operator, has it work for a random moment, and kills it. */
async function interrupt(cause: () => Promise<unknown>, from: 'start' | 'ready'): Promise<void> {
  const operator = await startOperator(cluster(), options);
  if (from === 'ready') await operator.ready();
  await cause();
  // The moment of the kill is what is tested; there is nothing to wait for.
  await new Promise((resolve) => setTimeout(resolve, random() * span * (from === 'ready' ? 0.5 : 1)));
  await operator.signal('SIGKILL');
  await operator.exited();
}

/** An operator that nobody disturbs brings everything to an end, and then writes nothing more. */
async function converge(whenDone: () => Promise<unknown>): Promise<void> {
  const operator = await startOperator(cluster(), options);
  try {
    await operator.ready();
    await whenDone();
    await untilQuiet(cluster());
    const mark = await cluster().auditLog.mark();
    await consistently(
      async () => expect((await operatorWrites(cluster(), mark)).map(describeRequest)).toEqual([]),
      1500,
    );
  } finally {
    await operator.stop();
  }
}

const ready = () => untilReady(cluster().api);
const nothing = () => Promise.resolve();

beforeAll(async () => {
  process.stderr.write(`  ${kills} kills, CALICO_OPERATOR_TEST_SEED=${testSeed}\n`);
  const operator = await startInstalled(cluster(), stockSpec, options);
  try {
    const installed = await endState();
    await applyInstallation(cluster().api, updated);
    await ready();
    await untilQuiet(cluster());
    undisturbed = { installed, updated: await endState() };
  } finally {
    await operator.stop();
  }
});

afterAll(() => makeFresh(cluster(), operatorInstalled));

describe('killed at random moments, the operator gets to the same end', () => {
  test('of an install', async () => {
    const rounds = 3;
    for (let round = 0; round < rounds; round++) {
      await makeFresh(cluster(), operatorInstalled);
      await interrupt(() => applyInstallation(cluster().api), 'ready');
      let uid = (await cluster().api.find(calicoNodePath))?.metadata.uid;
      for (let kill = 1; kill < share(0.4) / rounds; kill++) {
        await interrupt(nothing, 'start');
        const now = (await cluster().api.find(calicoNodePath))?.metadata.uid;
        if (uid !== undefined) expect(now).toBe(uid);
        uid = now;
      }
      await converge(ready);
      expect(await endState()).toEqual(undisturbed.installed);
      if (uid !== undefined) expect((await identity()).daemonSet).toBe(uid);
    }
  });

  test('of an update', async () => {
    const before = await identity();
    for (let kill = 0; kill < share(0.3); kill++) {
      const spec = kill % 2 === 0 ? updated : stockSpec;
      const from = kill % 3 === 0 ? 'ready' : 'start';
      await interrupt(() => applyInstallation(cluster().api, spec), from);
    }
    await applyInstallation(cluster().api, updated);
    await converge(ready);
    expect(await endState()).toEqual(undisturbed.updated);
    expect(await identity()).toEqual(before);
  });

  test('of objects that are deleted under it', async () => {
    const before = await identity();
    const objects = (await madeObjects(cluster().api)).filter(
      ({ kind, metadata }) => !['Namespace', 'Secret'].includes(kind) && metadata.name !== 'calico-node',
    );
    for (let kill = 0; kill < share(0.3); kill++) {
      const picked = objects.filter(() => random() < 0.3);
      const remove = () =>
        Promise.all(picked.map((object) => cluster().api.delete(pathOfMade(object), 'Background')));
      await interrupt(remove, kill % 3 === 0 ? 'ready' : 'start');
    }
    await converge(ready);
    expect(await endState()).toEqual(undisturbed.updated);
    expect(await identity()).toEqual(before);
  });

  test('of a deletion', async () => {
    await interrupt(() => cluster().api.delete(installationPath, 'Background'), 'ready');
    for (let kill = 1; kill < Math.max(2, share(0.1)); kill++) await interrupt(nothing, 'start');
    await converge(() => eventually(async () => (await cluster().api.find(installationPath)) === undefined));
    expect((await madeObjects(cluster().api)).map(({ kind }) => kind)).not.toContain('DaemonSet');
  });
});
