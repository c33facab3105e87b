import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadBundledCrds } from '../../src/api/crds.ts';
import { bundle, repository } from './bundle.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bundle-crds-'));
});
afterAll(() => rm(directory, { recursive: true }));

test('a bundle carries the CRDs packed, and unpacks them as they were generated', async () => {
  const entry = join(directory, 'entry.ts');
  const outfile = join(directory, 'entry.mjs');
  const source = JSON.stringify(join(repository, 'src', 'controllers', 'crds', 'bundled.ts'));
  await writeFile(
    entry,
    `import { unpackCrds } from ${source}; process.stdout.write(JSON.stringify(await unpackCrds()));`,
  );
  const { bytes } = await bundle({ entry, outfile, version: '9.8.7' });
  // Parsed modules stay in memory for ever: there must be no second, plain copy.
  expect(bytes).toBeLessThan(60 * 1024);
  expect(await readFile(outfile, 'utf8')).not.toContain('openAPIV3Schema');
  const { stdout, stderr } = spawnSync(process.execPath, [outfile], { encoding: 'utf8', cwd: directory });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual(await loadBundledCrds());
});
