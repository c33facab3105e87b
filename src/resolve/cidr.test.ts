import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Cidr, canonicalCidr, cidrAsName, containsCidr, overlapsCidr, parseCidr } from './cidr.ts';

function cidr(text: string): Cidr {
  const parsed = parseCidr(text);
  if (parsed.kind === 'invalid') throw new Error(`${text}: ${parsed.problem}`);
  return parsed.cidr;
}

describe('parseCidr', () => {
  test.each([
    ['10.244.0.0/16', '10.244.0.0/16', false],
    ['10.244.0.1/16', '10.244.0.0/16', true],
    ['0.0.0.0/0', '0.0.0.0/0', false],
    ['255.255.255.255/32', '255.255.255.255/32', false],
    ['fd00:10:244::/48', 'fd00:10:244::/48', false],
    ['fd00::0/64', 'fd00::/64', false],
    ['FD00:0000:0::1/64', 'fd00::/64', true],
    ['::/0', '::/0', false],
  ])('takes %s as %s', (text, canonical, hostBits) => {
    expect(cidr(text)).toMatchObject({ text: canonical, hostBits });
  });

  test.each([
    '10.244.0.0',
    '10.244.0.0/',
    '10.244.0.0/33',
    '10.244.0.0/99',
    '010.0.0.0/8',
    '10.0.0.0/08',
    '10.0.0/8',
    '0x0a.0.0.0/8',
    ' 10.0.0.0/8',
    '10.0.0.0/8 ',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    'fe80::1%eth0/64',
    'fd00::/129',
    'fd00::1::/64',
    'fd00:00000::/64',
    '::ffff:10.0.0.0/104',
    '',
    'pods',
  ])('refuses %j', (text) => {
    expect(parseCidr(text).kind).toBe('invalid');
  });
});

const ipv4 = fc
  .tuple(fc.nat(0xffffffff), fc.nat(32))
  .map(([n, prefix]) => `${[24, 16, 8, 0].map((shift) => (n >>> shift) & 255).join('.')}/${prefix}`);
const ipv6 = fc
  .tuple(fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 }), fc.nat(128))
  .filter(([groups]) => groups.some((group, index) => index < 5 && group !== 0))
  .map(([groups, prefix]) => `${groups.map((group) => group.toString(16)).join(':')}/${prefix}`);
const anyCidr = fc.oneof(ipv4, ipv6).filter((text) => parseCidr(text).kind === 'cidr');

describe('ranges as values', () => {
  test('the canonical text is a fixed point and has no host bits', () => {
    fc.assert(
      fc.property(anyCidr, (text) => {
        const once = cidr(text);
        expect(cidr(once.text)).toEqual({ ...once, hostBits: false });
        expect(canonicalCidr(text)).toBe(once.text);
      }),
    );
  });

  test('a range has as many addresses as its prefix length says, from a multiple of that number', () => {
    fc.assert(
      fc.property(anyCidr, (text) => {
        const { family, prefix, first, last } = cidr(text);
        const size = 1n << BigInt((family === 4 ? 32 : 128) - prefix);
        expect(last - first + 1n).toBe(size);
        expect(first % size).toBe(0n);
      }),
    );
  });

  test('ranges that overlap contain one another, and overlapping is mutual', () => {
    fc.assert(
      fc.property(anyCidr, anyCidr, (one, other) => {
        const [a, b] = [cidr(one), cidr(other)];
        expect(overlapsCidr(a, b)).toBe(overlapsCidr(b, a));
        expect(overlapsCidr(a, b)).toBe(containsCidr(a, b) || containsCidr(b, a));
      }),
    );
  });

  test('a shorter prefix of the same address contains it', () => {
    fc.assert(
      fc.property(anyCidr, fc.nat(128), (text, shorter) => {
        const inner = cidr(text);
        const outer = cidr(`${text.split('/')[0]}/${Math.min(inner.prefix, shorter)}`);
        expect(containsCidr(outer, inner)).toBe(true);
      }),
    );
  });

  test('families never meet', () => {
    expect(overlapsCidr(cidr('0.0.0.0/0'), cidr('::/0'))).toBe(false);
  });

  test('no text makes it throw', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseCidr(text)));
  });
});

test.each([
  ['10.1.0.0/16', '10.1.0.0-16'],
  ['10.1.2.3/16', '10.1.0.0-16'],
  ['fe80::/64', 'fe80.0000.0000.0000.0000.0000.0000.0000-64'],
])('%s as a name is %s', (text, name) => {
  expect(cidrAsName(cidr(text))).toBe(name);
});
