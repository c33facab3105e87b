import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  bitString,
  element,
  explicit,
  namedBits,
  objectIdentifier,
  sequence,
  setOf,
  time,
  unsignedInteger,
  utf8String,
} from './der.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const ascii = (value: Uint8Array): string => Buffer.from(value.subarray(2)).toString('latin1');

describe('DER', () => {
  test.each([
    [0, '0500', ''],
    [0x7f, '057f', '00'],
    [0x80, '058180', '00'],
    [0xff, '0581ff', '00'],
    [0x100, '05820100', '00'],
    [0x1_0000, '0583010000', '00'],
  ])('writes a length of %i in the fewest bytes', (length, head) => {
    expect(hex(element(0x05, new Uint8Array(length))).slice(0, head.length)).toBe(head);
  });

  test.each([
    ['', '020100'],
    ['00', '020100'],
    ['0000', '020100'],
    ['7f', '02017f'],
    ['80', '02020080'],
    ['0080', '02020080'],
    ['00007fff', '02027fff'],
    ['ffff', '020300ffff'],
  ])('writes number %s in the fewest bytes and never negative', (digits, expected) => {
    expect(hex(unsignedInteger(bytes(digits)))).toBe(expected);
  });

  test('numbers come back from their encoding', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 200n }), fc.nat(3), (number, zeros) => {
        const digits = number.toString(16);
        const padded = '00'.repeat(zeros) + digits.padStart(digits.length + (digits.length % 2), '0');
        const encoded = unsignedInteger(bytes(padded));
        const content = encoded.subarray(2);
        expect(BigInt.asIntN(content.length * 8, BigInt(`0x${hex(content)}`))).toBe(number);
        expect(content.length === 1 || content[0] !== 0 || (content[1] ?? 0) >= 0x80).toBe(true);
      }),
    );
  });

  test.each([
    ['2.5.4.3', '0603550403'],
    ['1.2.840.113549.1.1.11', '06092a864886f70d01010b'],
    ['1.2.840.10045.4.3.2', '06082a8648ce3d040302'],
    ['2.999.3', '0603883703'],
  ])('writes object identifier %s', (dotted, expected) => {
    expect(hex(objectIdentifier(dotted))).toBe(expected);
  });

  test.each(['', '1', '1.', 'a.b', '3.1', '1.40', '1.2.-3', '1.2.3.5e-1'])(
    'refuses %j as object identifier',
    (dotted) => {
      expect(() => objectIdentifier(dotted)).toThrow(RangeError);
    },
  );

  test.each([
    ['2049-12-31T23:59:59.999Z', 0x17, '491231235959Z'],
    ['2050-01-01T00:00:00.000Z', 0x18, '20500101000000Z'],
    ['1950-01-01T00:00:00.000Z', 0x17, '500101000000Z'],
    ['1949-12-31T23:59:59.000Z', 0x18, '19491231235959Z'],
    ['2026-03-01T10:20:30.900Z', 0x17, '260301102030Z'],
  ])('writes time %s', (text, tag, expected) => {
    const encoded = time(Date.parse(text));
    expect([encoded[0], ascii(encoded)]).toEqual([tag, expected]);
  });

  test.each([
    [[], '030100'],
    [[0], '03020780'],
    [[5, 6], '03020106'],
    [[0, 8], '0303078080'],
  ])('writes flags %j without trailing zeros', (bits, expected) => {
    expect(hex(namedBits(...bits))).toBe(expected);
  });

  test('puts the members of a set in order, those of a sequence as given', () => {
    const [a, b] = [utf8String('a'), utf8String('b')];
    expect(hex(setOf(b, a))).toBe('31060c01610c0162');
    expect(hex(sequence(b, a))).toBe('30060c01620c0161');
  });

  test('writes texts by their bytes, not their characters', () => {
    expect(hex(utf8String('é'))).toBe('0c02c3a9');
  });

  test('wraps in context-specific tags, bits without unused ones', () => {
    expect(hex(explicit(3, bitString(bytes('ff'))))).toBe('a304030200ff');
  });
});
