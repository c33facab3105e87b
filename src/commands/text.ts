/** Text for terminals: columns, colours, ages. */
import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

/** What a text is to make a person think. */
export type Style = 'good' | 'waiting' | 'bad' | 'title';

/** Colours a text, or not. */
export type Paint = (style: Style, text: string) => string;

const colours = { good: 'green', waiting: 'yellow', bad: 'red', title: 'bold' } as const;

/** No colours. */
export const plain: Paint = (_style, text) => text;

/** Colours for a terminal; none for files and pipes, or where NO_COLOR or TERM ask for none. */
export function painterFor(stream: WriteStream): Paint {
  return (style, text) => styleText(colours[style], text, { stream, validateStream: true });
}

/** One field of a table. */
export interface Cell {
  readonly text: string;
  readonly style?: Style;
}

/** Rows in columns, one line each, without blanks at the end. */
export function table(rows: readonly (readonly Cell[])[], paint: Paint): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, { text }] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, text.length);
  }
  return rows.map((row) => {
    const last = row.findLastIndex(({ text }) => text !== '');
    return row
      .slice(0, last + 1)
      .map(({ text, style }, column) => {
        const painted = style === undefined ? text : paint(style, text);
        return column === last ? painted : painted + ' '.repeat((widths[column] ?? 0) - text.length + 2);
      })
      .join('');
  });
}

/** A duration as `45s`, `3m`, `5h` or `2d`; what lies in the future of our clock is `0s`. */
export function formatAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (Number.isNaN(seconds)) return 'an unknown time';
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

/** Milliseconds of `90s`, `5m`, `1h30m`; undefined for anything else, as for nothing and zero. */
export function parseDuration(text: string): number | undefined {
  const match = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  if (match === null) return undefined;
  const [hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0));
  const total = ((hours * 60 + minutes) * 60 + seconds) * 1000;
  return total === 0 ? undefined : total;
}
