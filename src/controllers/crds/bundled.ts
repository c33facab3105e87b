/** The CustomResourceDefinitions that this program carries. */
import { brotliDecompressSync } from 'node:zlib';
import { type BundledCrd, loadBundledCrds } from '../../api/crds.ts';

/** Compressed and in base64, put in by the bundler (scripts/bundle/bundle.ts); from sources it does not exist. */
declare const CALICO_OPERATOR_CRDS: string | undefined;

/**
 * Unpacks them anew at each call, so that nothing of their 300 kB stays in memory when the caller lets go: a module
 * would stay for ever.
 */
export function unpackCrds(): Promise<readonly BundledCrd[]> {
  return typeof CALICO_OPERATOR_CRDS === 'string'
    ? Promise.resolve(unpack(CALICO_OPERATOR_CRDS))
    : loadBundledCrds();
}

function unpack(packed: string): readonly BundledCrd[] {
  return JSON.parse(
    brotliDecompressSync(Buffer.from(packed, 'base64')).toString('utf8'),
  ) as readonly BundledCrd[];
}
