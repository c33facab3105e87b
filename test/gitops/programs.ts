/** What the tier runs: Argo CD, a Redis, and what Argo's repo server calls. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { buildComponents, type Programs } from '../control-plane/build/build.ts';
import { clientComponents, gitOpsComponents, modulesDirectory } from '../control-plane/build/components.ts';
import { withLock } from '../control-plane/build/lock.ts';
import type { Progress } from '../control-plane/build/progress.ts';

/** Programs by name, and the folder of Argo CD's own definitions. */
export interface GitOpsPrograms extends Programs<(typeof gitOpsComponents)[number] | 'helm' | 'kubectl'> {
  /** Folder with the CustomResourceDefinitions of this release of Argo CD. */
  readonly argoDefinitions: string;
}

const run = promisify(execFile);
const argoModule = 'github.com/argoproj/argo-cd/v3';

/**
 * Paths of all of them, built first where they are missing: Argo CD takes six minutes on two cores.
 * @throws Error with the compiler's output, or with what to install
 */
export async function gitOpsPrograms(progress: Progress): Promise<GitOpsPrograms> {
  const programs = await buildComponents([...gitOpsComponents, ...clientComponents], progress);
  const argoDefinitions = join(dirname(programs.argocd), 'definitions');
  await withLock(
    join(dirname(programs.argocd), 'definitions.lock'),
    () => copyDefinitions(argoDefinitions),
    (owner) => progress.note(`waiting for process ${owner}, which gets Argo CD's definitions`),
  );
  return { ...programs, argoDefinitions };
}

/** Copies them out of Argo CD's module, beside the program: Go's own cache may be emptied at any time. */
async function copyDefinitions(target: string): Promise<void> {
  if (await readdir(target).catch(() => undefined)) return;
  const { stdout } = await run('go', ['mod', 'download', '-json', argoModule], {
    cwd: join(modulesDirectory, 'argocd'),
    env: { ...process.env, GOFLAGS: '-mod=readonly', GOWORK: 'off' },
  });
  const { Dir: module } = JSON.parse(stdout) as { readonly Dir: string };
  const source = join(module, 'manifests', 'crds');
  const scratch = await mkdtemp(`${target}-`);
  try {
    const copy = join(scratch, 'definitions');
    await mkdir(copy);
    for (const file of (await readdir(source)).filter((name) => name.endsWith('-crd.yaml'))) {
      await cp(join(source, file), join(copy, file));
    }
    await rename(copy, target);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Builds what is missing. @returns why that is impossible; undefined if all is there */
export async function prepareGitOps(progress: Progress): Promise<string | undefined> {
  try {
    await gitOpsPrograms(progress);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
