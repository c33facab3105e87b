/** Makes certificates. The library is loaded at the first one: an operator that reuses all of them never pays for it. */
import { createPrivateKey, KeyObject, type webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { authorityNamePrefix, lifetimes } from './constants.ts';
import { toSigningKey } from './signing-algorithm.ts';

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

const p256: webcrypto.EcdsaParams = { name: 'ECDSA', hash: 'SHA-256' };

/** Makes an authority of our own, valid from `now` (milliseconds since the epoch, back-dated). */
export async function makeAuthority(now: number, generator: Generator): Promise<Signed> {
  const x509 = await loadLibrary();
  const keys = await generator.generateKey();
  const { keyCertSign, cRLSign } = x509.KeyUsageFlags;
  const seconds = Math.floor(now / 1000);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: makeSerial(generator),
    name: [{ CN: [`${authorityNamePrefix}@${seconds}`] }],
    notBefore: new Date(now - lifetimes.backdate),
    notAfter: wholeSeconds(now + lifetimes.authority),
    signingAlgorithm: p256,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: withNewline(certificate.toString('pem')), privateKey: exportKey(keys.privateKey) };
}

/** Makes a leaf for servers and clients, signed by `authority`; its PEM has the authority's certificate appended. */
export async function makeLeaf(
  request: LeafRequest,
  authority: Signed,
  now: number,
  generator: Generator,
): Promise<Signed> {
  const x509 = await loadLibrary();
  const signer = new x509.X509Certificate(firstBlock(authority.certificate));
  const signing = toSigningKey(createPrivateKey(authority.privateKey));
  const keys = await generator.generateKey();
  const names = request.names.map((name) => ({
    type: isIP(name) === 0 ? ('dns' as const) : ('ip' as const),
    value: name,
  }));
  const signerKeyId = signer.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: makeSerial(generator),
    subject: [{ CN: [request.commonName] }],
    // The parsed name, not its text: verifiers compare the encoded bytes.
    issuer: signer.subjectName,
    notBefore: new Date(now - lifetimes.backdate),
    notAfter: wholeSeconds(Math.min(now + lifetimes.leaf, signer.notAfter.getTime())),
    signingAlgorithm: signing.algorithm,
    publicKey: keys.publicKey,
    signingKey: signing.key,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([
        x509.ExtendedKeyUsage.serverAuth,
        x509.ExtendedKeyUsage.clientAuth,
      ]),
      new x509.SubjectAlternativeNameExtension(names),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      signerKeyId === undefined
        ? await x509.AuthorityKeyIdentifierExtension.create(signer.publicKey)
        : new x509.AuthorityKeyIdentifierExtension(signerKeyId),
    ],
  });
  return {
    certificate: withNewline(certificate.toString('pem')) + withNewline(authority.certificate),
    privateKey: exportKey(keys.privateKey),
  };
}

/**
 * Loads the library ahead: worth it where certificates are sure to be issued soon, since loading takes longer than
 * issuing them all.
 */
export async function prepareSigning(): Promise<void> {
  await loadLibrary();
}

async function loadLibrary() {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

/** 128 bits, positive and of full length whatever comes: the first bit clear, the second set. */
function makeSerial(generator: Generator): string {
  const bytes = Uint8Array.from(generator.randomBytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

const exportKey = (key: webcrypto.CryptoKey): string =>
  KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' }).toString();

const wholeSeconds = (milliseconds: number): Date => new Date(Math.floor(milliseconds / 1000) * 1000);

const withNewline = (pem: string): string => (pem.endsWith('\n') ? pem : `${pem}\n`);

function firstBlock(pem: string): string {
  const end = '-----END CERTIFICATE-----';
  return pem.slice(pem.indexOf('-----BEGIN CERTIFICATE-----'), pem.indexOf(end) + end.length);
}
