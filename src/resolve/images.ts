/** Full references of images. */
import { useDefault } from '../api/image-shapes.ts';
import type { ImageSet } from '../api/image-set.ts';
import type { InstallationSpec } from '../api/installation.ts';
import type { ImageReferences } from './types.ts';
import {
  calicoVersion,
  defaultImagePath,
  defaultRegistry,
  fipsSuffix,
  images,
  windowsImages,
} from './versions.ts';

/** One image of the release. */
export interface Image {
  readonly name: string;
  readonly fips: boolean;
}

type RegistryFields = Pick<InstallationSpec, 'registry' | 'imagePath' | 'imagePrefix' | 'fipsMode'>;

/**
 * `REGISTRY/PATH/PREFIXNAME` with tag, or with the digest of the ImageSet where that has one. Superfluous slashes
 * vanish, and `.` and `..` are resolved as in a path.
 */
export function imageReference(image: Image, fields: RegistryFields, imageSet?: ImageSet): string {
  const registry = orDefault(fields.registry, defaultRegistry);
  const path = orDefault(fields.imagePath, defaultImagePath);
  const name = orDefault(fields.imagePrefix, '') + image.name;
  const place = joinPath(`${registry}/${path}/${name}`);
  const digest = digestOf(image, imageSet);
  if (digest !== undefined) return `${place}@${digest}`;
  return `${place}:${calicoVersion}${fields.fipsMode === 'Enabled' && image.fips ? fipsSuffix : ''}`;
}

/** The digest that an ImageSet has for an image. Its entries carry the original path, whatever the registry. */
export function digestOf(image: Image, imageSet: ImageSet | undefined): string | undefined {
  return imageSet?.spec?.images?.find((entry) => entry.image === `${defaultImagePath}/${image.name}`)?.digest;
}

/** References of all images that an Installation needs. */
export function imageReferences(fields: RegistryFields, imageSet?: ImageSet): ImageReferences {
  const reference = (image: Image) => imageReference(image, fields, imageSet);
  return {
    node: reference(images.node),
    cni: reference(images.cni),
    flexVolume: reference(images.flexVolume),
    csi: reference(images.csi),
    nodeDriverRegistrar: reference(images.nodeDriverRegistrar),
    kubeControllers: reference(images.kubeControllers),
    typha: reference(images.typha),
    keyCertProvisioner: reference(images.keyCertProvisioner),
    nodeWindows: reference(windowsImages.nodeWindows),
    cniWindows: reference(windowsImages.cniWindows),
    ...(imageSet === undefined ? {} : { imageSet: imageSet.metadata.name }),
  };
}

function orDefault(value: string | undefined, standard: string): string {
  return value === undefined || value === '' || value === useDefault ? standard : value;
}

function joinPath(path: string): string {
  const steps: string[] = [];
  for (const step of path.split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  return steps.join('/');
}
