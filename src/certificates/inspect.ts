/** What a certificate and its key say, read with the platform's own parser. */
import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { isIP, isIPv6 } from 'node:net';
import type { Usage } from './types.ts';

/** A certificate that could be parsed. */
export interface Inspection {
  /** The leaf of the chain. */
  readonly certificate: X509Certificate;
  readonly commonName: string;
  readonly issuer: string;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  /** Absent when the certificate does not restrict its use. */
  readonly usages?: readonly Usage[];
  readonly isAuthority: boolean;
}

const usageOids: readonly (readonly [string, Usage])[] = [
  ['1.3.6.1.5.5.7.3.1', 'server'],
  ['1.3.6.1.5.5.7.3.2', 'client'],
];

/** Every pass reads the same few texts; enough of them for two authorities and all pairs. */
const textsKept = 64;

/** The function, computed once for the latest texts. */
function remembered<Result>(compute: (text: string) => Result): (text: string) => Result {
  const results = new Map<string, Result>();
  return (text) => {
    const known = results.get(text);
    if (known !== undefined) return known;
    const result = compute(text);
    const [oldest] = results.keys();
    if (results.size >= textsKept && oldest !== undefined) results.delete(oldest);
    results.set(text, result);
    return result;
  };
}

/** Parses the first certificate of a PEM text; `undefined` when there is none or it is broken. */
export const inspectCertificate = remembered((pem: string): Inspection | undefined => {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    return undefined;
  }
  // The typings say that it is always there; without the extension it is undefined.
  const oids = certificate.keyUsage as readonly string[] | undefined;
  return {
    certificate,
    commonName: commonNameOf(certificate.subject),
    issuer: commonNameOf(certificate.issuer),
    notBefore: certificate.validFromDate.getTime(),
    notAfter: certificate.validToDate.getTime(),
    dnsNames: alternativeNames(certificate, 'DNS:'),
    ipAddresses: alternativeNames(certificate, 'IP Address:').map(canonicalAddress),
    isAuthority: certificate.ca,
    ...(oids === undefined
      ? {}
      : { usages: usageOids.filter(([oid]) => oids.includes(oid)).map(([, usage]) => usage) }),
  };
});

/** Parses a PEM private key: PKCS#8, PKCS#1 or SEC 1, without passphrase; `undefined` when it is none of these. */
export const parsePrivateKey = remembered((pem: string): KeyObject | undefined => {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
});

/** True when `authority` signed `leaf`: decided by the signature, not by names, which anybody can choose. */
export function isSignedBy(leaf: Inspection, authority: X509Certificate): boolean {
  const { certificate } = leaf;
  const known = verdicts.get(certificate) ?? new WeakMap<X509Certificate, boolean>();
  verdicts.set(certificate, known);
  const verdict =
    known.get(authority) ?? (certificate.checkIssued(authority) && certificate.verify(authority.publicKey));
  known.set(authority, verdict);
  return verdict;
}

/** Every pass asks of the same few, and no answer depends on the time. */
const verdicts = new WeakMap<X509Certificate, WeakMap<X509Certificate, boolean>>();

/** True when the certificate is valid for a DNS name, without regard to wildcards, or an IP address. */
export function covers(inspection: Inspection, name: string): boolean {
  return isIP(name) === 0
    ? inspection.dnsNames.includes(name)
    : inspection.certificate.checkIP(name) !== undefined;
}

/** A digest of PEM text for annotations: tells changes apart, is no secret. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 40);
}

// One `CN=…` a line, later ones more specific; OpenSSL escapes special characters with a backslash.
function commonNameOf(name: string): string {
  const line = name.split('\n').findLast((part) => part.startsWith('CN='));
  return (line ?? '').slice(3).replaceAll(/\\(.)/g, '$1');
}

// `DNS:a, IP Address:10.0.0.1, URI:…`. Names with commas or quotes come as JSON strings and are never wanted.
function alternativeNames(certificate: X509Certificate, prefix: string): readonly string[] {
  return (certificate.subjectAltName ?? '')
    .split(', ')
    .filter((entry) => entry.startsWith(prefix))
    .map((entry) => entry.slice(prefix.length));
}

// OpenSSL writes every group of an IPv6 address out.
const canonicalAddress = (address: string): string =>
  isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
