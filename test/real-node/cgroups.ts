import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const mountPoint = '/sys/fs/cgroup';
const removalTimeout = 60_000;
const pollMilliseconds = 50;

/** Makes a cgroup of that name at the root of every hierarchy (version 1), or of the only one (version 2). */
export async function makeCgroup(name: string): Promise<void> {
  if (isVersion2()) {
    const controllers = (await readFile(join(mountPoint, 'cgroup.controllers'), 'utf8')).trim().split(' ');
    await writeFile(
      join(mountPoint, 'cgroup.subtree_control'),
      controllers.map((controller) => `+${controller}`).join(' '),
    );
  }
  for (const hierarchy of await hierarchies()) await mkdir(join(hierarchy, name), { recursive: true });
  const cpuset = join(mountPoint, 'cpuset');
  if (!existsSync(join(cpuset, 'cpuset.cpus'))) return;
  // In version 1 no process can join a cpuset that names no processor.
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    await writeFile(join(cpuset, name, file), await readFile(join(cpuset, file)));
  }
}

/**
 * Kills what still runs in the cgroup of that name and removes it with all below it, in every hierarchy. The kernel may
 * refuse for a while after the last process ended.
 * @throws Error if something is left after a minute
 */
export async function removeCgroup(name: string): Promise<void> {
  const started = performance.now();
  const roots = (await hierarchies()).map((hierarchy) => join(hierarchy, name));
  for (;;) {
    for (const root of roots.filter(existsSync)) await removeTree(root);
    const left = roots.filter(existsSync);
    if (left.length === 0) return;
    if (performance.now() - started > removalTimeout) throw new Error(`cannot remove ${left.join(', ')}`);
    await delay(pollMilliseconds);
  }
}

async function removeTree(directory: string): Promise<void> {
  const children = await readdir(directory, { withFileTypes: true }).catch(() => []);
  for (const child of children.filter((each) => each.isDirectory())) {
    await removeTree(join(directory, child.name));
  }
  const processes = await readFile(join(directory, 'cgroup.procs'), 'utf8').catch(() => '');
  for (const pid of processes
    .split('\n')
    .map(Number)
    .filter((each) => each > 1)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
  await rmdir(directory).catch(() => undefined);
}

function isVersion2(): boolean {
  return existsSync(join(mountPoint, 'cgroup.controllers'));
}

async function hierarchies(): Promise<readonly string[]> {
  if (isVersion2()) return [mountPoint];
  const entries = await readdir(mountPoint, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(mountPoint, entry.name));
}

// Run by the supervisor when everything has ended: cgroups.ts NAME …
if (import.meta.main) for (const name of process.argv.slice(2)) await removeCgroup(name);
