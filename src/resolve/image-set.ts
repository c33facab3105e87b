/** Which ImageSet is used, and whether it is fit for it. */
import type { ImageSet } from '../api/image-set.ts';
import type { Refusal } from '../api/refusal.ts';
import { type Findings, noFindings, showValue } from './findings.ts';
import { digestOf, type Image, imageReferences } from './images.ts';
import type { EffectiveSpec, ImageReferences, Snapshot } from './types.ts';
import { defaultImagePath, furtherImages, images, imageSetName, windowsImages } from './versions.ts';

const known = new Set(
  [...Object.values({ ...images, ...windowsImages }).map((image) => image.name), ...furtherImages].map(
    (name) => `${defaultImagePath}/${name}`,
  ),
);
const digestShape = /^sha256:[0-9a-f]{64}$/;

/** Image references with the digests of the ImageSet for this release, if there is one. */
export function chooseImages(
  snapshot: Snapshot,
  spec: EffectiveSpec,
): { readonly images: ImageReferences; readonly findings: Findings } {
  const imageSet = snapshot.imageSets.find((set) => set.metadata.name === imageSetName);
  const refusals = imageSet === undefined ? otherReleases(snapshot.imageSets) : mistakesOf(imageSet);
  return {
    images: imageReferences(spec, imageSet),
    findings: refusals.length === 0 ? noFindings : { refusals, warnings: [] },
  };
}

/** A set for another release means that digests are wanted: to go on with tags would ignore that. */
function otherReleases(imageSets: readonly ImageSet[]): readonly Refusal[] {
  const others = imageSets.map((set) => set.metadata.name).filter((name) => name.startsWith('calico'));
  if (others.length === 0) return [];
  return [
    {
      reason: 'ImageSetError',
      object: `ImageSet ${others.sort().join(', ')}`,
      field: 'metadata.name',
      value: others.join(', '),
      problem: `none of the ImageSets is named ${imageSetName}, which this release needs`,
      cure: `Create ImageSet ${imageSetName} with the digests of this release, or delete the others to use tags`,
    },
  ];
}

function mistakesOf(imageSet: ImageSet): readonly Refusal[] {
  const object = `ImageSet ${imageSet.metadata.name}`;
  const entries = imageSet.spec?.images ?? [];
  const refusal = (field: string, value: string, problem: string, cure: string): Refusal => ({
    reason: 'ImageSetError',
    object,
    field,
    value: showValue(value),
    problem,
    cure,
  });
  const ofEntries = entries.flatMap(({ image, digest }, index) => [
    ...(known.has(image) || image.startsWith('tigera/')
      ? []
      : [
          refusal(
            `spec.images[${index}].image`,
            image,
            'this release has no such image',
            `Write it as ${defaultImagePath}/NAME, without registry and tag, or take it out`,
          ),
        ]),
    ...(digestShape.test(digest)
      ? []
      : [
          refusal(
            `spec.images[${index}].digest`,
            digest,
            'it is not a digest',
            'Write sha256: followed by 64 hexadecimal digits',
          ),
        ]),
    ...(entries.findIndex((other) => other.image === image) === index
      ? []
      : [refusal(`spec.images[${index}].image`, image, 'it is listed twice', 'List every image once')]),
  ]);
  return [...ofEntries, ...missingImages(Object.values(images), imageSet)];
}

/** A refusal for each image that is used and that the set does not name. */
export function missingImages(used: readonly Image[], imageSet: ImageSet): readonly Refusal[] {
  return used
    .filter((image) => digestOf(image, imageSet) === undefined)
    .map((image) => ({
      reason: 'ImageSetError',
      object: `ImageSet ${imageSet.metadata.name}`,
      field: 'spec.images',
      value: `${defaultImagePath}/${image.name}`,
      problem: 'the image is missing',
      cure: 'Add it with its digest: an ImageSet has to name every image that is used',
    }));
}
