/** What kstatus, the library by which Flux and Helm 4 judge, makes of every state of our status. */
import { execFile } from 'node:child_process';

import { beforeAll, expect, test } from '@jest/globals';

import type { KubeObject } from '../../src/api/kubernetes.ts';
import { type Conditioned, computeKStatus } from '../cluster/status-contract.ts';
import { buildComponents } from '../control-plane/build/build.ts';
import { streamProgress } from '../control-plane/build/progress.ts';
import { componentStates, installationStates, type KStatus } from './states.ts';

interface Verdict {
  readonly status: KStatus;
  readonly message: string;
}

let program: string;

beforeAll(async () => {
  ({ kstatus: program } = await buildComponents(['kstatus'], streamProgress()));
}, 600_000);

function kstatus(objects: readonly KubeObject[]): Promise<readonly Verdict[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly Verdict[]>();
  const child = execFile(program, (error, stdout, stderr) => {
    if (error === null) resolve(JSON.parse(stdout) as readonly Verdict[]);
    else reject(new Error(stderr, { cause: error }));
  });
  child.stdin?.end(JSON.stringify(objects));
  return promise;
}

const objects = installationStates.map(({ object }) => object);

test('every state of an Installation is what it is', async () => {
  const verdicts = await kstatus(objects);
  expect(installationStates.map(({ what }, i) => [what, verdicts[i]?.status])).toEqual(
    installationStates.map(({ what, kstatus: expected }) => [what, expected]),
  );
});

test('what failed is told with its cause', async () => {
  const failed = installationStates.filter((state) => state.kstatus === 'Failed');
  const verdicts = await kstatus(failed.map(({ object }) => object));
  expect(verdicts.map(({ message }) => message)).toEqual(failed.map(({ argo }) => argo.message));
  expect(failed.length).toBeGreaterThan(10);
});

test('our own rules, by which every status of the cluster tests is judged, are those of kstatus', async () => {
  const all = [...objects, ...componentStates.map(({ object }) => object)];
  const verdicts = await kstatus(all);
  expect(all.map((object) => computeKStatus(object as Conditioned).status)).toEqual(
    verdicts.map(({ status }) => status),
  );
});
