/** What a leaf takes over from its issuer's certificate byte by byte, since the platform's parser gives only texts. */
import { createHash, type KeyObject, X509Certificate } from 'node:crypto';

/** The issuer of a certificate. */
export interface Issuer {
  /** The encoded subject: verifiers compare names byte by byte. */
  readonly name: Uint8Array;
  readonly keyIdentifier: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
}

interface Part {
  readonly tag: number;
  readonly content: Uint8Array;
  /** Tag, length and content. */
  readonly whole: Uint8Array;
}

const subjectKeyIdentifier = Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x0e]);

/** Reads the first certificate of a PEM text. Throws when there is none. */
export function readIssuer(pem: string): Issuer {
  const certificate = new X509Certificate(pem);
  const [body] = split(first(certificate.raw).content);
  // The version, [0], is absent in certificates of version 1.
  const parts = split(contentOf(body)).filter(({ tag }) => tag !== 0xa0);
  // serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo, …
  const subject = parts[4];
  if (subject === undefined) throw new TypeError('the certificate of the authority has no subject');
  const extensions = parts.find(({ tag }) => tag === 0xa3);
  const declared = extensions === undefined ? undefined : findKeyIdentifier(first(extensions.content));
  return {
    name: subject.whole,
    keyIdentifier: declared ?? keyIdentifier(certificate.publicKey),
    notAfter: certificate.validToDate.getTime(),
  };
}

/** SHA-1 of the public key's bits, as RFC 5280 §4.2.1.2 proposes: a name for the key, nothing rests on its strength. */
export function keyIdentifier(publicKey: KeyObject): Uint8Array {
  const [, bits] = split(first(publicKey.export({ type: 'spki', format: 'der' })).content);
  // The first byte of a BIT STRING counts the unused bits, and there are none.
  return createHash('sha1').update(contentOf(bits).subarray(1)).digest();
}

function findKeyIdentifier(extensions: Part): Uint8Array | undefined {
  const wanted = split(extensions.content)
    .map(({ content }) => split(content))
    .find(([oid]) => oid !== undefined && subjectKeyIdentifier.equals(oid.whole));
  const value = wanted?.at(-1);
  return value === undefined ? undefined : first(value.content).content;
}

/** Cuts the content of a constructed value into its parts. The bytes have passed the platform's parser. */
function split(bytes: Uint8Array): readonly Part[] {
  const parts: Part[] = [];
  for (let start = 0; start < bytes.length; ) {
    const part = first(bytes.subarray(start));
    parts.push(part);
    start += part.whole.length;
  }
  return parts;
}

function first(bytes: Uint8Array): Part {
  const [tag = 0, short = 0] = bytes;
  const digits = short < 0x80 ? 0 : short & 0x7f;
  const length = bytes.subarray(2, 2 + digits).reduce((sum, byte) => sum * 256 + byte, 0);
  const start = 2 + digits;
  const end = start + (digits === 0 ? short : length);
  return { tag, content: bytes.subarray(start, end), whole: bytes.subarray(0, end) };
}

const contentOf = (part: Part | undefined): Uint8Array => part?.content ?? new Uint8Array();
