/** Secrets and foreign certificates for tests. */
import 'reflect-metadata';
import { KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { signerLabel, signerLabelValue } from '../api/key-pair.ts';
import type { KeyPair } from '../api/key-pair.ts';
import type { Secret } from '../api/kubernetes.ts';
import { systemGenerator } from './generator.ts';
import { issueCertificates, type IssueResult } from './issue.ts';
import { planCertificates } from './plan.ts';
import { coreCertificates } from './constants.ts';
import type { Signed } from './sign.ts';
import type { CertificateInput, CertificatePlanning, Management } from './types.ts';

export const day = 86_400_000;

/** The time of all tests: 2026-03-01. */
export const testTime = Date.UTC(2026, 2, 1);

/** An input with nothing in the cluster. */
export const emptyInput: CertificateInput = {
  operatorNamespace: 'tigera-operator',
  secrets: {},
  wanted: coreCertificates,
  systemRoots: 'ROOTS',
  now: testTime,
};

/** Plans and issues; throws when refused. */
export async function obtain(input: CertificateInput): Promise<IssueResult> {
  return issueCertificates(accept(planCertificates(input)), systemGenerator);
}

/** The plan, which must not be a refusal. */
export function accept(planning: CertificatePlanning) {
  if (planning.kind === 'refused') {
    throw new Error(JSON.stringify(planning.refusals));
  }
  return planning;
}

/** A Secret of the operator's namespace, data given as text. */
export function makeSecret(
  name: string,
  data: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>> = {},
): Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'tigera-operator', labels },
    type: 'Opaque',
    data: Object.fromEntries(
      Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
    ),
  };
}

/** The Secrets as the operator leaves them, by name. */
export function storeSecrets(result: Pick<IssueResult, 'set'>): Readonly<Record<string, Secret>> {
  return Object.fromEntries(
    [result.set.authority, ...Object.values(result.set.pairs)].map((pair) => [
      pair.secretName,
      storePair(pair),
    ]),
  );
}

/** A pair as the operator writes it. */
export const storePair = (pair: KeyPair): Secret =>
  makeSecret(
    pair.secretName,
    { 'tls.crt': pair.certificate, 'tls.key': pair.privateKey },
    { [signerLabel]: signerLabelValue(pair.issuer) },
  );

/** What a foreign certificate says. */
export interface ForeignRequest {
  readonly commonName?: string;
  readonly names?: readonly string[];
  readonly notBefore?: number;
  readonly notAfter?: number;
  readonly isAuthority?: boolean;
  /** With subject key identifier and key usage, as strict verifiers ask of authorities; many authorities have neither. */
  readonly keyIdentifier?: boolean;
  readonly usages?: readonly x509.ExtendedKeyUsage[];
  readonly algorithm?: ForeignAlgorithm;
  /** Signs itself when absent. */
  readonly signer?: Signed;
}

/** Kinds of keys that authorities are met with. */
export type ForeignAlgorithm = 'EC' | 'P-384' | 'P-521' | 'RSA' | 'Ed25519';

export type KeyFormat = 'pkcs8' | 'pkcs1' | 'sec1';

/** A certificate that somebody else made. */
export async function makeForeign(
  request: ForeignRequest = {},
  format: KeyFormat = 'pkcs8',
): Promise<Signed> {
  const { algorithm = 'EC', signer, commonName = 'Corp', names = [], usages } = request;
  const keys = await generateKeys(algorithm);
  const signerKey = signer === undefined ? keys.privateKey : await importEc(signer.privateKey);
  // As Go and many authorities encode names, unlike the library's default.
  const name = new x509.Name([{ CN: [{ printableString: commonName }] }]);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: '0102',
    subject: name,
    issuer: signer === undefined ? name : new x509.X509Certificate(signer.certificate).subjectName,
    notBefore: new Date(request.notBefore ?? testTime - day),
    notAfter: new Date(request.notAfter ?? testTime + 365 * day),
    publicKey: keys.publicKey,
    signingKey: signerKey,
    signingAlgorithm: { name: signerKey.algorithm.name, hash: hashes[algorithm] ?? 'SHA-256' },
    extensions: [
      new x509.BasicConstraintsExtension(request.isAuthority ?? false, undefined, true),
      ...(request.keyIdentifier === true
        ? [
            await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
          ]
        : []),
      ...(names.length === 0
        ? []
        : [new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value })))]),
      ...(usages === undefined ? [] : [new x509.ExtendedKeyUsageExtension([...usages])]),
    ],
  });
  return {
    certificate: `${certificate.toString('pem')}\n`,
    privateKey: KeyObject.from(keys.privateKey).export({ type: format, format: 'pem' }).toString(),
  };
}

const algorithms = {
  EC: { name: 'ECDSA', namedCurve: 'P-256' },
  'P-384': { name: 'ECDSA', namedCurve: 'P-384' },
  'P-521': { name: 'ECDSA', namedCurve: 'P-521' },
  Ed25519: { name: 'Ed25519' },
  RSA: {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: Uint8Array.of(1, 0, 1),
    hash: 'SHA-256',
  },
} as const;

const hashes: Readonly<Partial<Record<ForeignAlgorithm, string>>> = {
  'P-384': 'SHA-384',
  'P-521': 'SHA-512',
};

async function generateKeys(algorithm: ForeignAlgorithm): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithms[algorithm], true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
}

function importEc(pem: string): Promise<webcrypto.CryptoKey> {
  const der = x509.PemConverter.decodeFirst(pem);
  return webcrypto.subtle.importKey('pkcs8', der, algorithms.EC, false, ['sign']);
}

/** A signer of the cluster with an authority of its own, and the fingerprint of that. */
export async function makeManagement(): Promise<{
  readonly management: Management;
  readonly fingerprint: string;
}> {
  const { certificate } = await makeForeign({ commonName: 'Corp', isAuthority: true });
  return {
    management: {
      object: 'Installation default',
      caCert: Buffer.from(certificate).toString('base64'),
      signerName: 'example.com/calico',
      keyAlgorithm: '',
      signatureAlgorithm: '',
    },
    fingerprint: new X509Certificate(certificate).fingerprint256,
  };
}
