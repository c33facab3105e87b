import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  day,
  emptyInput,
  makeForeign,
  makeSecret,
  obtain,
  storeSecrets,
  testTime,
} from '../../certificates/fixtures.ts';
import type { Signed } from '../../certificates/sign.ts';
import { resolveOrThrow } from '../../render/fixtures.ts';
import { defaultSnapshot } from '../../resolve/testing.ts';
import { issuedInCluster, offlineCertificates } from './certificates.ts';

const { spec } = resolveOrThrow(defaultSnapshot());

function certificatesOf(parts: Parameters<typeof defaultSnapshot>[0] = {}) {
  const certificates = offlineCertificates(defaultSnapshot(parts), spec);
  if (certificates.kind === 'refused') throw new Error(JSON.stringify(certificates.refusals));
  return certificates.set;
}

const brought = (name: string, { certificate, privateKey }: Signed) => ({
  [name]: makeSecret(name, { 'tls.crt': certificate, 'tls.key': privateKey, 'common-name': 'me' }),
});

describe('nothing given', () => {
  test('placeholders stand for what the operator would issue', () => {
    const { authority, pairs } = certificatesOf();
    expect(Object.keys(pairs)).toEqual(['node-certs', 'typha-certs']);
    for (const pair of [authority, ...Object.values(pairs)]) {
      expect(pair).toMatchObject({
        certificate: `${issuedInCluster}\n`,
        privateKey: `${issuedInCluster}\n`,
        userProvided: false,
      });
    }
  });

  test('equal each time', () => {
    expect(certificatesOf()).toEqual(certificatesOf());
  });
});

describe('given pairs', () => {
  let expired: Signed;
  beforeAll(async () => {
    expired = await makeForeign({
      commonName: 'me',
      notBefore: testTime - 900 * day,
      notAfter: testTime - 800 * day,
    });
  });

  test('count, and are trusted; whether they have expired is not judged', () => {
    const { pairs, trustBundle } = certificatesOf({ secrets: brought('node-certs', expired) });
    expect(pairs['node-certs']).toMatchObject({ userProvided: true, certificate: expired.certificate });
    expect(pairs['typha-certs']).toMatchObject({ userProvided: false });
    expect(trustBundle).toContain(expired.certificate.trim());
    expect(trustBundle).toContain(
      `# certificate name: tigera-operator/tigera-ca-private\n${issuedInCluster}\n`,
    );
  });

  test('without a name that peers can check are refused as in the cluster', () => {
    const { certificate, privateKey } = expired;
    const secret = makeSecret('node-certs', { 'tls.crt': certificate, 'tls.key': privateKey });
    expect(offlineCertificates(defaultSnapshot({ secrets: { 'node-certs': secret } }), spec)).toMatchObject({
      kind: 'refused',
      refusals: [{ object: 'Secret tigera-operator/node-certs', field: 'data[common-name]' }],
    });
  });

  test('the operator’s own, from a dump of a cluster, are taken as they are', async () => {
    const issued = await obtain(emptyInput);
    const { authority, pairs } = certificatesOf({ secrets: storeSecrets(issued) });
    expect(authority.hash).toBe(issued.set.authority.hash);
    expect(pairs['node-certs']?.hash).toBe(issued.set.pairs['node-certs']?.hash);
    expect(new X509Certificate(authority.certificate).ca).toBe(true);
  });
});
