/** Address ranges as values: parsed once, compared as numbers, printed in one canonical form. */
import { Address4, Address6 } from 'ip-address';

/** An address range whose text was accepted by `parseCidr`. */
export interface Cidr {
  readonly family: 4 | 6;
  readonly prefix: number;
  /** First and last address as numbers. */
  readonly first: bigint;
  readonly last: bigint;
  /** Network address and prefix length in the shortest usual form; equal ranges have equal texts. */
  readonly text: string;
  /** True when the address as written was not the first of the range. */
  readonly hostBits: boolean;
}

/** The range, or why the text is none. */
export type ParsedCidr =
  | { readonly kind: 'cidr'; readonly cidr: Cidr }
  | { readonly kind: 'invalid'; readonly problem: string };

const shape = /^([0-9a-fA-F:.]+)\/(0|[1-9][0-9]{0,2})$/;
const ipv4Mapped = { first: 0xffff00000000n, last: 0xffffffffffffn };

const invalid = (problem: string): ParsedCidr => ({ kind: 'invalid', problem });

/**
 * Parses `ADDRESS/PREFIX` strictly: the prefix length is required; zones, leading zeros (some programs read them as
 * octal) and IPv4 addresses dressed as IPv6 are refused. Host bits are accepted and remembered.
 */
export function parseCidr(text: string): ParsedCidr {
  const match = shape.exec(text);
  if (match === null) return invalid(whyNotShaped(text));
  const prefix = Number(match[2]);
  const isV6 = text.includes(':');
  if (prefix > (isV6 ? 128 : 32)) return invalid(`the prefix length is above ${isV6 ? '128' : '32'}`);
  try {
    return isV6 ? ofAddress6(new Address6(text), prefix) : ofAddress4(new Address4(text), prefix);
  } catch {
    return invalid('it is not an address range');
  }
}

function whyNotShaped(text: string): string {
  if (text.includes('%')) return 'an address range has no zone';
  if (!text.includes('/')) return 'the prefix length is missing';
  return 'it is not an address range';
}

function ofAddress4(address: Address4, prefix: number): ParsedCidr {
  const { first, last, hostBits } = bounds(address.bigInt(), prefix, 32);
  const network = Address4.fromBigInt(first).correctForm();
  return {
    kind: 'cidr',
    cidr: { family: 4, prefix, first, last, text: `${network}/${String(prefix)}`, hostBits },
  };
}

function ofAddress6(address: Address6, prefix: number): ParsedCidr {
  const { first, last, hostBits } = bounds(address.bigInt(), prefix, 128);
  if (first >= ipv4Mapped.first && last <= ipv4Mapped.last) {
    return invalid('it is an IPv4 range written as IPv6');
  }
  const network = Address6.fromBigInt(first).correctForm();
  return {
    kind: 'cidr',
    cidr: { family: 6, prefix, first, last, text: `${network}/${String(prefix)}`, hostBits },
  };
}

function bounds(address: bigint, prefix: number, bits: number) {
  const size = 1n << BigInt(bits - prefix);
  const first = address - (address % size);
  return { first, last: first + size - 1n, hostBits: first !== address };
}

/** True when every address of `inner` is one of `outer`. */
export function containsCidr(outer: Cidr, inner: Cidr): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

/** True when the ranges share an address. */
export function overlapsCidr(one: Cidr, other: Cidr): boolean {
  return one.family === other.family && one.first <= other.last && other.first <= one.last;
}

/** The canonical text of a range, or the text itself where it is none: for comparing what others wrote. */
export function canonicalCidr(text: string): string {
  const parsed = parseCidr(text);
  return parsed.kind === 'cidr' ? parsed.cidr.text : text;
}

/** The range as a Kubernetes object name: IPv6 written in full, colons as dots, the prefix length after a dash. */
export function cidrAsName(cidr: Cidr): string {
  const [network = ''] = cidr.text.split('/');
  const full = cidr.family === 4 ? network : new Address6(network).canonicalForm().replaceAll(':', '.');
  return `${full}-${String(cidr.prefix)}`;
}
