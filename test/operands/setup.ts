import type { Progress } from '../control-plane/build/progress.ts';
import { installPackages } from '../real-node/packages.ts';
import { missingOperandPackages, thisMachine } from '../tiers.ts';
import { programsFromImages } from './programs.ts';

/**
 * Gets what the tier needs and this machine can be given: Debian packages, and Calico's programs unless CALICO_BIN, which
 * it sets, names them already.
 * @returns why that is impossible, undefined if all is there.
 */
export async function prepareOperands(progress: Progress): Promise<string | undefined> {
  try {
    const missing = missingOperandPackages(thisMachine());
    if (missing.length > 0) await installPackages(missing, progress);
    process.env['CALICO_BIN'] ||= await programsFromImages(progress);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
