import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { testConsole } from './testing.ts';
import { runVersion, version } from './version.ts';

test('from source the version is that of package.json', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
  expect(version).toBe(manifest.version);
});

test('as text and as JSON', () => {
  const text = testConsole();
  expect(runVersion([], text)).toBe(0);
  expect(text.output()).toMatch(
    /^calico-operator {2}\S+\nCalico {11}v3\.\d+\.\d+\nNode\.js {10}v\d+\.\S+\n$/,
  );
  const json = testConsole();
  expect(runVersion(['-o', 'json'], json)).toBe(0);
  expect(JSON.parse(json.output())).toMatchObject({ operator: version, node: process.version });
});

test('misspelt flags are refused, help has examples', () => {
  const console = testConsole();
  expect(runVersion(['--outpt'], console)).toBe(2);
  expect(console.errors()).toEqual([
    'unknown flag --outpt: did you mean --output?',
    'See calico-operator version --help.',
  ]);
  expect(runVersion(['--help'], console)).toBe(0);
  expect(console.output()).toContain('Examples:');
});
