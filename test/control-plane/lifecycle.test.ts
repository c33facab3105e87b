import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { silentProgress } from './build/progress.ts';
import { attachControlPlane, startControlPlane } from './control-plane.ts';
import { eventually } from './eventually.ts';
import { SupervisorClient } from './supervisor/client.ts';

const script = fileURLToPath(new URL('main.ts', import.meta.url));
const modulesOnly = { KUBECONFIG: '', KUBEBUILDER_ASSETS: '', CALICO_OPERATOR_TEST_K3S_IMAGE: '' };

let scratch = '';
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'lifecycle-'));
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

/** Starts `control-plane up` as a leader of a process group whose temporary files go to the scratch folder. */
function up(): ChildProcess {
  return spawn(process.execPath, [script, 'up', '--nodes', '1'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...modulesOnly, TMPDIR: scratch },
  });
}

async function directoryOf(child: ChildProcess): Promise<string> {
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const match = await eventually(() => /export KUBECONFIG=(\S+)/.exec(output));
  return dirname(match[1] ?? '');
}

async function processIds(directory: string): Promise<readonly number[]> {
  const supervisor = await SupervisorClient.connect(directory);
  const pids = Object.values(await supervisor.request('list', null));
  supervisor.close();
  return pids;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const expectNothingLeft = (directory: string, pids: readonly number[]): Promise<unknown> =>
  eventually(
    async () =>
      pids.filter(isAlive).length === 0 && !(await readdir(scratch)).some((name) => directory.endsWith(name)),
    { description: `${directory} and the processes ${pids.join(', ')} to be gone` },
  );

describe('two control planes at once', () => {
  test('do not disturb each other, and leave nothing after SIGKILL and after Ctrl-C', async () => {
    const [killed, interrupted] = [up(), up()];
    const [first, second] = await Promise.all([directoryOf(killed), directoryOf(interrupted)]);
    const [firstPids, secondPids] = await Promise.all([processIds(first), processIds(second)]);
    expect(firstPids).toHaveLength(5);

    process.kill(killed.pid!, 'SIGKILL');
    await expectNothingLeft(first, firstPids);
    const other = await attachControlPlane(second);
    expect(await other.api.list('/api/v1/nodes')).toHaveLength(1);
    other.api.close();

    // As a terminal does it: the whole group gets the signal.
    const ended = once(interrupted, 'exit');
    process.kill(-interrupted.pid!, 'SIGINT');
    expect(await ended).toEqual([0, null]);
    await expectNothingLeft(second, secondPids);
    expect(await readdir(scratch)).toEqual([]);
  });
});

describe('in this process', () => {
  test('stop() ends every process, and what was started beside them, and removes the directory', async () => {
    const directory = join(scratch, 'stopped');
    const ended = join(scratch, 'ended');
    const controlPlane = await startControlPlane({
      directory,
      keep: false,
      kwok: false,
      environment: modulesOnly,
      progress: silentProgress,
    });
    // A program with a child of its own, which ignores the usual signals.
    const program = await controlPlane.run('beside', '/bin/sh', [
      '-c',
      'trap "" TERM INT; sleep 600 & echo up; wait',
    ]);
    await controlPlane.runAtEnd('/bin/sh', ['-c', `echo done > ${ended}`]);
    const pids = await processIds(directory);
    expect(pids).toHaveLength(5);
    expect(pids).toContain(program.pid);

    await controlPlane.restartApiServer('SIGKILL');
    expect(await controlPlane.api.get('/readyz')).toBe('ok');
    await expect(controlPlane.createNodes(1)).rejects.toThrow('without KWOK');

    await controlPlane.stop();
    await expectNothingLeft(directory, pids);
    expect(await readdir(scratch)).toEqual(['ended']);
    await expect(controlPlane.signal('etcd', 'SIGCONT')).rejects.toThrow('has ended');
  });

  test('a program that does not start is reported with the end of its log, and nothing is left', async () => {
    const assets = join(scratch, 'assets');
    const directory = join(scratch, 'failed');
    await writeFakePrograms(assets);
    const starting = startControlPlane({
      directory,
      keep: false,
      environment: { KUBEBUILDER_ASSETS: assets },
      progress: silentProgress,
    });
    await expect(starting).rejects.toThrow(/etcd ended with code 3[^]*no space on this planet/);
    await eventually(async () => (await readdir(scratch)).join() === 'assets');
  });

  test('a folder of programs without etcd is refused', async () => {
    const starting = startControlPlane({
      environment: { KUBEBUILDER_ASSETS: scratch },
      progress: silentProgress,
    });
    await expect(starting).rejects.toThrow(`KUBEBUILDER_ASSETS=${scratch} has no kube-apiserver and no etcd`);
  });

  test('a directory with files in it is refused and left alone', async () => {
    await writeFile(join(scratch, 'precious'), '');
    const starting = startControlPlane({
      directory: scratch,
      environment: modulesOnly,
      progress: silentProgress,
    });
    await expect(starting).rejects.toThrow('is not empty');
    expect(await readdir(scratch)).toEqual(['precious']);
  });
});

async function writeFakePrograms(directory: string): Promise<void> {
  await mkdir(directory);
  for (const name of ['kube-apiserver', 'etcd']) {
    const path = join(directory, name);
    await writeFile(path, '#!/bin/sh\necho no space on this planet\nexit 3\n');
    await chmod(path, 0o755);
  }
}
