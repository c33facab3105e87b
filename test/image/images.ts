import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { repository } from '../../scripts/bundle/bundle.ts';
import type { Docker } from './docker.ts';

const baseImage = 'calico-operator-test-base';

/**
 * Makes a base image without any registry: the Node that runs this, its libraries, and a shell.
 * @param scratch an empty folder
 * @returns its name
 */
export async function makeBase(docker: Docker, scratch: string): Promise<string> {
  const root = join(scratch, 'base');
  const node = realpathSync(process.execPath);
  const trace = execFileSync(node, { encoding: 'utf8', env: { LD_TRACE_LOADED_OBJECTS: '1' } });
  const libraries = [...trace.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1] ?? '');
  const files = [
    [node, '/usr/local/bin/node'],
    ['/bin/busybox', '/bin/sh'],
    ...libraries.map((path) => [path, path]),
  ] as const;
  for (const [from = '', to = ''] of files) {
    mkdirSync(dirname(join(root, to)), { recursive: true });
    copyFileSync(realpathSync(from), join(root, to));
  }
  mkdirSync(join(root, 'tmp'));
  await importBase(docker, { folder: root, tag: baseImage, scratch });
  return baseImage;
}

/** Makes an image of a folder. `platform`: as `linux/arm64`; that of the daemon without. */
export async function importBase(
  docker: Docker,
  {
    folder,
    tag,
    platform,
    scratch,
  }: {
    readonly folder: string;
    readonly tag: string;
    readonly platform?: string;
    readonly scratch: string;
  },
): Promise<void> {
  const archive = join(scratch, `${tag}.tar`);
  execFileSync('tar', ['-C', folder, '-cf', archive, '.']);
  const options = [
    '--change',
    'ENV PATH=/usr/local/bin:/bin',
    ...(platform === undefined ? [] : ['--platform', platform]),
  ];
  await docker.run('import', ...options, archive, tag);
  rmSync(archive);
}

/** What of the repository the Dockerfile is given, in a folder of its own: others may make dist/ anew meanwhile. */
export function buildContext(scratch: string, dist: string): string {
  const context = join(scratch, 'context');
  mkdirSync(context);
  const names = [
    'Dockerfile',
    '.dockerignore',
    'package.json',
    'package-lock.json',
    '.npmrc',
    'scripts',
    'src',
  ];
  for (const name of [...names, 'tsconfig.json'])
    cpSync(join(repository, name), join(context, name), { recursive: true });
  cpSync(dist, join(context, 'dist'), { recursive: true });
  if (!existsSync(join(context, 'dist', 'sbom.cdx.json'))) throw new Error(`${dist} has no sbom.cdx.json`);
  return context;
}

/** Builds the repository's Dockerfile around a bundle that is there, on the given base. */
export async function buildImage(
  docker: Docker,
  options: {
    readonly base: string;
    /** What runs during the build; the base itself without. */
    readonly buildBase?: string;
    readonly context: string;
    readonly tag: string;
  },
): Promise<void> {
  const { base, buildBase = base } = options;
  const settings = {
    NODE_IMAGE: base,
    BUILD_IMAGE: buildBase,
    BUNDLE: 'given',
    SOURCE_DATE_EPOCH: '1700000000',
  };
  await docker.run(
    // BuildKit would ask for a bridge otherwise.
    ...['build', '--no-cache', '--network=host', '--tag', options.tag],
    ...Object.entries(settings).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    options.context,
  );
}

/** What Docker tells of an image. */
export interface ImageFacts {
  readonly Size: number;
  readonly RootFS: { readonly Layers: readonly string[] };
  readonly Config: {
    readonly User: string;
    readonly Entrypoint: readonly string[];
    readonly Labels: Readonly<Record<string, string>>;
  };
}

export async function inspectImage(docker: Docker, tag: string): Promise<ImageFacts> {
  const [facts] = JSON.parse(await docker.run('image', 'inspect', tag)) as readonly ImageFacts[];
  if (facts === undefined) throw new Error(`there is no image ${tag}`);
  return facts;
}

/** Every file of an image by path. */
export async function filesOf(docker: Docker, tag: string, scratch: string): Promise<readonly string[]> {
  const id = (await docker.run('create', tag)).trim();
  const archive = join(scratch, 'files.tar');
  await docker.run('export', '--output', archive, id);
  await docker.run('rm', id);
  const said = execFileSync('tar', ['-tf', archive], { encoding: 'utf8' });
  return said.split('\n').filter((path) => path !== '' && !path.endsWith('/'));
}

/** The content of one file of an image. */
export async function readFromImage(
  docker: Docker,
  tag: string,
  path: string,
  scratch: string,
): Promise<string> {
  const id = (await docker.run('create', tag)).trim();
  const archive = join(scratch, 'file.tar');
  await docker.run('export', '--output', archive, id);
  await docker.run('rm', id);
  return execFileSync('tar', ['-xOf', archive, path], { encoding: 'utf8', maxBuffer: 2 ** 26 });
}
