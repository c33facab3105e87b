/** The tables of docs/helm.md from the list of values. Pure. */
import { sections, type Value } from './values.ts';

const code = (text: string): string => `\`${text}\``;
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const row = (...cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

/** A table a section: value, default, meaning. */
export function valueTables(): string {
  return sections
    .map(({ title, values }) =>
      [
        `### ${title}`,
        '',
        row('value', 'default', 'meaning'),
        row('---', '---', '---'),
        ...values.map((value) => row(code(value.path), defaultOf(value), value.text)),
      ].join('\n'),
    )
    .join('\n\n');
}

function defaultOf({ default: value }: Value): string {
  if (value === undefined || value === null || value === '') return '';
  const text = JSON.stringify(value);
  return text.length > 60 ? 'see values.yaml' : code(typeof value === 'string' ? value : text);
}

/** What becomes of each value of Tigera's chart. */
export function counterpartTable(): string {
  const rows = sections
    .flatMap(({ values }) => values)
    .flatMap((value) => {
      const { counterpart, path } = value;
      if (counterpart === undefined) return [];
      const note = counterpart.note ?? '';
      return counterpart.kind === 'same'
        ? [row(code(path), 'the same', note)]
        : [row(counterpart.name === '–' ? '–' : code(counterpart.name), code(path), note)];
    });
  return [row('value of `tigera-operator`', 'here', 'difference'), row('---', '---', '---'), ...rows].join(
    '\n',
  );
}

/** Puts a text between `<!-- begin NAME -->` and `<!-- end NAME -->`. @throws Error when the marks are not there. */
export function fillIn(document: string, name: string, text: string): string {
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the document has no marks ${begin} and ${end}`);
  return `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`;
}
