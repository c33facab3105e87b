import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { systemClock } from '../clock.ts';
import { kubeconfigFor, testConsole } from './testing.ts';
import { type Replica, type ReplicaOptions, runUninstall } from './uninstall.ts';

const directory = mkdtempSync(join(tmpdir(), 'calico-operator-uninstall-'));
const kubeconfig = join(directory, 'kubeconfig');
/** Objects named `default` by plural; a kind that is not served is not in it either. */
let objects = new Map<string, object>();
let deletions: string[] = [];
const living = { metadata: { name: 'tigera-operator' } };
/** The operator's; undefined where it is not there. */
let namespace: object | undefined = living;
/** What a DELETE leaves; by default nothing. */
let afterDeletion: (plural: string) => object | undefined = () => undefined;

/** Asks the command that runs to end. */
let end: (() => void) | undefined;
/** As soon as it waits. */
const endSoon = (): void => {
  if (end === undefined) setImmediate(endSoon);
  else end();
};

const server = createServer((request, response) => {
  const path = (request.url ?? '').split('?')[0] ?? '';
  const plural = /\/operator\.tigera\.io\/v1\/(\w+)\/default$/.exec(path)?.[1] ?? '';
  const object = path === '/api/v1/namespaces/tigera-operator' ? namespace : objects.get(plural);
  response.setHeader('content-type', 'application/json');
  if (object === undefined) {
    response.writeHead(404);
    response.end(JSON.stringify({ kind: 'Status', reason: 'NotFound', code: 404 }));
    return;
  }
  if (request.method === 'DELETE') {
    deletions.push(plural);
    const left = afterDeletion(plural);
    if (left === undefined) objects.delete(plural);
    else objects.set(plural, left);
  }
  response.end(JSON.stringify(object));
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  writeFileSync(kubeconfig, kubeconfigFor(port));
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  objects = new Map();
  deletions = [];
  namespace = living;
  elections = [];
  afterDeletion = () => undefined;
});

/** Whether operators that were started had to be elected. */
let elections: boolean[] = [];

function uninstall(...args: readonly string[]) {
  const console = testConsole('', { clock: systemClock });
  const replica = { started: 0, stopped: 0 };
  const start = ({ leaderElection }: ReplicaOptions): Replica => {
    elections.push(leaderElection);
    replica.started += 1;
    return { stop: () => Promise.resolve(void (replica.stopped += 1)) };
  };
  const onEnd = (listener: () => void) => {
    end = listener;
    return () => (end = undefined);
  };
  const surroundings = { startReplica: start, onEnd };
  const code = runUninstall([`--kubeconfig=${kubeconfig}`, ...args], console, surroundings);
  return code.then((value) => ({ code: value, replica, output: console.output(), errors: console.errors() }));
}

test('without anything to remove no operator is started', async () => {
  expect(await uninstall()).toEqual({
    code: 0,
    replica: { started: 0, stopped: 0 },
    output: 'Nothing to remove: there is no Installation named default.\n',
    errors: [],
  });
});

test('everything that is there is deleted, while an operator acts', async () => {
  objects = new Map([
    ['installations', { kind: 'Installation' }],
    ['goldmanes', { kind: 'Goldmane' }],
    ['whiskers', { kind: 'Whisker' }],
  ]);
  expect(await uninstall()).toMatchObject({
    errors: [],
    code: 0,
    replica: { started: 1, stopped: 1 },
    output: 'Calico is removed.\n',
  });
  expect(deletions).toEqual(['whiskers', 'goldmanes', 'installations']);
  expect(end).toBeUndefined();
});

test.each([
  ['there', living, true],
  ['gone', undefined, false],
  ['going', { metadata: { ...living.metadata, deletionTimestamp: '2030-01-01T00:00:00Z' } }, false],
])('where the namespace of the Lease is %s, the operator knows', async (_, place, elects) => {
  objects = new Map([['installations', { kind: 'Installation' }]]);
  namespace = place;
  expect(await uninstall()).toMatchObject({ code: 0, replica: { started: 1, stopped: 1 } });
  expect(elections).toEqual([elects]);
});

test('who is asked to end takes the operator along', async () => {
  objects = new Map([['installations', { kind: 'Installation' }]]);
  afterDeletion = () => {
    endSoon();
    return { kind: 'Installation' };
  };
  const { code, replica, errors } = await uninstall('--timeout=10m');
  expect({ code, replica }).toEqual({ code: 1, replica: { started: 1, stopped: 1 } });
  expect(errors).toEqual([
    'Stopped, and these are still there: Installation. The deletion goes on as long as an operator runs.',
  ]);
});

test('what does not end in time is named, with what the operator waits for', async () => {
  objects = new Map([['installations', { kind: 'Installation' }]]);
  const conditions = [
    { type: 'Progressing', status: 'True', message: 'pods of calico-node are still there' },
  ];
  afterDeletion = () => ({ kind: 'Installation', status: { conditions } });
  const { code, replica, errors } = await uninstall('--timeout=1s');
  expect({ code, replica }).toEqual({ code: 1, replica: { started: 1, stopped: 1 } });
  expect(errors).toEqual([
    'The time is up, and these are still there: Installation (pods of calico-node are still there). ' +
      'The deletion goes on as long as an operator runs.',
  ]);
});

test.each([
  [['--timeout=soon'], '--timeout "soon" is no duration: write for example 90s, 5m or 1h30m'],
  [['--timeuot=1m'], 'unknown flag --timeuot: did you mean --timeout?'],
])('%j is refused before anything is deleted', async (args, problem) => {
  objects = new Map([['installations', {}]]);
  const { code, errors } = await uninstall(...args);
  expect(code).toBe(2);
  expect(errors[0]).toBe(problem);
  expect(deletions).toEqual([]);
});
