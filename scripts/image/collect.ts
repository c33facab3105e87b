/**
 * Runs when the Dockerfile is built: puts together what the final image has, which is Node of the base image with the
 * libraries that it loads, each under its own path, the bundle and the bill of materials. Nothing of the base is run, so
 * that it may be of another platform than the builder's. Modes and times are the same each time, so that equal content
 * gives equal layers.
 *
 *   node collect.ts DIST BASE TARGET       SOURCE_DATE_EPOCH: seconds since 1970, of every file
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { findNode, neededFiles, nodeVersion } from './libraries.ts';
import { type Bom, imageBom } from './sbom.ts';

const [dist = '', base = '', target = ''] = process.argv.slice(2);
const epoch = Number(process.env['SOURCE_DATE_EPOCH'] ?? 0);

function install(source: string, path: string, mode: number): void {
  const place = join(target, path);
  mkdirSync(dirname(place), { recursive: true });
  copyFileSync(source, place);
  chmodSync(place, mode);
}

function write(path: string, content: string): void {
  const place = join(target, path);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, content);
  chmodSync(place, 0o444);
}

/** Folders after what is in them, as each change sets their time. */
function level(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const place = join(path, entry.name);
    if (entry.isDirectory()) level(place);
    else utimesSync(place, epoch, epoch);
  }
  chmodSync(path, 0o755);
  utimesSync(path, epoch, epoch);
}

const program = findNode(base);
const copied = neededFiles(base, program)
  .map(({ source, path }) => ({ source, path: path === program ? '/usr/local/bin/node' : path }))
  .sort((one, other) => (one.path < other.path ? -1 : 1));
for (const { source, path } of copied) install(source, path, 0o755);
install(join(dist, 'calico-operator.mjs'), '/calico-operator.mjs', 0o444);
write('/etc/passwd', 'nonroot:x:65532:65532::/:/nonexistent\n');
write('/etc/group', 'nonroot:x:65532:\n');
const bom = JSON.parse(readFileSync(join(dist, 'sbom.cdx.json'), 'utf8')) as Bom;
const contents = copied.map(({ source, path }) => ({ path, content: readFileSync(source) }));
const files = contents.map(({ path, content }) => ({
  path,
  sha256: createHash('sha256').update(content).digest('hex'),
}));
const node = nodeVersion(
  contents.find(({ path }) => path === '/usr/local/bin/node')?.content ?? Buffer.alloc(0),
);
write('/sbom.cdx.json', `${JSON.stringify(imageBom(bom, { node, files, epoch }), undefined, 1)}\n`);
level(target);
