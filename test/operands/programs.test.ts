import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { silentProgress } from '../control-plane/build/progress.ts';
import { calicoPrograms } from '../tiers.ts';
import { programsFromImages } from './programs.ts';

let scratch = '';

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'programs-'));
});
afterEach(() => rm(scratch, { recursive: true }));

/** Makes a client of Docker that writes its calls to a file. Returns its path. */
async function fakeDocker(script: string): Promise<string> {
  const path = join(scratch, 'docker');
  const text = `#!/bin/sh\necho "$@" >> ${join(scratch, 'calls')}\n${script}\n`;
  await writeFile(path, text, { mode: 0o755 });
  return path;
}

const calls = (): Promise<string> => readFile(join(scratch, 'calls'), 'utf8');

test('programs are copied out of the images once, and no container is left', async () => {
  const docker = await fakeDocker('case $1 in create) echo "box-of-$2";; cp) echo "$3" > "$4";; esac');
  const folder = join(scratch, 'calico/v1');
  await expect(programsFromImages(silentProgress, folder, docker)).resolves.toBe(folder);
  expect((await readdir(folder)).sort()).toEqual([...calicoPrograms].sort());
  expect(await readFile(join(folder, 'cni-install'), 'utf8')).toMatch(
    /^box-of-quay.io\/calico\/cni:v[\d.]+:\/opt\/cni\/bin\/install\n$/,
  );
  const made = await calls();
  expect(made.match(/^rm --force box-of-/gm)).toHaveLength(made.match(/^create /gm)?.length ?? -1);
  await programsFromImages(silentProgress, folder, docker);
  expect(await calls()).toBe(made);
});

test('what Docker says is in the error, and nothing half is left', async () => {
  const docker = await fakeDocker('echo "Cannot connect to the Docker daemon" >&2; exit 1');
  const folder = join(scratch, 'calico/v1');
  await expect(programsFromImages(silentProgress, folder, docker)).rejects.toThrow(
    'Cannot connect to the Docker',
  );
  expect(await readdir(join(scratch, 'calico'))).toEqual([]);
});
