import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { systemClock } from '../../clock.ts';
import { kubeconfigFor, testConsole } from '../testing.ts';
import { emptyReport } from '../../status/types.ts';
import * as examples from './examples.ts';
import type { StatusReport } from './report.ts';
import { runStatus } from './status.ts';

/** What the API server answers: objects by plural, or a failure. */
interface Scene {
  readonly objects?: Readonly<Record<string, readonly object[]>>;
  readonly failure?: readonly [number, string];
  /** Plurals that may not be read. */
  readonly forbidden?: readonly string[];
}

const directory = mkdtempSync(join(tmpdir(), 'calico-operator-status-'));
const kubeconfig = join(directory, 'kubeconfig');
let scene: Scene = {};
const watches = new Map<string, ServerResponse>();

function fail(response: ServerResponse, code: number, reason: string): void {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify({ kind: 'Status', status: 'Failure', message: `${reason} it is`, reason, code }),
  );
}

const line = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;

const plurals = /(installations|tigerastatuses|ippools|daemonsets|deployments|pods)(?:\/(.+))?$/;

function answer(path: string, response: ServerResponse): void {
  const [, plural = '', name] = plurals.exec(path) ?? [];
  const items = scene.objects?.[plural];
  if (scene.failure !== undefined) fail(response, ...scene.failure);
  else if (path === '/version') response.end('{"gitVersion":"v1.36.1"}');
  else if (scene.forbidden?.includes(plural) === true) fail(response, 403, 'Forbidden');
  else if (items === undefined || name !== undefined) fail(response, 404, 'NotFound');
  else stream(plural, items, response);
}

/** A list that is streamed, and goes on as a watch. */
function stream(plural: string, items: readonly object[], response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  for (const item of items) {
    response.write(line('ADDED', { ...item, metadata: { resourceVersion: '1', name: 'default' } }));
  }
  const annotations = { 'k8s.io/initial-events-end': 'true' };
  response.write(line('BOOKMARK', { kind: 'Any', metadata: { resourceVersion: '1', annotations } }));
  watches.set(plural, response);
}

const server = createServer((request, response) =>
  answer(new URL(request.url ?? '', 'http://server').pathname, response),
);

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  writeFileSync(kubeconfig, kubeconfigFor(port));
});
beforeEach(() => watches.clear());
afterAll(async () => {
  rmSync(directory, { recursive: true });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function status(...args: readonly string[]) {
  return start(args).done;
}

function start(args: readonly string[]) {
  const console = testConsole('', { environment: { KUBECONFIG: kubeconfig }, clock: systemClock });
  const done = runStatus(args, console).then((code) => ({
    code,
    output: console.output(),
    errors: console.errors(),
  }));
  return { console, done };
}

const nothing = {
  installations: [],
  tigerastatuses: [],
  ippools: [],
  daemonsets: [],
  deployments: [],
  pods: [],
};
const available = examples.installation(emptyReport, { status: { calicoVersion: 'v3.32.1' } });
const { generation: _, ...unversioned } = available.metadata;
const installed = { ...nothing, installations: [{ ...available, metadata: unversioned }] };

test('available: exit code 0', async () => {
  scene = { objects: installed };
  const { code, output } = await status();
  expect({ code, first: output.split('\n')[0] }).toEqual({ code: 0, first: 'Calico v3.32.1 is available' });
});

test('JSON is the report', async () => {
  scene = { objects: installed, forbidden: ['pods'] };
  const { code, output } = await status('-o', 'json');
  const report = JSON.parse(output) as StatusReport;
  expect(code).toBe(0);
  expect(report).toMatchObject({ state: 'ready', versions: { calico: 'v3.32.1', kubernetes: 'v1.36.1' } });
  expect(report.warnings).toEqual([expect.stringMatching(/^pods: you may not list or watch it/)]);
});

test('nothing there: exit code 3, CRDs or not', async () => {
  scene = { objects: nothing };
  expect(await status()).toMatchObject({
    code: 3,
    output: expect.stringMatching(/^Calico is not installed: there is no Installation/) as unknown,
  });
  scene = { objects: { daemonsets: [], deployments: [], pods: [] } };
  expect(await status()).toMatchObject({
    code: 3,
    output: expect.stringMatching(
      /CustomResourceDefinition installations\.operator\.tigera\.io is missing/,
    ) as unknown,
  });
});

test('waiting ends when it becomes available', async () => {
  scene = { objects: nothing };
  const { console, done } = start(['--wait', '--timeout', '10m']);
  while (!console.output().includes('not installed')) await systemClock.sleep(5);
  const object = { ...available, metadata: { name: 'default', resourceVersion: '2' } };
  watches.get('installations')?.write(line('ADDED', object));
  const { code, output } = await done;
  expect(code).toBe(0);
  expect(output).toMatch(
    /\ds {2}Calico is not installed.*\n +\d+s {2}Calico v3\.32\.1 is available\n\nCalico v3\.32\.1 is available\n/,
  );
});

test('waiting ends with the state’s exit code when time is up; JSON stays alone on standard output', async () => {
  scene = { objects: nothing };
  const { code, output, errors } = await status('--wait', '--timeout', '1s', '-o', 'json');
  expect(code).toBe(3);
  expect(JSON.parse(output)).toMatchObject({ state: 'not-installed' });
  expect(errors).toEqual([expect.stringMatching(/\ds {2}Calico is not installed/)]);
});

test.each<[string, Scene, RegExp]>([
  [
    'no valid credentials',
    { failure: [401, 'Unauthorized'] },
    /The credentials of the kubeconfig are not accepted: renew them\.$/,
  ],
  [
    'no permission',
    { objects: nothing, forbidden: ['installations'] },
    /^get Installation default: .*Forbidden.*Ask for the permission/,
  ],
  ['an answer that nobody foresaw', { failure: [418, 'Teapot'] }, /Teapot it is/],
])('%s: exit code 2, and what is known of it', async (_name, next, message) => {
  scene = next;
  const { code, output, errors } = await status();
  expect({ code, output }).toEqual({ code: 2, output: '' });
  expect(errors.join('\n')).toMatch(message);
});

test('no server: exit code 2 and the cure', async () => {
  const nowhere = join(directory, 'nowhere');
  const config = JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'c',
  });
  writeFileSync(nowhere, config);
  const { code, errors } = await status('--kubeconfig', nowhere);
  expect(code).toBe(2);
  expect(errors.join('\n')).toMatch(/ECONNREFUSED.*Check the server address of the kubeconfig/);
});
