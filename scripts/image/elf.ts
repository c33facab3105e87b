/** What a program or library for Linux says of itself, read without running it: of any platform on any other. Pure. */

/** Machines, by the number that ELF gives them, as Debian names folders of their libraries. */
const machines: Readonly<Record<number, string>> = {
  21: 'powerpc64le-linux-gnu',
  22: 's390x-linux-gnu',
  62: 'x86_64-linux-gnu',
  183: 'aarch64-linux-gnu',
};

/** The parts that decide what has to stand beside a program. */
export interface Elf {
  /** As Debian's folders are called: `x86_64-linux-gnu`. */
  readonly machine: string;
  /** Path of the loader; libraries have none. */
  readonly interpreter?: string;
  /** Names of libraries, as `libc.so.6`. */
  readonly needed: readonly string[];
}

/** A part of the file that is loaded, or tells about loading. */
interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

const segmentTypes = { load: 1, dynamic: 2, interpreter: 3 } as const;
const tags = { end: 0, needed: 1, strings: 5 } as const;

/**
 * Reads a file of 64 bits, in either order of bytes.
 * @throws Error for what is none, or is of another machine than the image is made for
 */
export function readElf(file: Buffer): Elf {
  if (file.length < 64 || file.toString('latin1', 0, 4) !== '\u007fELF' || file[4] !== 2) {
    throw new Error('it is no 64-bit ELF file');
  }
  const read = readerOf(file);
  const number = read.short(18);
  const machine = machines[number];
  if (machine === undefined) throw new Error(`it is for machine ${number}, for which no image is made`);
  const segments = segmentsOf(read);
  const place = segments.find(({ type }) => type === segmentTypes.interpreter);
  return {
    machine,
    ...(place === undefined ? {} : { interpreter: read.text(place.offset) }),
    needed: neededOf(read, segments),
  };
}

type Reader = ReturnType<typeof readerOf>;

function readerOf(file: Buffer) {
  const isLittle = file[5] === 1;
  return {
    short: (at: number): number => (isLittle ? file.readUInt16LE(at) : file.readUInt16BE(at)),
    word: (at: number): number => (isLittle ? file.readUInt32LE(at) : file.readUInt32BE(at)),
    long: (at: number): number => Number(isLittle ? file.readBigUInt64LE(at) : file.readBigUInt64BE(at)),
    text: (at: number): string => file.toString('latin1', at, file.indexOf(0, at)),
  };
}

function segmentsOf({ short, word, long }: Reader): readonly Segment[] {
  const [table, size, count] = [long(32), short(54), short(56)];
  return Array.from({ length: count }, (_, index) => {
    const at = table + index * size;
    return { type: word(at), offset: long(at + 8), address: long(at + 16), size: long(at + 32) };
  });
}

function neededOf({ long, text }: Reader, segments: readonly Segment[]): readonly string[] {
  const dynamic = segments.find(({ type }) => type === segmentTypes.dynamic);
  if (dynamic === undefined) return [];
  const entries = Array.from({ length: dynamic.size / 16 }, (_, index) => {
    const at = dynamic.offset + index * 16;
    return { tag: long(at), value: long(at + 8) };
  });
  const address = entries.find(({ tag }) => tag === tags.strings)?.value ?? 0;
  const holder = segments.find(
    ({ type, address: begin, size }) =>
      type === segmentTypes.load && begin <= address && address < begin + size,
  );
  if (holder === undefined) throw new Error('its table of names is not in the file');
  const strings = holder.offset + address - holder.address;
  return entries.flatMap(({ tag, value }) => (tag === tags.needed ? [text(strings + value)] : []));
}
