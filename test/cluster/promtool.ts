/** Prometheus' promtool, for alerts: it is not built, as a Debian package of 19 MB has it. */
import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { cacheRoot } from '../control-plane/build/cache.ts';
import { withLock } from '../control-plane/build/lock.ts';
import type { Progress } from '../control-plane/build/progress.ts';

const run = promisify(execFile);

/** Names another promtool. */
export const promtoolVariable = 'CALICO_OPERATOR_TEST_PROMTOOL';

/**
 * Path of promtool: the one that the variable names, one in PATH, or the one of the cache, downloaded first where it is
 * missing.
 * @throws Error with the cure where there is none and apt-get can't get it
 */
export async function promtoolProgram(
  progress: Progress,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const named = environment[promtoolVariable];
  if (named !== undefined && named !== '') return named;
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    if (folder !== '' && (await isExecutable(join(folder, 'promtool')))) return join(folder, 'promtool');
  }
  const root = cacheRoot(environment);
  const path = join(root, 'promtool', 'promtool');
  if (!(await isExecutable(path))) {
    await withLock(
      join(root, 'promtool.lock'),
      () => download(path, root, progress),
      (owner) => progress.note(`waiting for process ${owner}, which is downloading promtool`),
    );
  }
  return path;
}

async function download(path: string, root: string, progress: Progress): Promise<void> {
  if (await isExecutable(path)) return;
  const scratch = await mkdtemp(join(root, '.downloading-promtool-'));
  const step = progress.start('downloading promtool (Debian package prometheus)');
  try {
    await fetchPackage(scratch);
    const [archive = ''] = (await readdir(scratch)).filter((name) => name.endsWith('.deb'));
    await run('dpkg-deb', ['--extract', archive, 'content'], { cwd: scratch });
    await mkdir(dirname(path), { recursive: true });
    await rename(join(scratch, 'content', 'usr', 'bin', 'promtool'), path);
    step.done();
  } catch (error) {
    step.failed();
    const cure = `install promtool, or let ${promtoolVariable} name it`;
    throw new Error(`promtool is not here and could not be downloaded with apt-get: ${cure}`, {
      cause: error,
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Package lists may be missing or too old. */
async function fetchPackage(directory: string): Promise<void> {
  const apt = (...args: readonly string[]) =>
    run('apt-get', ['-qq', '-o', 'Acquire::Retries=3', '-o', 'APT::Sandbox::User=root', ...args], {
      cwd: directory,
    });
  try {
    await apt('download', 'prometheus');
  } catch {
    await apt('update');
    await apt('download', 'prometheus');
  }
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
