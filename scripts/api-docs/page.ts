/** Sections as Markdown. Pure. */
import type { PlainSchema } from '../../src/api/schema/pod-bounds.ts';
import { boundsOf, typeOf } from './schema.ts';
import type { PlacedRule, Row, Section } from './sections.ts';

/** How a page names things. */
export interface PageStyle {
  /** `#` and so on of the headings of sections. */
  readonly level: string;
  /** Before each path of a heading, to tell sections of several kinds apart. */
  readonly prefix?: string;
  /** Path of the page with shared types; '' for that page itself. */
  readonly typesPage: string;
  /** What a field means whose schema does not say it. */
  readonly wordsOf?: (path: string) => string | undefined;
}

/** The anchor of a heading, as GitHub makes it. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** A table. */
export const table = (...rows: readonly (readonly string[])[]): string =>
  rows.map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');

const headingOf = (path: string, { prefix = '' }: PageStyle): string => `${prefix}${path}`;

/** A section: heading, what it is, its fields, its rules. @throws Error for a field without description */
export function sectionText(section: Section, style: PageStyle): string {
  const { path, schema, rows, rules } = section;
  const parts = [
    `${style.level} ${headingOf(path, style)}`,
    descriptionOf(schema, path, style),
    ...(rows.length === 0
      ? []
      : [
          table(
            ['field', 'type', 'meaning'],
            ['---', '---', '---'],
            ...rows.map((row) => rowCells(row, section, style)),
          ),
        ]),
    ...(rules.length === 0 ? [] : [rulesText(rules)]),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function descriptionOf({ description }: PlainSchema, path: string, { wordsOf }: PageStyle): string {
  const words = typeof description === 'string' && description !== '' ? description : wordsOf?.(path);
  return words ?? '';
}

function rowCells(row: Row, section: Section, style: PageStyle): readonly string[] {
  const place = `${section.path}.${row.path}`;
  const description = descriptionOf(row.schema, place, style);
  if (description === '') throw new Error(`${headingOf(place, style)} has no description`);
  const meaning = [description, ...(row.required ? ['**Required.**'] : []), ...boundsOf(row.schema)];
  return [`\`${row.path}\``, typeText(row, style), meaning.join(' ')];
}

function typeText({ schema, seeSection, seeType }: Row, style: PageStyle): string {
  const type = typeOf(schema);
  if (seeType !== undefined) {
    const link = `[${seeType}](${style.typesPage}#${anchorOf(seeType)})`;
    return type.replace(/objects?$/, link);
  }
  return seeSection === undefined ? type : `[${type}](#${anchorOf(headingOf(seeSection, style))})`;
}

/** Rules with the same words in one line. */
function rulesText(rules: readonly PlacedRule[]): string {
  const byMessage = Map.groupBy(rules, messageOf);
  const lines = [...byMessage].map(([message, some]) => {
    const paths = [...new Set(some.map(({ path }) => path))].filter((path) => path !== '');
    return `- ${paths.length === 0 ? '' : `${paths.map((path) => `\`${path}\``).join(', ')}: `}${message}`;
  });
  return `Rules:\n\n${lines.join('\n')}`;
}

/** The names that a rule forbids, where its words do not have them. */
const forbidden = /^!\(self in (\[[^\]]*\])\)$/;

function messageOf({ rule: { message, rule } }: PlacedRule): string {
  const list = forbidden.exec(rule)?.[1];
  if (list === undefined) return message;
  return `${message}: ${(JSON.parse(list) as readonly string[]).map((name) => `\`${name}\``).join(', ')}`;
}
