import type { Progress } from '../control-plane/build/progress.ts';
import { startControlPlane } from '../control-plane/control-plane.ts';
import { startDocker } from './docker.ts';
import { ensureDocker } from './packages.ts';

/**
 * Installs Docker where it is missing, and tries whether its daemon runs on this machine.
 * @returns why it does not; undefined if it does
 */
export async function prepareDocker(progress: Progress): Promise<string | undefined> {
  try {
    await ensureDocker(progress);
    // Its supervisor is what ends the daemon.
    const place = await startControlPlane({ kwok: false, progress });
    try {
      const docker = await startDocker(place);
      await docker.stop();
    } finally {
      await place.stop();
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
