import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';

import { eventually } from '../control-plane/eventually.ts';
import { cgroupName } from './real-nodes.ts';

const minute = 60_000;
jest.setTimeout(10 * minute);

const script = fileURLToPath(new URL('main.ts', import.meta.url));
let scratch = '';

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'real-node-'));
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

/** Whose command line names a path. */
function processesOf(path: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter((line) => line.includes(path));
}

function cgroups(name: string): readonly string[] {
  const root = '/sys/fs/cgroup';
  const hierarchies = [root, ...readdirSync(root).map((hierarchy) => join(root, hierarchy))];
  return hierarchies.map((hierarchy) => join(hierarchy, name)).filter(existsSync);
}

/** What nodes must leave alone. */
function machine(): object {
  const read = (path: string): readonly string[] => readdirSync(path);
  return {
    etc: read('/etc'),
    opt: read('/opt'),
    lib: read('/var/lib'),
    log: read('/var/log'),
    links: read('/sys/class/net').filter((name) => /^(switch|node\d+)$/.test(name)),
    mounts: readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.includes('real-')),
  };
}

test.each(['SIGKILL', 'SIGTERM'] as const)('after %s of who started them nothing is left', async (signal) => {
  const before = machine();
  const child = spawn(process.execPath, [script, '1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: scratch, CALICO_OPERATOR_TEST_KEEP: '' },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await eventually(() => output.includes('export KUBECONFIG='), {
    description: 'the nodes to be started',
    timeout: 5 * minute,
  });
  expect(processesOf(scratch).filter((line) => line.includes('kubelet'))).not.toEqual([]);
  const directory = dirname(/export KUBECONFIG=(\S+)/.exec(output)?.[1] ?? '');
  const cgroup = cgroupName(directory, 0);
  expect(cgroups(cgroup)).not.toEqual([]);
  expect(machine()).toEqual(before);

  child.kill(signal);
  await once(child, 'exit');
  await eventually(
    async () => {
      expect(processesOf(scratch)).toEqual([]);
      expect(await readdir(scratch)).toEqual([]);
      expect(cgroups(cgroup)).toEqual([]);
      return true;
    },
    { description: 'everything to be gone', timeout: 3 * minute },
  );
  expect(machine()).toEqual(before);
});
