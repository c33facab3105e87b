import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

import type { Progress } from '../control-plane/build/progress.ts';
import { packedHostFiles } from './images/calico.ts';

/** A Debian package and the files by which it is known to be there: names of programs, or paths. */
interface Package {
  readonly name: string;
  readonly files: readonly string[];
}

const packages: readonly Package[] = [
  { name: 'iproute2', files: ['ip'] },
  { name: 'util-linux', files: ['unshare', 'nsenter'] },
  { name: 'mount', files: ['mount'] },
  { name: 'hostname', files: ['hostname'] },
  { name: 'iptables', files: ['iptables', 'xtables-nft-multi'] },
  { name: 'ipset', files: ['ipset'] },
  { name: 'nftables', files: ['nft'] },
  { name: 'conntrack', files: ['conntrack'] },
  { name: 'busybox-static', files: ['/bin/busybox'] },
  { name: 'containernetworking-plugins', files: packedHostFiles.filter((path) => path.includes('/cni/')) },
  // For the build of runc.
  { name: 'libseccomp-dev', files: ['/usr/include/seccomp.h'] },
  { name: 'pkg-config', files: ['pkg-config'] },
  { name: 'gcc', files: ['gcc'] },
];

/** Names of the Debian packages that real nodes need and this machine lacks. */
export function missingPackages(exists: (path: string) => boolean = isThere): readonly string[] {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  const found = (file: string): boolean =>
    file.startsWith('/') ? exists(file) : folders.some((folder) => exists(join(folder, file)));
  return packages.filter(({ files }) => !files.every(found)).map(({ name }) => name);
}

/** Whether packages can be installed here: root, and apt-get is there. */
export function canInstallPackages(): boolean {
  return process.getuid?.() === 0 && isThere('/usr/bin/apt-get');
}

/** Installs packages with apt-get. @throws Error with what it said. */
export async function installPackages(names: readonly string[], progress: Progress): Promise<void> {
  const step = progress.start(`installing ${names.join(', ')}`);
  try {
    await apt(['update', '-qq'], step.detail);
    await apt(['install', '-y', '-qq', '--no-install-recommends', ...names], step.detail);
    step.done();
  } catch (error) {
    step.failed();
    throw error;
  }
}

/** Makes sure of the packages. @throws Error that names those that are missing where they can't be installed. */
export async function ensurePackages(progress: Progress): Promise<void> {
  const missing = missingPackages();
  if (missing.length === 0) return;
  if (!canInstallPackages()) {
    throw new Error(`real nodes need what these Debian packages hold: ${missing.join(', ')}`);
  }
  await installPackages(missing, progress);
}

async function apt(args: readonly string[], onLine: (line: string) => void): Promise<void> {
  const child = spawn('apt-get', args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-5000);
      onLine(output.trimEnd().split('\n').at(-1) ?? '');
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`apt-get ${args.join(' ')} ended with ${code ?? 'a signal'}:\n${output}`);
}

function isThere(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
