import { join } from 'node:path';

import { imagePrograms } from './programs.ts';
import type { Mount } from './sandbox.ts';

/** Further names of programs in images. */
const aliases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  cni: { '/opt/cni/bin/calico-ipam': 'calico' },
};

/** Folders that images have, empty and writable by everybody. */
const folders: Readonly<Record<string, readonly string[]>> = {
  'kube-controllers': ['/status', '/profiles'],
  cni: ['/opt/cni/bin'],
};

/** What of an image the sandbox of its container needs. @throws Error for an image that is not one of Calico's. */
export function imageMounts(image: string): readonly Mount[] {
  const binaries = process.env['CALICO_BIN'];
  if (!binaries) throw new Error('CALICO_BIN is not set; `npm test -- operands` can get the programs');
  const name = (image.split('/').at(-1) ?? '').replace(/[:@].*$/, '');
  const files = new Map<string, Readonly<Record<string, string>>>(Object.entries(imagePrograms)).get(name);
  if (!files) throw new Error(`no programs of an image like ${image} are known here`);
  return [
    ...(folders[name] ?? []).map((target): Mount => ({ target, directory: true })),
    ...Object.entries({ ...files, ...aliases[name] }).map(
      ([target, program]): Mount => ({ target, source: join(binaries, program), directory: false }),
    ),
  ];
}
