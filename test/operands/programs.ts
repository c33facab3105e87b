import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { calicoVersion, defaultImagePath, defaultRegistry } from '../../src/resolve/versions.ts';
import { cacheRoot } from '../control-plane/build/cache.ts';
import type { Progress } from '../control-plane/build/progress.ts';
import type { calicoPrograms } from '../tiers.ts';

const run = promisify(execFile);

/** Where each of Calico's programs lies, by the name of its image; the value is its name in CALICO_BIN. */
export const imagePrograms = {
  node: { '/bin/calico-node': 'calico-node' },
  typha: { '/usr/bin/calico-typha': 'calico-typha' },
  'kube-controllers': {
    '/usr/bin/kube-controllers': 'kube-controllers',
    '/usr/bin/check-status': 'check-status',
  },
  cni: { '/opt/cni/bin/calico': 'calico', '/opt/cni/bin/install': 'cni-install' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, (typeof calicoPrograms)[number]>>>>;

/**
 * Calico's programs of this release, taken out of its images unless that was done before.
 * @param folder where they lie, and are kept.
 * @param docker the command line client.
 * @returns the folder, for CALICO_BIN.
 * @throws Error with what Docker said.
 */
export async function programsFromImages(
  progress: Progress,
  folder = join(dirname(cacheRoot()), 'calico', calicoVersion),
  docker = 'docker',
): Promise<string> {
  // It appears in one go, whole.
  if (existsSync(folder)) return folder;
  const step = progress.start(`taking Calico's programs out of the images of ${calicoVersion}`);
  await mkdir(dirname(folder), { recursive: true });
  const made = await mkdtemp(`${folder}-`);
  try {
    for (const [name, files] of Object.entries(imagePrograms)) {
      const image = `${defaultRegistry}/${defaultImagePath}/${name}:${calicoVersion}`;
      step.detail(image);
      await copyOut(docker, image, files, made);
    }
    await rename(made, folder);
    step.done();
    return folder;
  } catch (error) {
    step.failed();
    await rm(made, { recursive: true });
    const said = error instanceof Error ? error.message.trim() : String(error);
    const cure = 'set CALICO_BIN to a folder with them, or let Docker reach the registry';
    throw new Error(`Calico's programs can't be had, ${cure}: ${said}`, { cause: error });
  }
}

/** The container is made, never started. */
async function copyOut(
  docker: string,
  image: string,
  files: Readonly<Record<string, string>>,
  to: string,
): Promise<void> {
  const { stdout } = await run(docker, ['create', image, 'none']);
  const container = stdout.trim();
  try {
    for (const [path, program] of Object.entries(files)) {
      await run(docker, ['cp', '--follow-link', `${container}:${path}`, join(to, program)]);
    }
  } finally {
    await run(docker, ['rm', '--force', container]);
  }
}
