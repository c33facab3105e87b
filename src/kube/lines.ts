/** Splits a stream of bytes into lines without ever holding more than the line that is still coming. Pure. */

/** The bytes of a line whose end has not come yet. */
export interface LineRest {
  readonly pending: readonly Uint8Array[];
  readonly size: number;
}

/** Nothing is pending. */
export const noRest: LineRest = { pending: [], size: 0 };

/** No object of the API server comes near it (etcd takes 1.5 MiB): more is a stream that is no watch. */
export const maxLineBytes = 16 * 1024 * 1024;

const newline = 0x0a;
const blanks: ReadonlySet<number> = new Set([0x20, 0x09, 0x0d]);

/** Takes in a chunk: the lines that it completes, and what is left of it. Throws when a line exceeds `maxLineBytes`. */
export function splitLines(rest: LineRest, chunk: Uint8Array): { lines: readonly Buffer[]; rest: LineRest } {
  const lines: Buffer[] = [];
  let pending = rest.pending;
  let size = rest.size;
  let start = 0;
  for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
    const line = joined([...pending, chunk.subarray(start, end)]);
    if (!isBlank(line)) lines.push(line);
    pending = [];
    size = 0;
    start = end + 1;
  }
  if (start < chunk.length) {
    const tail = chunk.subarray(start);
    pending = [...pending, tail];
    size += tail.length;
  }
  if (size > maxLineBytes) throw new RangeError(`a line of the stream exceeds ${maxLineBytes} bytes`);
  return { lines, rest: { pending, size } };
}

/** What came in one piece is not copied. */
function joined(parts: readonly Uint8Array[]): Buffer {
  const [first, ...others] = parts;
  if (first === undefined || others.length > 0) return Buffer.concat(parts);
  return Buffer.from(first.buffer, first.byteOffset, first.byteLength);
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => blanks.has(byte));
}
