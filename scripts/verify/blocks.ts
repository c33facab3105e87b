/** The blocks of code in a page of documentation, and the commands in them. Pure. */

/** One block. */
export interface Block {
  /** What stands behind the fence, such as `sh`; `text` where nothing does. Indented blocks are commands. */
  readonly language: string;
  /** Line of its first line in the page, from 1. */
  readonly line: number;
  readonly text: string;
}

/** All blocks of a page, fenced and indented, in their order. */
export function blocksOf(page: string): readonly Block[] {
  const blocks: Block[] = [];
  const lines = page.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const fence = /^( *)```(\w*)/.exec(lines[at] ?? '');
    const indented = /^ {4}\S/.test(lines[at] ?? '') && lines[at - 1] === '';
    if (fence === null && !indented) continue;
    const first = fence === null ? at : at + 1;
    const inside = (line: string): boolean =>
      fence === null ? /^( {4}|$)/.test(line) : !/^ *```/.test(line);
    at = first;
    while (at < lines.length && inside(lines[at] ?? '')) at++;
    const end = at;
    // What ends an indented block may begin the next one.
    if (fence === null) at--;
    const depth = fence === null ? 4 : (fence[1]?.length ?? 0);
    const text = lines.slice(first, end).map((line) => line.slice(depth));
    blocks.push({
      language: fence === null ? 'sh' : fence[2] || 'text',
      line: first + 1,
      text: text.join('\n').trim(),
    });
  }
  return blocks;
}

/** The commands of a block of `sh`: lines that a backslash goes on with are one, comments are left out. */
export function commandsOf(block: Block): readonly string[] {
  return block.text
    .replaceAll(/ *\\\n */g, ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s+)# .*$/, '').trim())
    .filter((line) => line !== '');
}
