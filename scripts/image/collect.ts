/**
 * Runs in the base image, when the Dockerfile is built: puts together what the final image has, which is Node with the
 * libraries that it loads, each under its own path, the bundle and the bill of materials. Modes and times are the same each
 * time, so that equal content gives equal layers. Needs nothing but Node, on any platform.
 *
 *   node collect.ts DIST TARGET       SOURCE_DATE_EPOCH: seconds since 1970, of every file
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type Bom, imageBom } from './sbom.ts';

const [dist = '', target = ''] = process.argv.slice(2);
const epoch = Number(process.env['SOURCE_DATE_EPOCH'] ?? 0);

/** Libraries by the paths under which the loader of the system finds them, and the loader itself. */
function libraries(program: string): readonly string[] {
  const env = { LD_TRACE_LOADED_OBJECTS: '1' };
  const said = execFileSync(program, { encoding: 'utf8', env });
  return [...said.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1] ?? '').sort();
}

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

const node = realpathSync(process.execPath);
const copied = [
  ...libraries(node).map((path) => ({ source: path, path })),
  { source: node, path: '/usr/local/bin/node' },
];
for (const { source, path } of copied) install(source, path, 0o755);
install(join(dist, 'calico-operator.mjs'), '/calico-operator.mjs', 0o444);
write('/etc/passwd', 'nonroot:x:65532:65532::/:/nonexistent\n');
write('/etc/group', 'nonroot:x:65532:\n');
const bom = JSON.parse(readFileSync(join(dist, 'sbom.cdx.json'), 'utf8')) as Bom;
const files = copied.map(({ source, path }) => ({
  path,
  sha256: createHash('sha256').update(readFileSync(source)).digest('hex'),
}));
write(
  '/sbom.cdx.json',
  `${JSON.stringify(imageBom(bom, { node: process.versions.node, files, epoch }), undefined, 1)}\n`,
);
level(target);
