import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import type { Installation } from '../../src/api/installation.ts';
import { encapsulationPatch, trials } from './next-steps.ts';
import { describeLater, readWhatToInstall, stockFile } from './what-to-install.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'what-to-install-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function write(text: string): Promise<string> {
  const file = join(directory, 'my.yaml');
  await writeFile(file, text);
  return file;
}

test('the stock file has the four resources that users of the reference apply, with its values', async () => {
  const { objects, installation } = await readWhatToInstall(stockFile);
  expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    'Installation default',
    'APIServer default',
    'Goldmane default',
    'Whisker default',
  ]);
  expect(installation.spec).toEqual({
    calicoNetwork: {
      ipPools: [
        {
          name: 'default-ipv4-ippool',
          blockSize: 26,
          cidr: '192.168.0.0/16',
          encapsulation: 'VXLANCrossSubnet',
          natOutgoing: 'Enabled',
          nodeSelector: 'all()',
        },
      ],
    },
  });
  expect(describeLater(objects)).toMatch(/^APIServer, Goldmane, Whisker: /);
  expect(describeLater([installation])).toBeUndefined();
});

test('a file without an Installation named default is refused, and so is what is no YAML, with the line', async () => {
  const other = 'apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: { name: other }\n';
  await expect(readWhatToInstall(await write(other))).rejects.toThrow('no Installation named default');
  await expect(readWhatToInstall(await write('a: {b c\n'))).rejects.toThrow(/my\.yaml:\d+: not readable/);
});

test('where there is no pool to change, another command is proposed', () => {
  const installation: Installation = {
    apiVersion: 'operator.tigera.io/v1',
    kind: 'Installation',
    metadata: { name: 'default' },
    spec: {},
  };
  expect(encapsulationPatch(installation)).toBeUndefined();
  const proposed = trials(installation, '/project/dist/calico-operator.mjs', '/project');
  expect(proposed).toHaveLength(3);
  expect(proposed[1]?.command).toBe('kubectl get installation default -o yaml');
  expect(proposed[2]?.command).toMatch(/ dist\/calico-operator\.mjs status$/);
});
