import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';

import { eventually } from '../control-plane/eventually.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import { useContractWatch } from './contract-watch.ts';
import {
  applyInstallation,
  holds,
  madeObjects,
  operatorInstalled,
  readInstallation,
  startInstalled,
  startLeader,
  untilPasses,
  untilQuiet,
  untilReady,
} from './harness.ts';
import { buildOperator, installCrds, type Operator, operatorAccount, startOperator } from './operator.ts';

const cluster = useFreshCluster(operatorInstalled);
useContractWatch(cluster);
let operator: Operator | undefined;
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'calico-operator-recover-'));
});
afterEach(async () => {
  await operator?.stop();
  operator = undefined;
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** How often the watch of a missing kind was tried. */
function failuresOf(metrics: string, name: string): number {
  const restarts = `calico_operator_watch_restarts_total{resource="${name}",reason="missing"} `;
  return Number(
    metrics
      .split('\n')
      .find((line) => line.startsWith(restarts))
      ?.slice(restarts.length) ?? 0,
  );
}

/** Resolves right after a try of each watch, when it is most of a minute to the next: pauses double. */
async function untilTriesAreRare({ url }: Operator, names: readonly string[]): Promise<void> {
  const seen = new Map(names.map((name) => [name, { failures: 0, at: performance.now(), pause: 0 }]));
  await eventually(
    async () => {
      const metrics = await (await fetch(`${url}/metrics`)).text();
      for (const [name, last] of seen) {
        const failures = failuresOf(metrics, name);
        const at = performance.now();
        if (failures > last.failures) seen.set(name, { failures, at, pause: at - last.at });
      }
      return [...seen.values()].every(({ pause }) => pause > 20_000);
    },
    { description: 'the back-off to grow', interval: 100, timeout: 150_000 },
  );
}

const configMap = '/api/v1/namespaces/calico-system/configmaps/cni-config';

/** Milliseconds until a deleted object is back, which takes a watch, a leader and a working connection. */
async function untilItActs(): Promise<number> {
  const began = performance.now();
  await cluster().api.delete(configMap);
  await eventually(() => cluster().api.find(configMap), { interval: 20 });
  return performance.now() - began;
}

/** The process that runs is the one that was started. */
async function expectSameProcess({ pid, url }: Operator): Promise<void> {
  expect(() => process.kill(pid, 0)).not.toThrow();
  await untilPasses(async () => expect((await fetch(`${url}/healthz`)).status).toBe(200));
}

test.each(['SIGTERM', 'SIGKILL'] as const)('the API server restarts (%s)', async (signal) => {
  const { api } = cluster();
  operator = await startInstalled(cluster());
  await cluster().restartApiServer(signal);
  expect(await untilItActs()).toBeLessThan(30_000);
  await untilReady(api);
  await expectSameProcess(operator);
});

test('its token is refused, and a new one is in the file', async () => {
  const { api } = cluster();
  operator = await startInstalled(cluster());
  // A token dies with the account that it is bound to.
  const { namespace, name } = operatorAccount;
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`;
  await api.delete(path);
  await api.create(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } });
  await eventually(
    async () => (await (await fetch(`${operator?.url ?? ''}/metrics`)).text()).includes('code="401"'),
    {
      description: 'the API server to refuse the old token',
    },
  );
  await cluster().kubeconfigFor(operatorAccount);
  expect(await untilItActs()).toBeLessThan(30_000);
  await expectSameProcess(operator);
});

test('kinds are missing at the start and are installed later', async () => {
  const { api } = cluster();
  await applyInstallation(api);
  const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const missing = ['ippools.crd.projectcalico.org', 'tigerastatuses.operator.tigera.io'];
  await Promise.all(missing.map((name) => api.delete(`${crds}/${name}`)));
  await eventually(async () =>
    (await Promise.all(missing.map((name) => api.find(`${crds}/${name}`)))).every((crd) => !crd),
  );
  operator = await startLeader(cluster());
  await eventually(async () => {
    const { status } = await readInstallation(api);
    const degraded = status?.conditions?.find(({ type }) => type === 'Degraded');
    expect(degraded).toMatchObject({ status: 'True', reason: 'CustomResourceDefinitionMissing' });
    for (const name of missing) expect(degraded?.message).toContain(name);
    expect(degraded?.message).toContain('--manage-crds');
    return true;
  });
  const log = await readFile(operator.logFile, 'utf8');
  for (const name of missing) expect(log).toContain(name);
  await untilTriesAreRare(operator, missing);
  await installCrds(api);
  const ready = await untilReady(api);
  expect(holds(ready, 'Ready')).toBe(true);
  expect((await madeObjects(api)).map(({ kind }) => kind)).toContain('IPPool');
  await expectSameProcess(operator);
});

test('with every kind missing, it waits and says which', async () => {
  const { api } = cluster();
  await applyInstallation(api);
  await eventually(async () => holds(await readInstallation(api), 'Ready') || true);
  const crd = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/installations.operator.tigera.io';
  await api.mergePatch('/apis/operator.tigera.io/v1/installations/default', {
    metadata: { finalizers: null },
  });
  await api.delete(crd);
  await eventually(async () => (await api.find(crd)) === undefined);
  operator = await startOperator(cluster(), { name: 'operator-without-kinds' });
  const started = operator;
  await untilPasses(async () =>
    expect(await readFile(started.logFile, 'utf8')).toContain('installations.operator.tigera.io'),
  );
  await expectSameProcess(operator);
  await installCrds(api);
  await eventually(() => applyInstallation(api).catch(() => undefined));
  await untilReady(api);
  await untilQuiet(cluster());
});

test('a process that cannot start says why and ends with a code of its own', async () => {
  const file = await buildOperator();
  const broken = join(scratch, 'broken.kubeconfig');
  await writeFile(broken, 'clusters: [');
  const cases = [
    { args: ['run', '--no-such-flag'], code: 2, says: ['--no-such-flag', '--help'] },
    { args: ['run', '--leader-elction=false'], code: 2, says: ['--leader-election'] },
    {
      args: ['run', `--kubeconfig=${join(scratch, 'absent')}`],
      code: 2,
      says: [join(scratch, 'absent'), 'ENOENT', '--kubeconfig'],
    },
    { args: ['run', `--kubeconfig=${broken}`], code: 2, says: [broken, 'no YAML'] },
    { args: ['no-such-command'], code: 2, says: ['no-such-command'] },
  ];
  for (const [index, { args, code, says }] of cases.entries()) {
    const program = await cluster().run(`broken-${index}`, process.execPath, [file, ...args], {
      env: { PATH: process.env['PATH'], HOME: scratch },
    });
    expect([args, (await program.exited()).code]).toEqual([args, code]);
    const output = await readFile(program.logFile, 'utf8');
    for (const part of says) expect(output).toContain(part);
  }
});
