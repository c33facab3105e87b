import { describe, expect, test } from '@jest/globals';
import type { ImageSet } from '../api/image-set.ts';
import type { InstallationSpec } from '../api/installation.ts';
import { resolve } from './resolve.ts';
import { defaultSnapshot, mustResolve } from './testing.ts';
import { images } from './versions.ts';

const digest = (index: number) => `sha256:${String(index).padStart(64, '0')}`;

const imageSet = (
  name: string,
  change: (entries: { image: string; digest: string }[]) => void = () => {},
): ImageSet => {
  const entries = Object.values(images).map((image, index) => ({
    image: `calico/${image.name}`,
    digest: digest(index),
  }));
  change(entries);
  return {
    apiVersion: 'operator.tigera.io/v1',
    kind: 'ImageSet',
    metadata: { name },
    spec: { images: entries },
  };
};

test.each<[InstallationSpec, string, string]>([
  [{}, 'quay.io/calico/node:v3.32.1', 'quay.io/calico/pod2daemon-flexvol:v3.32.1'],
  [{ registry: 'r.example' }, 'r.example/calico/node:v3.32.1', 'r.example/calico/pod2daemon-flexvol:v3.32.1'],
  [
    { registry: 'r.example:5000//', imagePath: 'a/b', imagePrefix: 'p-' },
    'r.example:5000/a/b/p-node:v3.32.1',
    'r.example:5000/a/b/p-pod2daemon-flexvol:v3.32.1',
  ],
  [
    { registry: 'UseDefault', imagePath: 'UseDefault', imagePrefix: 'UseDefault' },
    'quay.io/calico/node:v3.32.1',
    'quay.io/calico/pod2daemon-flexvol:v3.32.1',
  ],
  [{ fipsMode: 'Enabled' }, 'quay.io/calico/node:v3.32.1-fips', 'quay.io/calico/pod2daemon-flexvol:v3.32.1'],
])('%j pulls %s', (spec, node, flexVolume) => {
  expect(mustResolve(defaultSnapshot({ spec })).images).toMatchObject({ node, flexVolume });
});

test.each<[InstallationSpec, string]>([
  [{ registry: 'https://quay.io/' }, 'spec.registry'],
  [{ registry: 'quay io' }, 'spec.registry'],
  [{ imagePath: 'Mirror' }, 'spec.imagePath'],
  [{ imagePrefix: 'a b' }, 'spec.imagePrefix'],
])('%j is refused', (spec, field) => {
  expect(resolve(defaultSnapshot({ spec }))).toMatchObject({ kind: 'refused', refusals: [{ field }] });
});

describe('ImageSets', () => {
  const withSets = (...imageSets: readonly ImageSet[]) => resolve(defaultSnapshot({ imageSets }));

  test('the one of this release gives digests, whatever the registry', () => {
    const snapshot = defaultSnapshot({
      spec: { registry: 'r/', imagePrefix: 'p-' },
      imageSets: [imageSet('calico-v3.32.1')],
    });
    expect(mustResolve(snapshot).images).toMatchObject({
      node: `r/calico/p-node@${digest(0)}`,
      imageSet: 'calico-v3.32.1',
    });
  });

  test('those of other products do not matter', () => {
    expect(withSets(imageSet('enterprise-v3.20.0')).kind).toBe('resolved');
  });

  test('one for another release is refused', () => {
    expect(withSets(imageSet('calico-v3.31.0'))).toMatchObject({
      kind: 'refused',
      refusals: [{ reason: 'ImageSetError', object: 'ImageSet calico-v3.31.0' }],
    });
  });

  test('the image of an operator may be named', () => {
    const set = imageSet('calico-v3.32.1', (entries) =>
      entries.push({ image: 'tigera/operator', digest: digest(99) }),
    );
    expect(withSets(set).kind).toBe('resolved');
  });

  test('all mistakes are named together', () => {
    const set = imageSet('calico-v3.32.1', (entries) => {
      entries[0]!.digest = 'sha256:123';
      entries[1]!.image = 'calico/nope';
      entries.push({ image: 'calico/typha', digest: digest(7) });
    });
    const resolution = withSets(set);
    expect(
      resolution.kind === 'refused' && resolution.refusals.map(({ field, value }) => [field, value]),
    ).toEqual([
      ['spec.images[0].digest', 'sha256:123'],
      ['spec.images[1].image', 'calico/nope'],
      ['spec.images[8].image', 'calico/typha'],
      ['spec.images', 'calico/cni'],
    ]);
    expect(resolution).toMatchObject({ refusals: Array(4).fill({ reason: 'ImageSetError' }) });
  });
});
