/**
 * `npm run build`: dist/calico-operator.mjs, and how large it is. With `-- --sbom` also dist/sbom.cdx.json, what it is made
 * of, which the Dockerfile needs.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle, repository, sizeLimit } from './bundle/bundle.ts';
import { type Bom, bundleBom } from './image/sbom.ts';

const { values } = parseArgs({
  options: {
    entry: { type: 'string', default: join(repository, 'src', 'main.ts') },
    outfile: { type: 'string', default: join(repository, 'dist', 'calico-operator.mjs') },
    sbom: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});
const readManifest = (folder: string): { readonly name: string; readonly version: string } =>
  JSON.parse(readFileSync(join(repository, folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
  };
const manifest = readManifest('.');
const began = performance.now();
const { bytes, packages, folders } = await bundle({
  entry: values.entry,
  outfile: values.outfile,
  version: manifest.version,
});
const mebibytes = (size: number): string => `${(size / 1024 / 1024).toFixed(2)} MiB`;
const seconds = ((performance.now() - began) / 1_000).toFixed(1);
console.log(`${relative(process.cwd(), values.outfile)}  ${mebibytes(bytes)}  ${seconds} s`);
for (const [name, size] of packages.slice(0, values.verbose ? undefined : 5)) {
  console.log(`  ${(size / 1024).toFixed(0).padStart(5)} KiB  ${name}`);
}
if (bytes > sizeLimit) {
  console.error(
    `The bundle is larger than ${mebibytes(sizeLimit)}: see what grew with --verbose, then narrow it in scripts/bundle.`,
  );
  process.exitCode = 1;
}
if (values.sbom) {
  const args = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'];
  const options = { cwd: repository, encoding: 'utf8', maxBuffer: 2 ** 26 } as const;
  const lock = JSON.parse(execFileSync('npm', args, options)) as Bom;
  const refs = folders.map((folder) => {
    const { name, version } = readManifest(folder);
    return `${name}@${version}`;
  });
  const file = join(dirname(values.outfile), 'sbom.cdx.json');
  writeFileSync(file, `${JSON.stringify(bundleBom(lock, refs), undefined, 1)}\n`);
  console.log(`${relative(process.cwd(), file)}  ${refs.length} packages`);
}
