import { buildComponents } from '../control-plane/build/build.ts';
import type { Progress } from '../control-plane/build/progress.ts';
import { programsFromImages } from '../operands/programs.ts';
import { imageSource } from './images/source.ts';
import { ensurePackages } from './packages.ts';
import { nodeComponents } from './real-node.ts';

/**
 * Installs, builds and fetches what real nodes are made of, as far as it is not there. Sets CALICO_BIN if it is not set
 * and images are not to be pulled.
 * @returns why there can be none on this machine; undefined if there can
 */
export async function prepareMachine(progress: Progress): Promise<string | undefined> {
  try {
    await ensurePackages(progress);
    await buildComponents(nodeComponents, progress);
    if (imageSource(process.env) === undefined)
      process.env['CALICO_BIN'] = await programsFromImages(progress);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
