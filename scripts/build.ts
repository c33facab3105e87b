/** `npm run build`: dist/calico-operator.mjs, and how large it is. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle, repository, sizeLimit } from './bundle/bundle.ts';

const { values } = parseArgs({
  options: {
    entry: { type: 'string', default: join(repository, 'src', 'main.ts') },
    outfile: { type: 'string', default: join(repository, 'dist', 'calico-operator.mjs') },
    verbose: { type: 'boolean', default: false },
  },
});
const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { version: string };
const began = performance.now();
const { bytes, packages } = await bundle({
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
