import { describe, expect, test } from '@jest/globals';
import type { Volume } from '../../../api/kubernetes.ts';
import { fileSourceProblem, keyProblem, type Source, variableSourceProblem } from './sources.ts';
import { volumeMistakes } from './volumes.ts';

test.each(['a', 'ca.crt', '.hidden', 'A_b-c'])('%s is a key', (key) => {
  expect(keyProblem('key', key)).toBeUndefined();
});

test.each(['', 'a b', '../x', '.', '..', 'a/b', undefined])('%j is none', (key) => {
  expect(keyProblem('key', key)).toBeDefined();
});

describe('what a variable or a file has for content', () => {
  test.each<[Source, boolean]>([
    [{ resource: 'limits.cpu', divisor: '1m' }, true],
    [{ resource: 'limits.memory', divisor: '1Mi' }, true],
    [{ resource: 'limits.memory' }, true],
    [{ resource: 'limits.cpu', divisor: '1000m' }, true],
    [{ resource: 'limits.memory', divisor: '1024Ki' }, true],
    [{ resource: 'limits.cpu', divisor: '500m' }, false],
    [{ resource: 'limits.cpu', divisor: 'much' }, false],
    [{ resource: 'limits.cpu', divisor: '1Mi' }, false],
    [{ resource: 'limits.memory', divisor: '-1' }, false],
    [{ resource: 'limits.gpu' }, false],
  ])('an amount as %j', (source, fits) => {
    expect(variableSourceProblem('resourceFieldRef', source) === undefined).toBe(fits);
    expect(fileSourceProblem({ resourceFieldRef: { containerName: 'c', ...source } }) === undefined).toBe(
      fits,
    );
  });

  test.each<[Source, boolean]>([
    [{ fieldRef: { fieldPath: 'metadata.labels' } }, true],
    [{ fieldRef: { fieldPath: "metadata.annotations['a']", apiVersion: 'v1' } }, true],
    [{ fieldRef: { fieldPath: 'metadata.name', apiVersion: 'v2' } }, false],
    [{ fieldRef: { fieldPath: 'spec.nodeName' } }, false],
    [{ resourceFieldRef: { resource: 'limits.cpu' } }, false],
    [{}, false],
  ])('a file of %j', (item, fits) => {
    expect(fileSourceProblem(item) === undefined).toBe(fits);
  });
});

test.each<[string, Volume]>([
  ['a file without key', { name: 'a', configMap: { name: 'b', items: [{ key: '', path: 'c' }] } }],
  ['a file without content', { name: 'a', downwardAPI: { items: [{ path: 'c' }] } }],
  ['a driver that is none', { name: 'a', csi: { driver: 'A B' } }],
  ['a Secret without name', { name: 'a', csi: { driver: 'csi.example.com', nodePublishSecretRef: {} } }],
])('%s is refused', (_name, volume) => {
  expect(volumeMistakes([volume], 'volumes')).toHaveLength(1);
});
