/** `npm run licences`: fails when a library that we ship has a licence that is not on the list. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Lockfile,
  type Manifest,
  allowedLicences,
  isAllowed,
  shippedPackages,
} from './verify/licences.ts';

const repository = join(import.meta.dirname, '..');
const read = (path: string): unknown => JSON.parse(readFileSync(join(repository, path), 'utf8'));

const packages = shippedPackages(read('package-lock.json') as Lockfile, (path) => {
  const manifest = join(path, 'package.json');
  return existsSync(join(repository, manifest)) ? (read(manifest) as Manifest) : undefined;
});
const refused = packages.filter(({ licence }) => !isAllowed(licence));
for (const { name, version, licence } of refused) {
  console.error(`${name}@${version}: licence ${licence === '' ? 'not stated' : licence} is not on the list`);
}
if (refused.length > 0) {
  console.error(`Allowed are ${[...allowedLicences].join(', ')} (scripts/verify/licences.ts).`);
  process.exitCode = 1;
} else {
  console.log(`${packages.length} shipped packages, all under allowed licences`);
}
