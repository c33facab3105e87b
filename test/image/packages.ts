import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import type { Progress } from '../control-plane/build/progress.ts';
import { canInstallPackages, installPackages } from '../real-node/packages.ts';

const triplet = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';

/** Moves the clock of a single process. */
export const fakeTime = `/usr/lib/${triplet}/faketime/libfaketime.so.1`;

/** Debian packages that the tier needs, and by what they are known to be there. */
const packages: Readonly<Record<string, () => boolean>> = {
  'docker.io': () => findProgram('dockerd') !== undefined && findProgram('docker') !== undefined,
  'busybox-static': () => existsSync('/bin/busybox'),
  libfaketime: () => existsSync(fakeTime),
  'util-linux': () => findProgram('unshare') !== undefined,
};

/** Path of a program, also in the folders that are root's only. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Installs what is missing. @throws Error that names it where that is impossible. */
export async function ensureDocker(progress: Progress): Promise<void> {
  const missing = Object.entries(packages).flatMap(([name, isThere]) => (isThere() ? [] : [name]));
  if (missing.length === 0) return;
  if (!canInstallPackages()) {
    throw new Error(`the image is tried with these Debian packages: apt-get install -y ${missing.join(' ')}`);
  }
  await installPackages(missing, progress);
}
