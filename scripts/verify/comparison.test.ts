/** What README.md says of Tigera's operator is what was recorded of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readRecording } from '../../test/reference/recording.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const [, section = ''] = read('README.md').split("\n## Compared with Tigera's operator\n");
const rows = (section.split('\n## ')[0] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(2)
  .map((line) => line.split('|').map((cell) => cell.trim()));
const theirs = (what: string): string => rows.find(([, first]) => first === what)?.[2] ?? '';
const numbersIn = (text: string): readonly number[] =>
  [...text.matchAll(/\d+/g)].map(([digits]) => Number(digits));

const leaves = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? Object.values(value).reduce<number>((sum, inner) => sum + leaves(inner), 0)
    : 1;

test('every row but that of maturity says what shows it', () => {
  const without = rows.filter(([, , , , shown = '']) => !/\]\(/.test(shown)).map(([, what]) => what);
  expect(rows.length).toBeGreaterThan(8);
  expect(without).toEqual(['maturity']);
});

describe('recorded of the reference', () => {
  test('how much it writes into an empty spec', () => {
    const stored = JSON.parse(read('test/reference/stored-specs.json')) as readonly {
      readonly name: string;
      readonly spec: object;
    }[];
    const spec = stored.find(({ name }) => name === 'empty-spec')?.spec;
    expect(readRecording('empty-spec').spec).toEqual({});
    expect(numbersIn(theirs('your `spec`'))).toEqual([leaves(spec)]);
  });

  test('how often it writes for a stock Installation', () => {
    const { 'stock-installation-only': run } = JSON.parse(read('test/reference/writes.json')) as Readonly<
      Record<string, { readonly nodes: number; readonly writes: Readonly<Record<string, number>> }>
    >;
    const all = Object.values(run?.writes ?? {}).reduce((sum, count) => sum + count, 0);
    const said = theirs('writes until a stock Installation runs on three nodes');
    expect([run?.nodes, ...numbersIn(said)]).toEqual([3, all, run?.writes['patch installations']]);
  });

  test('what it says of a mistake', () => {
    const said = theirs('a mistake').replaceAll('`', '');
    expect(readRecording('bad-blocksize').refusals.join()).toContain(said);
    const [ours = ''] = rows.find(([, what]) => what === 'a mistake')?.[3]?.match(/(?<=`).*?(?=`)/) ?? [];
    expect(read('crds/operator.tigera.io_installations.yaml')).toContain(ours);
  });

  test('what becomes of overlapping pools, and of Typha on one node', () => {
    expect(readRecording('bad-overlapping-pools').outcome).toBe('installed');
    const { nodes, objects } = readRecording('nodes-1');
    const typha = objects.filter(
      ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'calico-typha',
    );
    expect([nodes, typha]).toEqual([1, [expect.anything()]]);
  });

  test('finalizers, and the components that only it installs', () => {
    const { objects } = readRecording('stock-installation-only');
    const held = objects.filter(
      ({ metadata }) => metadata.finalizers?.includes('tigera.io/cni-protector') === true,
    );
    expect(held.length).toBeGreaterThan(3);
    const deployments = readRecording('stock').objects.flatMap(({ kind, metadata }) =>
      kind === 'Deployment' ? [metadata.name] : [],
    );
    expect(deployments).toEqual(expect.arrayContaining(['calico-apiserver', 'goldmane', 'whisker']));
  });
});
