/** Makes one file of the program and all its libraries. */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { narrowingPlugin } from './plugins.ts';

export const repository = join(import.meta.dirname, '..', '..');

/** Largest size of the bundle in bytes. Every byte is read, parsed and held in memory at each start. */
export const sizeLimit = 2.5 * 1024 * 1024;

export interface BundleOptions {
  readonly entry: string;
  readonly outfile: string;
  readonly version: string;
}

export interface Bundle {
  readonly bytes: number;
  /** Bytes by package, the largest first; the program's own under `src`. */
  readonly packages: readonly (readonly [string, number])[];
  /** Folders of the packages below the repository, as `node_modules/undici`. */
  readonly folders: readonly string[];
}

const banner = `#!/usr/bin/env node
import { createRequire as createBundleRequire } from 'node:module';
const require = createBundleRequire(import.meta.url);`;

/** Writes the bundle: the same bytes for the same input, wherever and whenever. Rejects with the bundler's errors. */
export async function bundle(options: BundleOptions): Promise<Bundle> {
  const result = await build({
    absWorkingDir: repository,
    entryPoints: [options.entry],
    outfile: options.outfile,
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // Names stay: classes' are part of error messages and logs. To keep them beside short ones would cost every closure a call.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    metafile: true,
    banner: { js: banner },
    define: {
      CALICO_OPERATOR_VERSION: JSON.stringify(options.version),
      CALICO_OPERATOR_CRDS: JSON.stringify(await packCrds()),
    },
    // Optional native accelerators, which the libraries do without.
    external: ['bufferutil', 'utf-8-validate'],
    plugins: [narrowingPlugin],
    // A failure rejects with all that would be printed.
    logLevel: 'silent',
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error(`the bundler made nothing of ${options.entry}`);
  await mkdir(dirname(options.outfile), { recursive: true });
  await writeFile(options.outfile, file.contents);
  await chmod(options.outfile, 0o755);
  const inputs = Object.values(result.metafile.outputs)[0]?.inputs ?? {};
  return { bytes: file.contents.byteLength, packages: byPackage(inputs), folders: foldersOf(inputs) };
}

/** The generated CRDs as src/controllers/crds/bundled.ts unpacks them: a tenth of their size. */
async function packCrds(): Promise<string> {
  const crds = JSON.parse(
    await readFile(join(repository, 'src', 'api', 'generated', 'crds.json'), 'utf8'),
  ) as unknown;
  return brotliCompressSync(JSON.stringify(crds)).toString('base64');
}

function foldersOf(inputs: Readonly<Record<string, unknown>>): readonly string[] {
  const folders = Object.keys(inputs).flatMap(
    (path) =>
      /node_modules\/.*node_modules\/(?:@[^/]+\/)?[^/]+|node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ??
      [],
  );
  return [...new Set(folders)].sort();
}

function byPackage(
  inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>,
): readonly (readonly [string, number])[] {
  const sums = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? 'src';
    sums.set(name, (sums.get(name) ?? 0) + bytesInOutput);
  }
  return [...sums].sort((a, b) => b[1] - a[1]);
}
