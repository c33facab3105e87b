/** Distinguished Encoding Rules (ITU-T X.690): the few types of ASN.1 that a certificate is made of. Encodes only. Pure. */

/** One value with its tag and length, ready to stand inside another. */
export type Der = Uint8Array;

/** Any universal or context-specific tag below 31, given with its class and form bits. */
export function element(tag: number, ...contents: readonly Uint8Array[]): Der {
  const content = Buffer.concat(contents);
  return Buffer.concat([Uint8Array.of(tag, ...encodeLength(content.length)), content]);
}

/** Values in the order given. */
export const sequence = (...items: readonly Der[]): Der => element(0x30, ...items);

/** SET OF: DER wants its members in the order of their encodings. */
export const setOf = (...items: readonly Der[]): Der =>
  element(0x31, ...items.toSorted((a, b) => Buffer.compare(a, b)));

/** DER leaves FALSE out wherever it is the default, so only TRUE is ever written. */
export const booleanTrue: Der = element(0x01, Uint8Array.of(0xff));

/** NULL, the parameters of RSA signatures. */
export const nullValue: Der = element(0x05);

/** A number that is not negative, from its big-endian bytes, which may have leading zeros. */
export function unsignedInteger(bytes: Uint8Array): Der {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = start === -1 ? Uint8Array.of(0) : bytes.subarray(start);
  // The highest bit is the sign.
  return (digits[0] ?? 0) < 0x80 ? element(0x02, digits) : element(0x02, Uint8Array.of(0), digits);
}

/** An object identifier from its dotted text. Throws a `RangeError` for a text that is none. */
export function objectIdentifier(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  if (!/^[012](\.\d{1,15})+$/.test(dotted) || (first < 2 && second > 39)) {
    throw new RangeError(`${JSON.stringify(dotted)} is no object identifier`);
  }
  return element(0x06, Uint8Array.from([first * 40 + second, ...rest].flatMap(encodeArc)));
}

/** Text of any script. */
export const utf8String = (text: string): Der => element(0x0c, Buffer.from(text, 'utf8'));

/** Bytes. */
export const octetString = (bytes: Uint8Array): Der => element(0x04, bytes);

/** Whole bytes as bits. */
export const bitString = (bytes: Uint8Array): Der => element(0x03, Uint8Array.of(0), bytes);

/** Flags by number: bit 0 is the first. Trailing zeros are left out, as DER wants of named bits; numbers below 16. */
export function namedBits(...bits: readonly number[]): Der {
  if (bits.length === 0) return element(0x03, Uint8Array.of(0));
  const last = Math.max(...bits);
  const bytes = new Uint8Array(Math.floor(last / 8) + 1);
  for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return element(0x03, Uint8Array.of(7 - (last & 7)), bytes);
}

/**
 * A time, milliseconds since the epoch, cut to whole seconds. RFC 5280 §4.1.2.5: UTCTime, with its two digits of a year,
 * from 1950 through 2049, GeneralizedTime outside of that.
 */
export function time(milliseconds: number): Der {
  const digits = new Date(milliseconds).toISOString().replaceAll(/\.\d+|[-:T]/g, '');
  const year = Number(digits.slice(0, -11));
  const short = year >= 1950 && year < 2050;
  return short
    ? element(0x17, Buffer.from(digits.slice(2), 'latin1'))
    : element(0x18, Buffer.from(digits, 'latin1'));
}

/** `[number]` around a whole value. */
export const explicit = (number: number, value: Der): Der => element(0xa0 | number, value);

/** `[number]` in place of the tag of a primitive value. */
export const implicit = (number: number, content: Uint8Array): Der => element(0x80 | number, content);

function encodeLength(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const bytes = bigEndian(length, 256);
  return [0x80 | bytes.length, ...bytes];
}

function encodeArc(arc: number): readonly number[] {
  const digits = bigEndian(arc, 128);
  return digits.map((digit, index) => (index < digits.length - 1 ? 0x80 | digit : digit));
}

/** Digits of a number, the highest first; at least one. */
function bigEndian(value: number, base: number): readonly number[] {
  const digits: number[] = [];
  for (let rest = value; digits.length === 0 || rest > 0; rest = Math.floor(rest / base)) {
    digits.unshift(rest % base);
  }
  return digits;
}
