/** The differences that we want, from the tables of docs/differences.md. */
import { readFileSync } from 'node:fs';
import type { Difference } from './compare.ts';

/** One row for one object. */
export interface AcceptedDifference extends Difference {
  /** Why, and what a user sees of it. */
  readonly reason: string;
}

const page = new URL('../../docs/differences.md', import.meta.url);

const unquote = (cell: string) =>
  cell
    .trim()
    .replace(/^`(.*)`$/, '$1')
    .replaceAll('\\|', '|');

function parseRow(line: string): readonly AcceptedDifference[] {
  const cells = line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map(unquote);
  const [objects, field, reference, ours, reason] = cells;
  if (cells.length !== 5 || !objects || !field || !reference || !ours || !reason) {
    throw new Error(`docs/differences.md: a row needs five filled cells: ${line}`);
  }
  return objects.split(', ').map((object) => ({ object, field, reference, ours, reason }));
}

/** Rows of the table that follows `<!-- table: NAME -->`. Several objects in one cell are separated by commas. */
export function acceptedDifferences(table: 'always' | 'without-typha'): readonly AcceptedDifference[] {
  const lines = readFileSync(page, 'utf8').split('\n');
  const start = lines.indexOf(`<!-- table: ${table} -->`);
  if (start < 0) throw new Error(`docs/differences.md has no table ${table}`);
  const rest = lines.slice(start + 1);
  const first = rest.findIndex((line) => line.startsWith('|'));
  const length = rest.slice(first).findIndex((line) => !line.startsWith('|'));
  // Two lines of heading come first.
  return rest.slice(first + 2, length < 0 ? undefined : first + length).flatMap(parseRow);
}

/** Identity of a difference; a row is stale when its values no longer hold. */
export function identify({ object, field, reference, ours }: Difference): string {
  return [object, field, reference, ours].join(' | ');
}
