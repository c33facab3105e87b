import { describe, expect, test } from '@jest/globals';
import { type Bom, bundleBom, imageBom } from './sbom.ts';

const library = (name: string, version: string) => ({
  'bom-ref': `${name}@${version}`,
  type: 'library',
  name,
  version,
});

const lock: Bom = {
  bomFormat: 'CycloneDX',
  serialNumber: 'urn:uuid:1',
  metadata: {
    timestamp: '2026-01-01T00:00:00Z',
    component: { ...library('calico-operator', '1.0.0'), name: 'folder' },
  },
  components: [library('a', '1.0.0'), library('a', '2.0.0'), library('tool', '3.0.0')],
  dependencies: [
    { ref: 'calico-operator@1.0.0', dependsOn: ['a@1.0.0', 'tool@3.0.0'] },
    { ref: 'tool@3.0.0', dependsOn: ['a@2.0.0'] },
  ],
};

describe('of the bundle', () => {
  test('is what is in it, in its version, without time and chance', () => {
    expect(bundleBom(lock, ['a@1.0.0'])).toEqual({
      bomFormat: 'CycloneDX',
      metadata: {
        component: { ...library('calico-operator', '1.0.0'), type: 'application' },
      },
      components: [library('a', '1.0.0')],
      dependencies: [{ ref: 'calico-operator@1.0.0', dependsOn: ['a@1.0.0'] }],
    });
  });

  test('fails for what the lock file does not have', () => {
    expect(() => bundleBom(lock, ['a@1.0.0', 'b@1.0.0'])).toThrow('not in the lock file: b@1.0.0');
  });
});

test('of the image has Node and its libraries besides, and the time of the sources', () => {
  const files = [{ path: '/lib/libc.so.6', sha256: 'ab' }];
  const bom = imageBom(bundleBom(lock, []), { node: '24.0.0', files, epoch: 86_400 });
  expect(bom.metadata.timestamp).toBe('1970-01-02T00:00:00.000Z');
  expect(bom.components).toMatchObject([
    { type: 'platform', name: 'node', version: '24.0.0', purl: 'pkg:generic/node@24.0.0' },
    { type: 'file', name: '/lib/libc.so.6', hashes: [{ alg: 'SHA-256', content: 'ab' }] },
  ]);
});
