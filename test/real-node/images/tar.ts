import { readFileSync } from 'node:fs';

/** One entry of a tar archive. Paths are absolute; files take their content from a path or from bytes. */
export type TarEntry =
  | { readonly kind: 'directory'; readonly path: string; readonly mode?: number }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly content: Buffer | { readonly from: string };
      readonly mode?: number;
    };

const blockSize = 512;
const longestName = 100;
const types = { file: '0', link: '2', directory: '5' } as const;

/** The archive in the ustar format. Everything belongs to root and is as old as the epoch: same input, same bytes. */
export function writeTar(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    if (entry.kind !== 'file') return [header(entry, 0)];
    const content = Buffer.isBuffer(entry.content) ? entry.content : readFileSync(entry.content.from);
    const padding = Buffer.alloc((blockSize - (content.length % blockSize)) % blockSize);
    return [header(entry, content.length), content, padding];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockSize)]);
}

/** The directories above the paths, each once and before what lies in it. */
export function parentsOf(paths: readonly string[]): readonly string[] {
  const parents = paths.flatMap((path) => {
    const parts = path.split('/').slice(1, -1);
    return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`);
  });
  return [...new Set(parents)].sort();
}

function header(entry: TarEntry, size: number): Buffer {
  const name = entry.path.replace(/^\//, '');
  if (name.length > longestName) throw new Error(`the path ${entry.path} is too long for a tar archive`);
  const block = Buffer.alloc(blockSize);
  const octal = (value: number, offset: number, length: number): void => {
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, offset, length, 'ascii');
  };
  block.write(name, 0);
  octal(entry.kind === 'link' ? 0o777 : (entry.mode ?? 0o755), 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.fill(' ', 148, 156);
  block.write(types[entry.kind], 156);
  if (entry.kind === 'link') block.write(entry.target, 157);
  block.write('ustar\u000000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
