import { expect, test } from '@jest/globals';
import { runCrds } from './crds.ts';
import { testConsole } from './testing.ts';

test('needs a cluster', async () => {
  const console = testConsole();
  expect(await runCrds([], console)).toBe(2);
  expect(console.errors()[0]).toContain('no cluster');
});

test('explains itself, and refuses what it does not know', async () => {
  const console = testConsole();
  expect(await runCrds(['--help'], console)).toBe(0);
  expect(console.output()).toContain('Usage: calico-operator crds');
  expect(await runCrds(['--wait'], console)).toBe(2);
  expect(console.errors()[0]).toBe('unknown flag --wait: see "calico-operator crds --help"');
});
