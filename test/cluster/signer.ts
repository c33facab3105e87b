/** A signer of the cluster, and pods that ask it: what the world around `certificateManagement` does. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { InstallationSpec } from '../../src/api/installation.ts';
import { makeForeign } from '../../src/certificates/fixtures.ts';
import type { Signed } from '../../src/certificates/sign.ts';
import type { ApiClient } from '../control-plane/api-client.ts';

type CertificateManagement = NonNullable<InstallationSpec['certificateManagement']>;

const requestsPath = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const pathOf = (name: string): string => `${requestsPath}/${encodeURIComponent(name)}`;
const day = 86_400_000;
const keys = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** An authority with what a user writes of it into the spec. */
export interface TestSigner {
  readonly authority: Signed;
  readonly management: CertificateManagement;
}

/** A new authority, valid from now. */
export async function makeSigner(signerName = 'example.com/calico'): Promise<TestSigner> {
  const authority = await makeForeign({
    commonName: 'Corp',
    isAuthority: true,
    notBefore: Date.now() - day,
    notAfter: Date.now() + 365 * day,
  });
  return {
    authority,
    management: { caCert: Buffer.from(authority.certificate).toString('base64'), signerName },
  };
}

/** Asks for a certificate as the init container of a pod does. Answers with the request's name. */
export async function requestCertificate(
  api: ApiClient,
  { secretName, podName, signerName }: { secretName: string; podName: string; signerName: string },
): Promise<string> {
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: 'CN=typha-client',
    keys: await webcrypto.subtle.generateKey(keys, true, ['sign', 'verify']),
    signingAlgorithm: keys,
  });
  const name = `${secretName}:${podName}`;
  await api.create(requestsPath, {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name, labels: { 'k8s-app': 'calico-system', 'operator.tigera.io/csr': 'calico-system' } },
    spec: {
      request: Buffer.from(request.toString('pem')).toString('base64'),
      signerName,
      usages: ['server auth', 'client auth', 'digital signature', 'key agreement', 'key encipherment'],
    },
  });
  return name;
}

/** `kubectl certificate approve` or `deny`. */
export async function decide(api: ApiClient, name: string, type: 'Approved' | 'Denied'): Promise<void> {
  const condition = { type, status: 'True', reason: 'Tested', message: 'by a test' };
  await api.mergePatch(`${pathOf(name)}/approval`, { status: { conditions: [condition] } });
}

/** Issues what an approved request asks for. */
export async function sign(api: ApiClient, name: string, { authority }: TestSigner): Promise<void> {
  const { spec } = await api.get<{ spec: { request: string } }>(pathOf(name));
  const request = new x509.Pkcs10CertificateRequest(Buffer.from(spec.request, 'base64').toString());
  const signingKey = await webcrypto.subtle.importKey(
    'pkcs8',
    x509.PemConverter.decodeFirst(authority.privateKey),
    keys,
    false,
    ['sign'],
  );
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: '01',
    subject: request.subject,
    issuer: new x509.X509Certificate(authority.certificate).subject,
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + day),
    publicKey: request.publicKey,
    signingKey,
    signingAlgorithm: keys,
  });
  const pem = `${certificate.toString('pem')}\n`;
  await api.mergePatch(`${pathOf(name)}/status`, {
    status: { certificate: Buffer.from(pem).toString('base64') },
  });
}

/** As when a pod starts anew and asks again. */
export const withdraw = (api: ApiClient, name: string): Promise<unknown> => api.delete(pathOf(name));
