/** The extensions of our certificates (RFC 5280 §4.2). Pure. */
import { isIPv4, isIPv6 } from 'node:net';
import { Address4, Address6 } from 'ip-address';
import {
  booleanTrue,
  type Der,
  element,
  implicit,
  namedBits,
  objectIdentifier,
  octetString,
  sequence,
} from './der.ts';

const extension = (identifier: string, critical: boolean, value: Der): Der =>
  sequence(objectIdentifier(identifier), ...(critical ? [booleanTrue] : []), octetString(value));

/** Whether the key may sign other certificates. */
export const basicConstraints = (authority: boolean): Der =>
  extension('2.5.29.19', true, sequence(...(authority ? [booleanTrue] : [])));

const keyUsageBits = { digitalSignature: 0, keyCertSign: 5, cRLSign: 6 } as const;

/** What the key is for. */
export const keyUsage = (...usages: readonly (keyof typeof keyUsageBits)[]): Der =>
  extension('2.5.29.15', true, namedBits(...usages.map((usage) => keyUsageBits[usage])));

/** For servers and for clients. */
export const serverAndClient: Der = extension(
  '2.5.29.37',
  false,
  sequence(objectIdentifier('1.3.6.1.5.5.7.3.1'), objectIdentifier('1.3.6.1.5.5.7.3.2')),
);

/** Names the key of this certificate. */
export const subjectKeyIdentifier = (identifier: Uint8Array): Der =>
  extension('2.5.29.14', false, octetString(identifier));

/** Names the key that signed. */
export const authorityKeyIdentifier = (identifier: Uint8Array): Der =>
  extension('2.5.29.35', false, sequence(implicit(0, identifier)));

/** DNS names and IP addresses, told apart by their looks. Throws a `RangeError` for what a certificate can't hold. */
export const subjectAltName = (names: readonly string[]): Der =>
  extension('2.5.29.17', false, sequence(...names.map(generalName)));

function generalName(name: string): Der {
  if (isIPv4(name)) return implicit(7, Uint8Array.from(new Address4(name).toArray()));
  if (isIPv6(name)) {
    if (name.includes('%')) throw new RangeError(`address ${name} has a zone, which means nothing elsewhere`);
    return implicit(7, Uint8Array.from(new Address6(name).toByteArray()));
  }
  if (!/^[\x21-\x7e]+$/.test(name)) {
    throw new RangeError(`${JSON.stringify(name)} is no DNS name: write it in its ASCII form`);
  }
  return element(0x82, Buffer.from(name, 'latin1'));
}
