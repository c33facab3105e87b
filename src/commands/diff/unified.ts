/** Differences of two texts as a unified diff. Pure. */

/** Unchanged lines that are shown around changed ones. */
const context = 3;

interface Line {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/**
 * The hunks of a unified diff, without the two lines that name the texts; empty for equal texts. An absent text has no
 * lines. Every text is taken to end with a line break.
 */
export function unifiedDiff(before: string | undefined, after: string | undefined): readonly string[] {
  return hunksOf(compareLines(linesOf(before), linesOf(after)));
}

function linesOf(text = ''): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** A longest common subsequence stays; what is equal at both ends needs no search. */
function compareLines(before: readonly string[], after: readonly string[]): readonly Line[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  const shorter = Math.min(before.length, after.length) - start;
  while (end < shorter && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const same = (text: string): Line => ({ mark: ' ', text });
  return [
    ...before.slice(0, start).map(same),
    ...align(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(same),
  ];
}

function align(before: readonly string[], after: readonly string[]): readonly Line[] {
  const width = after.length + 1;
  // Length of the longest common subsequence of what follows line i of the one and line j of the other.
  const common = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      common[i * width + j] =
        before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: Line[] = [];
  for (let i = 0, j = 0; i < before.length || j < after.length; ) {
    const [removed, added] = [before[i], after[j]];
    if (removed !== undefined && removed === added) {
      lines.push({ mark: ' ', text: removed });
      i += 1;
      j += 1;
    } else if (removed !== undefined && (added === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ mark: '-', text: removed });
      i += 1;
    } else {
      lines.push({ mark: '+', text: added ?? '' });
      j += 1;
    }
  }
  return lines;
}

function hunksOf(lines: readonly Line[]): readonly string[] {
  const shown = lines.map((_, index) =>
    lines.slice(Math.max(0, index - context), index + context + 1).some(({ mark }) => mark !== ' '),
  );
  const output: string[] = [];
  let [before, after] = [1, 1];
  for (let index = 0; index < lines.length; ) {
    let stop = index;
    while (shown[stop] === true) stop += 1;
    const hunk = lines.slice(index, stop);
    const [removed, added] = ['+', '-'].map((other) => hunk.filter(({ mark }) => mark !== other).length);
    if (hunk.length > 0) {
      output.push(
        `@@ -${rangeOf(before, removed ?? 0)} +${rangeOf(after, added ?? 0)} @@`,
        ...hunk.map(({ mark, text }) => mark + text),
      );
    }
    const gap = shown[stop] === undefined ? 0 : 1;
    before += (removed ?? 0) + gap;
    after += (added ?? 0) + gap;
    index = stop + 1;
  }
  return output;
}

/** Where a hunk begins, counted from 1, and how many lines of the text it has; without any, the line before it. */
function rangeOf(start: number, count: number): string {
  return count === 1 ? String(start) : `${count === 0 ? start - 1 : start},${count}`;
}
