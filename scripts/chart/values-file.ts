/** values.yaml from the list of values. Pure. */
import { dump } from 'js-yaml';
import { sections, type Value } from './values.ts';

const width = 116;

/** The text of values.yaml, with a comment on each value. */
export function valuesFile(): string {
  const open: string[] = [];
  const lines = sections.flatMap(({ title, values }) => [
    '',
    `### ${title}`,
    ...values.flatMap((value) => ['', ...describe(value, open)]),
  ]);
  return `${lines.join('\n').trimStart()}\n`;
}

/** The lines of one value. `open` is the path of maps that are open, and is moved on. */
function describe(value: Value, open: string[]): readonly string[] {
  const path = value.path.split('.');
  const name = path.at(-1) ?? '';
  const parents = path.slice(0, -1);
  while (open.length > 0 && (open.length > parents.length || open.some((part, i) => part !== parents[i])))
    open.pop();
  const opened = parents.slice(open.length).map((parent, i) => `${indent(open.length + i)}${parent}:`);
  open.splice(0, open.length, ...parents);
  const margin = indent(parents.length);
  const comment = wrap(value.text, width - margin.length - 2).map((line) => `${margin}# ${line}`);
  const example = (value.example ?? []).map((line) => `${margin}# ${line}`);
  if (value.default === undefined) {
    open.push(name);
    return [...opened, ...comment, `${margin}${name}:`];
  }
  const yaml = dump({ [name]: value.default }, { lineWidth: -1 })
    .trimEnd()
    .split('\n');
  return [...opened, ...comment, ...yaml.map((line) => `${margin}${line}`), ...example];
}

const indent = (depth: number): string => '  '.repeat(depth);

/** Breaks a text into lines of at most so many characters. */
export function wrap(text: string, limit: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= limit)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
