import { describe, expect, test } from '@jest/globals';
import { type Manifest, isAllowed, shippedPackages } from './licences.ts';

describe('licence expressions', () => {
  test.each([
    ['MIT', true],
    ['GPL-3.0', false],
    ['', false],
    ['SEE LICENSE IN LICENSE.md', false],
    ['(MIT OR GPL-3.0-only)', true],
    ['GPL-2.0 OR (GPL-3.0 AND MIT)', false],
    ['MIT AND GPL-3.0', false],
    ['(MIT AND (BSD-3-Clause OR GPL-2.0))', true],
    ['MIT OR', true],
    ['(MIT', false],
    ['MIT)', false],
  ])('%j is allowed: %s', (expression, allowed) => {
    expect(isAllowed(expression)).toBe(allowed);
  });
});

test('everything that is shipped is looked at, by what its own manifest says', () => {
  const manifests: Readonly<Record<string, Manifest>> = {
    'node_modules/liar': { license: 'GPL-3.0' },
    'node_modules/@scope/old': { licenses: [{ type: 'MIT' }, { type: 'GPL-2.0' }] },
    'node_modules/a/node_modules/nested': { license: { type: 'ISC' } },
  };
  const lockfile = {
    packages: {
      '': { version: '1' },
      'node_modules/liar': { version: '1.0.0', license: 'MIT' },
      'node_modules/@scope/old': { version: '2.0.0' },
      'node_modules/a/node_modules/nested': { version: '3.0.0' },
      'node_modules/other-platform': { version: '4.0.0', license: 'MIT' },
      'node_modules/none': { version: '5.0.0' },
      'node_modules/tool': { version: '6.0.0', license: 'GPL-3.0', dev: true },
    },
  };
  expect(shippedPackages(lockfile, (path) => manifests[path])).toEqual([
    { name: 'liar', version: '1.0.0', licence: 'GPL-3.0' },
    { name: '@scope/old', version: '2.0.0', licence: 'MIT OR GPL-2.0' },
    { name: 'nested', version: '3.0.0', licence: 'ISC' },
    { name: 'other-platform', version: '4.0.0', licence: 'MIT' },
    { name: 'none', version: '5.0.0', licence: '' },
  ]);
});
