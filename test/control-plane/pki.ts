import 'reflect-metadata';

import type { webcrypto as types } from 'node:crypto';
import { randomBytes, webcrypto } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as x509 from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const hour = 3_600_000;
const lifetime = 365 * 24 * hour;

/** Paths of the keys and certificates of one control plane. */
export interface Pki {
  readonly ca: string;
  readonly caKey: string;
  readonly serving: string;
  readonly servingKey: string;
  readonly frontProxy: string;
  readonly frontProxyKey: string;
  readonly admin: string;
  readonly adminKey: string;
  readonly serviceAccountKey: string;
  readonly serviceAccountPublicKey: string;
}

/** Names and addresses under which the API server is reached, inside and outside of the cluster. */
const servingNames: x509.JsonGeneralNames = [
  ...['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'].map(
    (value) => ({ type: 'dns', value }) as const,
  ),
  { type: 'ip', value: '127.0.0.1' },
  { type: 'ip', value: '10.96.0.1' },
];

/** Paths of the files that {@link createPki} writes into a directory. */
export function pkiPaths(directory: string): Pki {
  const file = (name: string): string => join(directory, name);
  return {
    ca: file('ca.crt'),
    caKey: file('ca.key'),
    serving: file('apiserver.crt'),
    servingKey: file('apiserver.key'),
    frontProxy: file('front-proxy-client.crt'),
    frontProxyKey: file('front-proxy-client.key'),
    admin: file('admin.crt'),
    adminKey: file('admin.key'),
    serviceAccountKey: file('sa.key'),
    serviceAccountPublicKey: file('sa.pub'),
  };
}

/** Issues a CA with all certificates and keys that a control plane needs, and writes them as PEM files. */
export async function createPki(directory: string): Promise<Pki> {
  await mkdir(directory, { recursive: true });
  const paths = pkiPaths(directory);
  const keys = await generateKeys();
  const ca = await x509.X509CertificateGenerator.createSelfSigned(
    {
      ...validity(),
      name: 'CN=control-plane-ca',
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  const issue = async (
    name: string,
    certificatePath: string,
    keyPath: string,
    names: x509.JsonGeneralNames = [],
  ) => {
    const leaf = await issueLeaf(name, names, ca, keys.privateKey);
    await Promise.all([
      writeFile(certificatePath, leaf.certificate),
      writeKey(keyPath, leaf.keys.privateKey),
    ]);
  };
  const serviceAccount = await generateKeys();
  await Promise.all([
    writeFile(paths.ca, ca.toString('pem')),
    writeKey(paths.caKey, keys.privateKey),
    issue('CN=kube-apiserver', paths.serving, paths.servingKey, servingNames),
    issue('CN=front-proxy-client', paths.frontProxy, paths.frontProxyKey),
    issue('CN=admin,O=system:masters', paths.admin, paths.adminKey),
    writeKey(paths.serviceAccountKey, serviceAccount.privateKey),
    writeFile(paths.serviceAccountPublicKey, await pem('spki', 'PUBLIC KEY', serviceAccount.publicKey)),
  ]);
  return paths;
}

async function issueLeaf(
  name: string,
  names: x509.JsonGeneralNames,
  ca: x509.X509Certificate,
  signingKey: types.CryptoKey,
): Promise<{ certificate: string; keys: types.CryptoKeyPair }> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.create(
    {
      ...validity(),
      subject: name,
      issuer: ca.subject,
      publicKey: keys.publicKey,
      signingKey,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([
          x509.ExtendedKeyUsage.serverAuth,
          x509.ExtendedKeyUsage.clientAuth,
        ]),
        await x509.AuthorityKeyIdentifierExtension.create(ca, false, webcrypto),
        ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
      ],
    },
    webcrypto,
  );
  return { certificate: certificate.toString('pem'), keys };
}

function validity(): { serialNumber: string; notBefore: Date; notAfter: Date } {
  const now = Date.now();
  // A leading zero bit keeps the serial number positive.
  const serialNumber = `01${randomBytes(15).toString('hex')}`;
  return { serialNumber, notBefore: new Date(now - hour), notAfter: new Date(now + lifetime) };
}

async function generateKeys(): Promise<types.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function writeKey(path: string, key: types.CryptoKey): Promise<void> {
  await writeFile(path, await pem('pkcs8', 'PRIVATE KEY', key), { mode: 0o600 });
}

async function pem(format: 'pkcs8' | 'spki', label: string, key: types.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey(format, key)).toString('base64');
  return `-----BEGIN ${label}-----\n${der.replace(/(.{64})(?=.)/g, '$1\n')}\n-----END ${label}-----\n`;
}
