/** Dashboard, alerts and documented questions, asked of a Prometheus that scrapes the operator at work. */
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { repository } from '../../scripts/bundle/bundle.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import { chartDirectory } from './clients.ts';
import {
  applyInstallation,
  calicoNodePath,
  operatorInstalled,
  startLeader,
  stockSpec,
  untilPasses,
  untilReady,
} from './harness.ts';
import type { Operator } from './operator.ts';
import { type Prometheus, startPrometheus } from './prometheus.ts';

interface Panel {
  readonly title: string;
  readonly description: string;
  readonly targets: readonly { readonly expr: string }[];
}

const patience = { interval: 500 } as const;
const cluster = useFreshCluster(operatorInstalled);
let operator: Operator;
let prometheus: Prometheus;
let kubeControllers: Server;
let panels: readonly Panel[];

/** Answers with what kube-controllers v3.32.1 says of one pool with an address in use. */
async function serveKubeControllers(): Promise<Server> {
  const text = await readFile(join(import.meta.dirname, 'fixtures', 'kube-controllers-metrics.txt'), 'utf8');
  const server = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/plain; version=0.0.4').end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const addressOf = (server: Server): string => `127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  const dashboard = await readFile(join(chartDirectory, 'files', 'dashboard.json'), 'utf8');
  panels = (JSON.parse(dashboard) as { readonly panels: readonly Panel[] }).panels;
  const { api } = cluster();
  kubeControllers = await serveKubeControllers();
  operator = await startLeader(cluster());
  // It counts what happens between two scrapes, so it has to be there before anything does.
  prometheus = await startPrometheus(
    cluster(),
    { operator: [new URL(operator.url).host], 'kube-controllers': [addressOf(kubeControllers)] },
    join(chartDirectory, 'files', 'alerts.yaml'),
  );
  await applyInstallation(api, { ...stockSpec, typha: { mode: 'Always' } });
  await untilReady(api);
  await api.mergePatch(calicoNodePath, { metadata: { labels: { 'app.kubernetes.io/name': 'edited' } } });
}, 600_000);
afterAll(() => {
  kubeControllers.close();
});

describe('dashboard', () => {
  test('every panel says what it shows', () => {
    expect(panels.filter(({ description }) => description === '').map(({ title }) => title)).toEqual([]);
  });

  test('every panel has data', async () => {
    const queries = panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr })));
    expect(queries.length).toBeGreaterThan(panels.length);
    const isEmpty = async ({ expr }: { readonly expr: string }): Promise<boolean> => {
      const samples = await prometheus.query(expr);
      return samples.length === 0 || samples.some(({ value }) => !Number.isFinite(value));
    };
    await untilPasses(async () => {
      const empty = await Promise.all(queries.map(isEmpty));
      expect(queries.filter((_, index) => empty[index]).map(({ title }) => title)).toEqual([]);
    }, patience);
  });

  test('what it shows is what is the case', async () => {
    const only = async (title: string): Promise<readonly [string, number][]> => {
      const [target] = panels.find((panel) => panel.title === title)?.targets ?? [];
      const samples = await prometheus.query(target?.expr ?? '');
      return samples
        .map(({ metric, value }) => [Object.values(metric).join(), value] as [string, number])
        .sort();
    };
    await untilPasses(async () => {
      expect(await only('Available')).toEqual([
        ['calico', 1],
        ['ippools', 1],
      ]);
      expect(await only('Leaders')).toEqual([['', 1]]);
      expect(await only('Typha')).toEqual([
        ['desired', 2],
        ['ready', 2],
      ]);
      expect(await only('Nodes where calico-node is not ready')).toEqual([['calico-node', 0]]);
      expect(await only('IP pools in use')).toEqual([['default-ipv4-ippool', 1 / 65_536]]);
    }, patience);
  });
});

test('every expression of docs/metrics.md is one, and its metrics are there', async () => {
  const page = await readFile(join(repository, 'docs', 'metrics.md'), 'utf8');
  const [, questions = ''] = page.split('\n## Questions they answer\n');
  const expressions = [...questions.matchAll(/ \| `(.*)` \|$/gm)].map(([, expression = '']) => expression);
  expect(expressions.length).toBeGreaterThan(5);
  await Promise.all(expressions.map((expression) => prometheus.query(expression)));
  const available = await prometheus.query(expressions[0] ?? '');
  expect(available).toHaveLength(1);
});

describe('alerts', () => {
  /** These wait for half an hour of failures; a single one, which a busy machine may cause, makes them pending. */
  const ofFailures = ['CalicoOperatorReconcileErrors', 'CalicoOperatorApiErrors'];
  const active = async (): Promise<readonly string[]> =>
    (await prometheus.alerts())
      .filter(({ name, state }) => state === 'firing' || (state === 'pending' && !ofFailures.includes(name)))
      .map(({ name, state }) => `${name} ${state}`);

  test('are all evaluated, and quiet while all is well', async () => {
    await untilPasses(async () => {
      const alerts = await prometheus.alerts();
      expect(alerts.length).toBeGreaterThan(8);
      expect(alerts.filter(({ health }) => health !== 'ok')).toEqual([]);
      expect(await active()).toEqual([]);
    }, patience);
  });

  test('that the operator is down is noticed when it is, and nothing else is told of it', async () => {
    await operator.stop();
    await untilPasses(async () => {
      expect(await active()).toEqual(['CalicoOperatorDown pending']);
    }, patience);
  });
});
