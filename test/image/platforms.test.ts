/** The image of every platform but this machine's own: the Dockerfile makes it here, without running anything of it. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';

import { repository } from '../../scripts/bundle/bundle.ts';
import { readElf } from '../../scripts/image/elf.ts';
import type { Bom } from '../../scripts/image/sbom.ts';
import { streamProgress } from '../control-plane/build/progress.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import { type Docker, startDocker } from './docker.ts';
import { buildContext, buildImage, importBase, makeBase } from './images.ts';
import { emulatorOf, foreignBase, platforms } from './platforms.ts';

const minute = 60_000;
jest.setTimeout(20 * minute);

const run = promisify(execFile);
/** Docker's supervisor ends with it. */
const cluster = useFreshCluster();
let docker: Docker | undefined;
let scratch: string;
let build: { readonly buildBase: string; readonly context: string };

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'calico-operator-platforms-'));
  docker = await startDocker(cluster());
  const dist = join(scratch, 'dist');
  const args = [`--outfile=${join(dist, 'calico-operator.mjs')}`, '--sbom'];
  execFileSync(process.execPath, [join(repository, 'scripts', 'build.ts'), ...args], { cwd: repository });
  build = { buildBase: await makeBase(docker, scratch), context: buildContext(scratch, dist) };
}, 15 * minute);
afterAll(async () => {
  await docker?.stop();
  await rm(scratch, { recursive: true, force: true });
});

/** Every file of a folder, as in the image. */
async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => `/${relative(folder, join(entry.parentPath, entry.name))}`)
    .sort();
}

describe.each(platforms)('$name', (platform) => {
  const tag = `calico-operator-test:${platform.debian}`;
  let content: string;

  beforeAll(async () => {
    const daemon = docker as Docker;
    const base = `calico-operator-test-base-${platform.debian}`;
    const folder = await foreignBase(platform, streamProgress());
    await importBase(daemon, { folder, tag: base, platform: platform.name, scratch });
    await buildImage(daemon, { base, ...build, tag });
    content = join(scratch, platform.debian);
    await mkdir(content);
    const id = (await daemon.run('create', tag)).trim();
    await daemon.run('export', '--output', `${content}.tar`, id);
    await run('tar', ['--extract', '--file', `${content}.tar`, '--directory', content]);
  }, 15 * minute);

  test('has programs and libraries of that platform, and the bundle', async () => {
    const files = await filesBelow(content);
    const programs = files.filter((path) => path.startsWith('/usr/') || path.startsWith('/lib'));
    const machines = await Promise.all(
      programs.map(async (path) => readElf(await readFile(join(content, path))).machine),
    );
    expect(new Set(machines)).toEqual(new Set([platform.machine]));
    expect(programs).toContain('/usr/local/bin/node');
    expect(programs.length).toBeGreaterThan(5);
    expect(files).toEqual(expect.arrayContaining(['/calico-operator.mjs', '/sbom.cdx.json']));
    const bom = JSON.parse(await readFile(join(content, 'sbom.cdx.json'), 'utf8')) as Bom;
    expect(bom.components.find(({ name }) => name === 'node')?.version).toBe(platform.node[1]);
  });

  test('starts, emulated, with nothing but what is in it', async () => {
    const emulator = await emulatorOf(platform, streamProgress());
    const node = join(content, 'usr', 'local', 'bin', 'node');
    const start = async (...args: readonly string[]): Promise<string> =>
      (await run(emulator, ['-L', content, node, ...args], { env: {} })).stdout;
    const [, version] = platform.node;
    expect(await start('--version')).toBe(`v${version}\n`);
    if (version.startsWith('24.')) {
      expect(await start(join(content, 'calico-operator.mjs'), 'version')).toContain(
        `Node.js          v${version}`,
      );
    }
  });
});
