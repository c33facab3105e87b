/** What the documentation points at is there. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { commands } from '../../src/commands/help.ts';
import { blocksOf, commandsOf } from './blocks.ts';

const root = join(import.meta.dirname, '../..');
const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: root })].sort();
const read = (page: string): string => readFileSync(join(root, page), 'utf8');

/** The anchor of a heading, as GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading)));

/** What stands between backquotes on one line is no link, whatever it looks like. */
const withoutCode = (text: string): string => text.replaceAll(/`[^`\n]*`/g, '``');

describe.each(pages)('%s', (page) => {
  const text = read(page);

  test('links lead to files and headings', () => {
    const broken = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^(https?|mailto):/.test(target))
      .filter((target) => {
        const [file = '', anchor] = target.split('#');
        const path = file === '' ? page : join(dirname(page), file);
        if (!existsSync(join(root, path))) return true;
        return anchor !== undefined && path.endsWith('.md') && !anchorsOf(read(path)).has(anchor);
      });
    expect(broken).toEqual([]);
  });

  test('commands name files and commands that there are', () => {
    const lines = blocksOf(text).flatMap((block) => (block.language === 'sh' ? commandsOf(block) : []));
    const files = lines.flatMap(
      (line) => line.match(/(?<![\w/.-])(?:deploy|crds|test|scripts)\/[\w./-]*/g) ?? [],
    );
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    const words = lines.flatMap((line) => /(?:^|\| )calico-operator ([a-z-]+)/.exec(line)?.[1] ?? []);
    expect(words.filter((word) => !Object.hasOwn(commands, word))).toEqual([]);
  });
});

test('every alert has a section that says what to do', () => {
  const alerts = readFileSync(join(root, 'deploy/chart/calico-operator/files/alerts.yaml'), 'utf8');
  const names = [...alerts.matchAll(/^ +- alert: (\w+)$/gm)].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => !read('docs/monitoring.md').includes(`\n### ${name}\n`))).toEqual([]);
});
