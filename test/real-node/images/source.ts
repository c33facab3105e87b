import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { calicoVersion } from '../../../src/resolve/versions.ts';
import { cacheRoot } from '../../control-plane/build/cache.ts';
import { withLock } from '../../control-plane/build/lock.ts';
import type { Progress } from '../../control-plane/build/progress.ts';
import { writeImageArchive } from './archive.ts';
import { calicoImages, pauseImage, testImage } from './calico.ts';

/** Where the nodes get container images from. */
export type ImageSource =
  /** Packed here around Calico's programs in that folder. */
  | { readonly kind: 'packed'; readonly programs: string }
  /** Pulled from the registries that their names tell. */
  | { readonly kind: 'registry' };

/** Environment variable that, with the value `pull`, makes nodes pull Calico's images instead of packing them. */
export const imagesVariable = 'CALICO_IMAGES';

/** The source that the environment names; undefined if it names none. */
export function imageSource(
  environment: Readonly<Record<string, string | undefined>>,
): ImageSource | undefined {
  if (environment[imagesVariable] === 'pull') return { kind: 'registry' };
  const programs = environment['CALICO_BIN'];
  return programs ? { kind: 'packed', programs } : undefined;
}

/** Images that a node needs before Calico's can be asked for, and the one of test pods, by source. */
export function baseImages(source: ImageSource): { readonly pause: string; readonly test: string } {
  return source.kind === 'packed'
    ? { pause: pauseImage, test: testImage }
    : { pause: pauseImage, test: 'docker.io/library/busybox:1.37' };
}

/** References of everything that a node with Calico runs. */
export function calicoReferences(): readonly string[] {
  return ['node', 'cni', 'kube-controllers', 'typha', 'pod2daemon-flexvol'].map(
    (name) => `quay.io/calico/${name}:${calicoVersion}`,
  );
}

const day = 86_400_000;

/** Path of the archive with all images, which is made anew when a file that is packed has changed. */
export async function packImages(programs: string, progress: Progress): Promise<string> {
  const images = await calicoImages(programs, calicoVersion);
  const root = join(dirname(cacheRoot()), 'images');
  const path = join(root, `${await keyOf(images)}.tar`);
  await mkdir(root, { recursive: true });
  await withLock(join(root, 'lock'), async () => {
    if (await stat(path).catch(() => undefined)) return;
    const step = progress.start('packing images around the programs of Calico');
    await removeOld(root);
    await writeImageArchive(`${path}.new`, images);
    await rename(`${path}.new`, path);
    step.done();
  });
  return path;
}

// Another run may be importing one that is young.
async function removeOld(root: string): Promise<void> {
  for (const name of (await readdir(root)).filter((each) => each.includes('.tar'))) {
    const age = Date.now() - (await stat(join(root, name))).mtimeMs;
    if (age > day) await rm(join(root, name), { force: true });
  }
}

async function keyOf(images: Awaited<ReturnType<typeof calicoImages>>): Promise<string> {
  const hash = createHash('sha256');
  for (const { files, ...rest } of images) {
    hash.update(JSON.stringify(rest));
    for (const [path, content] of Object.entries(files)) {
      if (Buffer.isBuffer(content)) {
        hash.update(path).update(content);
        continue;
      }
      const { size, mtimeMs } = await stat(content);
      hash.update(JSON.stringify([path, content, size, mtimeMs]));
    }
  }
  return hash.digest('hex').slice(0, 16);
}
