/** Makes certificates: X.509 version 3 as RFC 5280 has it. */
import { createPrivateKey, KeyObject, type webcrypto } from 'node:crypto';
import { authorityNamePrefix, lifetimes } from './constants.ts';
import {
  bitString,
  type Der,
  explicit,
  objectIdentifier,
  sequence,
  setOf,
  time,
  unsignedInteger,
  utf8String,
} from './der.ts';
import {
  authorityKeyIdentifier,
  basicConstraints,
  keyUsage,
  serverAndClient,
  subjectAltName,
  subjectKeyIdentifier,
} from './extensions.ts';
import { keyIdentifier, readIssuer } from './issuer.ts';
import { createSigner, type Signer } from './signing-algorithm.ts';

/** Sources of keys and randomness, injected. */
export interface Generator {
  /** A fresh, extractable ECDSA P-256 key pair. */
  generateKey(): Promise<webcrypto.CryptoKeyPair>;
  randomBytes(size: number): Uint8Array;
}

/** Key and certificate as PEM. */
export interface Signed {
  readonly certificate: string;
  readonly privateKey: string;
}

/** What a leaf is for. */
export interface LeafRequest {
  readonly commonName: string;
  /** DNS names and IP addresses. */
  readonly names: readonly string[];
}

/** Everything in a certificate but the signature. */
interface Content {
  readonly serial: Uint8Array;
  /** Encoded names. */
  readonly issuer: Der;
  readonly subject: Der;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Der[];
}

/** Makes an authority of our own, valid from `now` (milliseconds since the epoch, back-dated). */
export async function makeAuthority(now: number, generator: Generator): Promise<Signed> {
  const { publicKey, privateKey } = await generateKeys(generator);
  const name = encodeName(`${authorityNamePrefix}@${Math.floor(now / 1000)}`);
  const certificate = await signCertificate(
    {
      serial: makeSerial(generator),
      issuer: name,
      subject: name,
      notBefore: now - lifetimes.backdate,
      notAfter: now + lifetimes.authority,
      publicKey,
      extensions: [
        basicConstraints(true),
        keyUsage('keyCertSign', 'cRLSign'),
        subjectKeyIdentifier(keyIdentifier(publicKey)),
      ],
    },
    createSigner(privateKey),
  );
  return { certificate, privateKey: exportKey(privateKey) };
}

/**
 * Makes a leaf for servers and clients, signed by `authority`; its PEM has the authority's certificate appended. The
 * authority's key may be PKCS#8, PKCS#1 or SEC 1. Rejects with a `RangeError` for a name that no certificate can hold.
 */
export async function makeLeaf(
  request: LeafRequest,
  authority: Signed,
  now: number,
  generator: Generator,
): Promise<Signed> {
  const issuer = readIssuer(authority.certificate);
  const signer = createSigner(createPrivateKey(authority.privateKey));
  const { publicKey, privateKey } = await generateKeys(generator);
  const certificate = await signCertificate(
    {
      serial: makeSerial(generator),
      issuer: issuer.name,
      subject: encodeName(request.commonName),
      notBefore: now - lifetimes.backdate,
      notAfter: Math.min(now + lifetimes.leaf, issuer.notAfter),
      publicKey,
      extensions: [
        basicConstraints(false),
        keyUsage('digitalSignature'),
        serverAndClient,
        // The extension must not be empty.
        ...(request.names.length === 0 ? [] : [subjectAltName(request.names)]),
        subjectKeyIdentifier(keyIdentifier(publicKey)),
        authorityKeyIdentifier(issuer.keyIdentifier),
      ],
    },
    signer,
  );
  return {
    certificate: certificate + withNewline(authority.certificate),
    privateKey: exportKey(privateKey),
  };
}

/** Encodes, signs and writes as PEM. */
async function signCertificate(content: Content, signer: Signer): Promise<string> {
  const body = sequence(
    explicit(0, unsignedInteger(Uint8Array.of(2))),
    unsignedInteger(content.serial),
    signer.algorithm,
    content.issuer,
    sequence(time(content.notBefore), time(content.notAfter)),
    content.subject,
    content.publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...content.extensions)),
  );
  const certificate = sequence(body, signer.algorithm, bitString(await signer.sign(body)));
  const lines = Buffer.from(certificate)
    .toString('base64')
    .replaceAll(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

/** A name of a common name alone. */
const encodeName = (commonName: string): Der =>
  sequence(setOf(sequence(objectIdentifier('2.5.4.3'), utf8String(commonName))));

async function generateKeys(
  generator: Generator,
): Promise<{ readonly publicKey: KeyObject; readonly privateKey: KeyObject }> {
  const keys = await generator.generateKey();
  return { publicKey: KeyObject.from(keys.publicKey), privateKey: KeyObject.from(keys.privateKey) };
}

/** 128 bits, positive and of full length whatever comes: the first bit clear, the second set. */
function makeSerial(generator: Generator): Uint8Array {
  const bytes = Uint8Array.from(generator.randomBytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

const exportKey = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

const withNewline = (pem: string): string => (pem.endsWith('\n') ? pem : `${pem}\n`);
