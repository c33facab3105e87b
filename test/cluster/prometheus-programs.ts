/** Prometheus and its promtool: neither is built, as one Debian package of 19 MB has both. */
import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

import { cacheRoot } from '../control-plane/build/cache.ts';
import { withLock } from '../control-plane/build/lock.ts';
import type { Progress } from '../control-plane/build/progress.ts';

const run = promisify(execFile);

const programs = ['prometheus', 'promtool'] as const;

/** A program of the package. */
export type PrometheusProgram = (typeof programs)[number];

/** Variables that name other programs. */
export const programVariables: Readonly<Record<PrometheusProgram, string>> = {
  prometheus: 'CALICO_OPERATOR_TEST_PROMETHEUS',
  promtool: 'CALICO_OPERATOR_TEST_PROMTOOL',
};

/**
 * Path of a program: the one that its variable names, one in PATH, or the one of the cache, downloaded first where it is
 * missing.
 * @throws Error with the cure where there is none and apt-get can't get it
 */
export async function prometheusProgram(
  program: PrometheusProgram,
  progress: Progress,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const named = environment[programVariables[program]];
  if (named !== undefined && named !== '') return named;
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    if (folder !== '' && (await isExecutable(join(folder, program)))) return join(folder, program);
  }
  const root = cacheRoot(environment);
  const directory = join(root, 'prometheus');
  if (!(await isComplete(directory))) {
    await withLock(
      join(root, 'prometheus.lock'),
      () => download(directory, root, progress),
      (owner) => progress.note(`waiting for process ${owner}, which is downloading Prometheus`),
    );
  }
  return join(directory, program);
}

async function download(directory: string, root: string, progress: Progress): Promise<void> {
  if (await isComplete(directory)) return;
  const scratch = await mkdtemp(join(root, '.downloading-prometheus-'));
  const step = progress.start('downloading Prometheus (Debian package prometheus)');
  try {
    await fetchPackage(scratch);
    const [archive = ''] = (await readdir(scratch)).filter((name) => name.endsWith('.deb'));
    await run('dpkg-deb', ['--extract', archive, 'content'], { cwd: scratch });
    await mkdir(directory, { recursive: true });
    for (const program of programs) {
      await rename(join(scratch, 'content', 'usr', 'bin', program), join(directory, program));
    }
    step.done();
  } catch (error) {
    step.failed();
    const cure = `install Prometheus, or let ${Object.values(programVariables).join(' and ')} name its programs`;
    throw new Error(`Prometheus is not here and could not be downloaded with apt-get: ${cure}`, {
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

async function isComplete(directory: string): Promise<boolean> {
  const found = await Promise.all(programs.map((program) => isExecutable(join(directory, program))));
  return found.every(Boolean);
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
