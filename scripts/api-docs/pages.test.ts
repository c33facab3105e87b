/** The API reference, from small schemas and as a whole. */
import { describe, expect, test } from '@jest/globals';
import { kinds } from '../../src/api/schema/all.ts';
import type { PlainSchema } from '../../src/api/schema/pod-bounds.ts';
import { sectionText } from './page.ts';
import { apiPages } from './pages.ts';
import { boundsOf, typeOf } from './schema.ts';
import { sectionsOf } from './sections.ts';

const text = (description: string, more: object = {}): PlainSchema => ({
  type: 'string',
  description,
  ...more,
});
const object = (properties: Readonly<Record<string, PlainSchema>>, more: object = {}): PlainSchema => ({
  type: 'object',
  description: 'Things.',
  properties,
  ...more,
});
const many = (description: string) =>
  object({ a: text('A.'), b: text('B.'), c: text('C.'), d: text('D.'), e: text('E.') }, { description });
const render = (schema: PlainSchema): string =>
  sectionsOf('spec', schema, () => undefined)
    .map((section) => sectionText(section, { level: '##', typesPage: 'pods.md' }))
    .join('\n\n');

describe('sections', () => {
  test('have type, meaning, need and bounds of every field, and the rules below', () => {
    const schema = object(
      {
        size: { type: 'integer', description: 'How many.', minimum: 1, maximum: 9, default: 3 },
        name: text('Who | what.', { 'x-kubernetes-validations': [{ rule: 'x', message: 'must be short' }] }),
      },
      { required: ['name'], 'x-kubernetes-validations': [{ rule: 'y', message: 'size needs name' }] },
    );
    expect(render(schema)).toBe(`## spec

Things.

| field | type | meaning |
| --- | --- | --- |
| \`size\` | integer | How many. Filled in: \`3\`. 1 to 9. |
| \`name\` | string | Who \\| what. **Required.** |

Rules:

- size needs name
- \`name\`: must be short`);
  });

  test('few fields of an object stand in the same table, many in one of their own, equal ones once', () => {
    const schema = object({
      few: object({ a: text('A.') }),
      first: { type: 'array', description: 'List.', items: many('One.') },
      second: many('Other.'),
    });
    const page = render(schema);
    expect(page).toContain('| `few.a` | string | A. |');
    expect(page).toContain('| `first` | [list of objects](#specfirst) | List. |');
    expect(page).toContain('| `second` | [object](#specfirst) | Other. |');
    expect(page.match(/^## .*$/gm)).toEqual(['## spec', '## spec.first[]']);
  });

  test('a field that nothing describes is an error', () => {
    expect(() => render(object({ silent: { type: 'string' } }))).toThrow('spec.silent has no description');
  });
});

test.each<[string, PlainSchema, string, readonly string[]]>([
  [
    'a list',
    { type: 'array', maxItems: 2, items: { type: 'string', maxLength: 5 } },
    'list of strings',
    ['At most 2 items.', 'Each: At most 5 characters.'],
  ],
  [
    'a map',
    { type: 'object', additionalProperties: { type: 'string' }, maxProperties: 1 },
    'map of strings',
    ['At most 1 entry.'],
  ],
  ['a choice', { type: 'string', enum: ['', 'A'] }, 'string', ['One of empty, `A`.']],
  ['either', { 'x-kubernetes-int-or-string': true }, 'integer or string', []],
  ['a pattern', { type: 'string', pattern: '^a$' }, 'string', ['Matches `^a$`.']],
])('%s in words', (_, schema, type, bounds) => {
  expect([typeOf(schema), boundsOf(schema)]).toEqual([type, bounds]);
});

describe('the reference', () => {
  const pages = apiPages();

  test('has every kind', () => {
    const headings = [...pages.values()].flatMap((page) => page.match(/^##? \w+$/gm) ?? []);
    const missing = kinds.filter(({ kind }) => !headings.some((heading) => heading.endsWith(` ${kind}`)));
    expect(missing).toEqual([]);
  });

  test('tells of each container which variables are reserved in it, and of none in general', () => {
    const lines = pages.get('docs/api/installation.md')?.split('\n') ?? [];
    const ofTypha = lines.filter((line) => line.includes('reserved') && line.includes('TYPHA_DATASTORETYPE'));
    expect(ofTypha).toHaveLength(1);
    expect(pages.get('docs/api/pods.md')).not.toContain('reserved');
  });

  test.each([...pages])('%s has no heading twice', (_, page) => {
    const headings = page.match(/^#+ .*$/gm) ?? [];
    expect(new Set(headings).size).toBe(headings.length);
  });
});
