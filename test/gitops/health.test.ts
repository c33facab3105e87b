/** The health checks of deploy/argocd, run by Argo CD itself on every state of our status. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { beginning, healthScripts } from '../../scripts/argocd.ts';
import { repository } from '../../scripts/bundle/bundle.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { streamProgress } from '../control-plane/build/progress.ts';
import { gitOpsPrograms } from './programs.ts';
import {
  type ArgoHealth,
  componentStates,
  foreignDefinitionStates,
  installationStates,
  otherStates,
} from './states.ts';

const run = promisify(execFile);
const argoFolder = join(repository, 'deploy', 'argocd');
let argocd: string;
let scratch: string;

beforeAll(async () => {
  ({ argocd } = await gitOpsPrograms(streamProgress()));
  scratch = await mkdtemp(join(tmpdir(), 'calico-operator-health-'));
  // Argo CD may have to be built first.
}, 1_800_000);
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** What Argo CD says of an object with the settings of deploy/argocd. */
async function healthOf(object: KubeObject, file: string): Promise<ArgoHealth> {
  await writeFile(file, JSON.stringify(object));
  const settings = ['--argocd-cm-path', join(argoFolder, 'argocd-cm.yaml')];
  const { stdout } = await run(
    argocd,
    ['admin', 'settings', 'resource-overrides', 'health', file, ...settings],
    { env: { PATH: process.env['PATH'], HOME: scratch, ARGOCD_BINARY_NAME: 'argocd' } },
  );
  const [, status = '', message = ''] = /^STATUS: (\w+)\nMESSAGE: (.*)$/s.exec(stdout.trim()) ?? [];
  if (status === '') throw new Error(`Argo CD says: ${stdout}`);
  return { status: status as ArgoHealth['status'], message };
}

/** The same of many, some at once: a question takes half a second. */
async function healthOfAll(objects: readonly KubeObject[]): Promise<readonly ArgoHealth[]> {
  const answers: ArgoHealth[] = [];
  const entries = objects.entries();
  const ask = async (): Promise<void> => {
    for (const [i, object] of entries) answers[i] = await healthOf(object, join(scratch, `${i}.json`));
  };
  await Promise.all([ask(), ask(), ask(), ask()]);
  return answers;
}

test.each([
  ['an Installation', installationStates],
  ['an Installation under Tigera’s definition', foreignDefinitionStates],
  ['a TigeraStatus', componentStates],
  ['other kinds', otherStates],
])('%s in every state', async (_, states) => {
  const answers = await healthOfAll(states.map(({ object }) => object));
  expect(states.map(({ what }, i) => [what, answers[i]])).toEqual(
    states.map(({ what, argo }) => [what, argo]),
  );
});

test('every script is used', async () => {
  expect((await readdir(join(argoFolder, 'health'))).sort()).toEqual(
    [...Object.keys(healthScripts), beginning].sort(),
  );
});
