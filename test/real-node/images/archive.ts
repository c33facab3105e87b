import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

import type { TarEntry } from './tar.ts';
import { parentsOf, writeTar } from './tar.ts';

/** What a container image holds. */
export interface ImageContent {
  /** Full reference, such as `quay.io/calico/node:v3.32.1`. */
  readonly reference: string;
  /** Path in the image → path of a file here, or bytes. */
  readonly files: Readonly<Record<string, string | Buffer>>;
  /** Path of a symbolic link in the image → what it points to. */
  readonly links?: Readonly<Record<string, string>>;
  /** Empty directories that everybody may write. */
  readonly writable?: readonly string[];
  readonly config: {
    readonly Cmd: readonly string[];
    readonly User?: string;
    readonly Env?: readonly string[];
  };
}

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
const created = '1970-01-01T00:00:00Z';

/** Writes the images as one archive in the layout of `docker save`, each with a single layer. */
export async function writeImageArchive(path: string, images: readonly ImageContent[]): Promise<void> {
  const file = await open(path, 'w');
  try {
    const manifest: object[] = [];
    const written = new Set<string>();
    for (const image of images) {
      const layer = writeTar(layerEntries(image));
      const config = Buffer.from(JSON.stringify(imageConfig(image, sha256(layer))));
      const names = { layer: `${sha256(layer)}.tar`, config: `${sha256(config)}.json` };
      for (const [name, content] of [[names.layer, layer] as const, [names.config, config] as const]) {
        if (!written.has(name)) await file.write(tarWithoutEnd(name, content));
        written.add(name);
      }
      manifest.push({ Config: names.config, RepoTags: [image.reference], Layers: [names.layer] });
    }
    await file.write(
      writeTar([{ kind: 'file', path: '/manifest.json', content: Buffer.from(JSON.stringify(manifest)) }]),
    );
  } finally {
    await file.close();
  }
}

function layerEntries({ files, links = {}, writable = [] }: ImageContent): readonly TarEntry[] {
  const parents = parentsOf([...Object.keys(files), ...Object.keys(links), ...writable]);
  return [
    ...parents
      .filter((path) => !writable.includes(path))
      .map((path) => ({ kind: 'directory', path }) as const),
    ...writable.map((path) => ({ kind: 'directory', path, mode: 0o777 }) as const),
    ...Object.entries(files).map(
      ([path, content]) =>
        ({
          kind: 'file',
          path,
          content: typeof content === 'string' ? { from: content } : content,
        }) as const,
    ),
    ...Object.entries(links).map(([path, target]) => ({ kind: 'link', path, target }) as const),
  ];
}

function imageConfig({ config }: ImageContent, layer: string): object {
  return {
    architecture: architectures[process.arch] ?? process.arch,
    os: 'linux',
    created,
    config: { Env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'], ...config },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
    history: [{ created }],
  };
}

// An archive ends with two empty blocks, which must come once.
function tarWithoutEnd(path: string, content: Buffer): Buffer {
  return writeTar([{ kind: 'file', path: `/${path}`, content }]).subarray(0, -1024);
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
