/** docs/troubleshooting.md has an entry for each reason, and what it quotes is what the operator says. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { reasonCatalogue } from '../../src/api/conditions.ts';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8');
const sources = globSync('src/**/*.ts', { cwd: root })
  .filter((path) => !path.endsWith('.test.ts') && path !== join('src', 'api', 'conditions.ts'))
  .map((path) => readFileSync(join(root, path), 'utf8'));

const [entriesPart = '', neverPart = ''] = page.split('\n## Not given by this release\n');
const entries = new Map(
  entriesPart
    .split(/^### /m)
    .slice(1)
    .map((entry): [string, string] => [
      entry.slice(0, entry.indexOf('\n')),
      entry.slice(entry.indexOf('\n')),
    ]),
);
const never = [...neverPart.matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name);

/** Reasons that some code gives. */
const given = Object.keys(reasonCatalogue).filter((name) =>
  sources.some((text) => new RegExp(`\\breasons\\.${name}\\b|\\breason: [^,;\\n]*'${name}'`).test(text)),
);

/** What the program says, with texts that are put together from parts made whole. */
const said = sources.map((text) => text.replaceAll(/['"`]\s*\+\s*['"`]/g, '')).join('\n');

/** The parts of an example that are the operator's own words: no names, fields, values and numbers. */
const ownWords = (example: string): readonly string[] =>
  example
    .split(/<[^>]*>|"[^"]*"|\b\d+\b|: |\. |[()]/)
    .map((part) => part.trim())
    .filter((part) => part.length >= 10 && part.includes(' ') && !/^[A-Z]\w+ [\w/-]+$/.test(part));

test('every reason has an entry, and every entry is of a reason', () => {
  expect([...entries.keys(), ...never].sort()).toEqual(Object.keys(reasonCatalogue).sort());
});

test('reasons that no code gives are said to be so, and no others', () => {
  const unused = Object.keys(reasonCatalogue).filter((name) => !given.includes(name));
  expect(never.toSorted()).toEqual(unused.sort());
});

describe.each([...entries])('%s', (_name, entry) => {
  test('says what one sees, why, how to check, and the cure', () => {
    const parts = [...entry.matchAll(/^\*\*(.*?)\*\*(?: \S|\n\n```)/gm)].map(([, part]) => part);
    expect(parts).toEqual(['You see', 'Why', 'Check', 'Cure']);
  });

  test('quotes what the operator says', () => {
    const examples = /\*\*You see\*\*\n\n```\n([^`]*)\n```\n/.exec(entry)?.[1]?.split('\n') ?? [];
    expect(examples).not.toEqual([]);
    expect(examples.flatMap(ownWords).filter((words) => !said.includes(words))).toEqual([]);
  });
});
