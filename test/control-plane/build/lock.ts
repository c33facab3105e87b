import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const pollMilliseconds = 200;
const ownerWriteMilliseconds = 5000;

/**
 * Runs `work` while holding the lock of that path, so that of several processes one works and the others wait.
 * The lock of a process that no longer lives is taken over.
 * @param onWait called once if another process holds the lock, with its process id.
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  onWait: (owner: number) => void = () => undefined,
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  let told = false;
  while (!(await acquire(path))) {
    const owner = await ownerOf(path);
    if (owner === 'gone') {
      await rm(path, { recursive: true, force: true });
      continue;
    }
    if (!told && owner !== 'unknown') {
      told = true;
      onWait(owner);
    }
    await delay(pollMilliseconds);
  }
  try {
    return await work();
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

async function acquire(path: string): Promise<boolean> {
  try {
    await mkdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  await writeFile(join(path, 'pid'), String(process.pid));
  return true;
}

async function ownerOf(path: string): Promise<number | 'gone' | 'unknown'> {
  try {
    const owner = Number(await readFile(join(path, 'pid'), 'utf8'));
    if (owner > 0) return isAlive(owner) ? owner : 'gone';
  } catch {
    // Between creating the folder and writing the file, or already released.
  }
  const created = await stat(path).catch(() => undefined);
  return created && Date.now() - created.mtimeMs > ownerWriteMilliseconds ? 'gone' : 'unknown';
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
