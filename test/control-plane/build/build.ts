import { spawn } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { buildArguments, cachedPath, cacheRoot } from './cache.ts';
import type { Component, ComponentName } from './components.ts';
import { findComponent, modulesDirectory } from './components.ts';
import { withLock } from './lock.ts';
import type { Progress } from './progress.ts';

const scratchPrefix = '.building-';

/** Where each asked-for program lies. */
export type Programs<Name extends ComponentName = ComponentName> = Readonly<Record<Name, string>>;

/**
 * Builds what is missing of the named programs into the cache and returns the paths of all.
 * Several processes may call it at once: one builds, the others wait for it.
 * @throws Error with the compiler's output if a build fails, or telling what to install if there is no `go`.
 */
export async function buildComponents<Name extends ComponentName>(
  names: readonly Name[],
  progress: Progress,
  root = cacheRoot(),
): Promise<Programs<Name>> {
  const paths: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const component = findComponent(name);
    const path = await cachedPath(component, root);
    if (!(await isExecutable(path))) await buildLocked(component, path, progress, root);
    paths[name] = path;
  }
  return paths as Programs<Name>;
}

/** The paths of those of the named programs that are in the cache; nothing is built. */
export async function cachedComponents(names: readonly ComponentName[]): Promise<Partial<Programs>> {
  const paths: Partial<Record<ComponentName, string>> = {};
  for (const name of names) {
    const path = await cachedPath(findComponent(name));
    if (await isExecutable(path)) paths[name] = path;
  }
  return paths;
}

async function buildLocked(
  component: Component,
  path: string,
  progress: Progress,
  root: string,
): Promise<void> {
  // One lock for all components: the Go compiler already uses every core.
  await withLock(
    join(root, 'build.lock'),
    async () => {
      if (await isExecutable(path)) return;
      await removeLeftovers(root);
      await build(component, path, progress, root);
    },
    (owner) => progress.note(`waiting for process ${owner}, which is building`),
  );
}

/** Removes what a build that was killed left behind; there is no other while the lock is held. */
async function removeLeftovers(root: string): Promise<void> {
  const left = (await readdir(root)).filter((name) => name.startsWith(scratchPrefix));
  await Promise.all(left.map((name) => rm(join(root, name), { recursive: true, force: true })));
}

async function build(component: Component, path: string, progress: Progress, root: string): Promise<void> {
  await mkdir(root, { recursive: true });
  const scratch = await mkdtemp(join(root, `${scratchPrefix}${component.name}-`));
  const step = progress.start(`building ${component.name} (${component.package})`);
  try {
    const output = join(scratch, component.name);
    await runGo(
      component,
      [...buildArguments(component), '-o', output, component.package],
      scratch,
      step.detail,
    );
    await mkdir(dirname(path), { recursive: true });
    await rename(output, path);
    step.done();
  } catch (error) {
    step.failed();
    throw error;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function runGo(
  component: Component,
  args: readonly string[],
  scratch: string,
  onLine: (line: string) => void,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const go = spawn('go', args, {
    cwd: join(modulesDirectory, component.module),
    env: {
      ...process.env,
      GOFLAGS: '-mod=readonly -buildvcs=false',
      GOWORK: 'off',
      GOTMPDIR: scratch,
      ...(component.cgo && { CGO_ENABLED: '1' }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-20_000);
    const line = chunk.toString().trim().split('\n').at(-1);
    if (line !== undefined && line !== '') onLine(line);
  };
  go.stdout.on('data', collect);
  go.stderr.on('data', collect);
  go.on('error', (error: NodeJS.ErrnoException) => {
    reject(error.code === 'ENOENT' ? new Error(noGo) : error);
  });
  go.on('close', (code, signal) => {
    if (code === 0) resolve(undefined);
    else reject(new Error(`go build of ${component.name} ended with ${signal ?? code ?? '?'}:\n${output}`));
  });
  return promise;
}

const noGo =
  'the program "go" was not found in PATH, and parts of the control plane still have to be built. ' +
  'Install Go 1.26 or later (https://go.dev/doc/install), or point KUBEBUILDER_ASSETS at a folder with kube-apiserver and etcd, ' +
  'or KUBECONFIG at a cluster that may be changed.';

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
