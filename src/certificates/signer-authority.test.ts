import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { CertificateSet } from '../api/key-pair.ts';
import { day, emptyInput, makeForeign, makeManagement, makeSecret, obtain, testTime } from './fixtures.ts';
import { readManagement } from './management.ts';
import { readPem } from './pem.ts';
import { planCertificates } from './plan.ts';
import type { CertificateInput, Management } from './types.ts';

let corp: Management;
let corpPrint: string;

beforeAll(async () => {
  ({ management: corp, fingerprint: corpPrint } = await makeManagement());
});

const pass = async (parts: Partial<CertificateInput>): Promise<CertificateSet> =>
  (await obtain({ ...emptyInput, ...parts })).set;

const trusted = ({ trustBundle }: CertificateSet): readonly string[] =>
  readPem(trustBundle)
    .certificates.map(({ certificate }) => certificate.fingerprint256)
    .sort();

describe('the signer’s authority', () => {
  const refusal = (caCert: string, now = testTime) => {
    const planned = planCertificates({
      ...emptyInput,
      now,
      management: { ...corp, caCert: Buffer.from(caCert).toString('base64'), object: 'Installation overlay' },
    });
    return planned.kind === 'refused' ? planned.refusals : planned.warnings;
  };

  test('is refused where it cannot be parsed, is none, or has expired: by name, with the cure', async () => {
    const place = {
      reason: 'CertificateError',
      object: 'Installation overlay',
      field: 'spec.certificateManagement.caCert',
    };
    expect(refusal('rubbish')).toMatchObject([{ ...place, problem: 'it holds no PEM certificate' }]);
    expect(refusal('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')).toMatchObject([
      {
        ...place,
        problem: 'a certificate in it cannot be parsed',
        cure: expect.stringContaining('base64') as unknown,
      },
    ]);
    expect(refusal((await makeForeign()).certificate)).toMatchObject([
      { ...place, problem: expect.stringContaining('no authority') as unknown },
    ]);
    const ended = await makeForeign({ isAuthority: true, notBefore: testTime - 9 * day, notAfter: testTime });
    expect(refusal(ended.certificate)).toMatchObject([
      { ...place, problem: 'the authority expired at 2026-03-01T00:00:00Z' },
    ]);
  });

  test('is warned of in its last thirty days', async () => {
    const { certificate } = await makeForeign({ isAuthority: true, notAfter: testTime + 40 * day });
    expect(refusal(certificate)).toEqual([]);
    expect(refusal(certificate, testTime + 11 * day)).toMatchObject([{ reason: 'CertificateExpiring' }]);
  });

  test('may come with those above it', async () => {
    const root = await makeForeign({ commonName: 'Root', isAuthority: true });
    const leafless = await makeForeign({ commonName: 'Issuing', isAuthority: true, signer: root });
    const chain = leafless.certificate + root.certificate;
    const set = await pass({ management: { ...corp, caCert: Buffer.from(chain).toString('base64') } });
    expect(readPem(set.trustBundle).certificates).toHaveLength(2);
  });

  test("a user's own pair is used as it is; the others are requested", async () => {
    const { certificate, privateKey } = await makeForeign({ commonName: 'me' });
    const set = await pass({
      management: corp,
      secrets: {
        'typha-certs': makeSecret('typha-certs', {
          'tls.crt': certificate,
          'tls.key': privateKey,
          'common-name': 'me',
        }),
      },
    });
    expect(set.pairs['typha-certs']).toMatchObject({ userProvided: true, certificate });
    expect(Object.keys(set.requests ?? {})).toEqual(['node-certs']);
    expect(trusted(set)).toEqual([corpPrint, new X509Certificate(certificate).fingerprint256].sort());
  });
});

test.each([
  [{}, ['', '']],
  [{ keyAlgorithm: 'RSAWithSize4096' }, ['RSAWithSize4096', '']],
  [{ keyAlgorithm: 'ECDSAWithCurve384' }, ['ECDSAWithCurve384', 'ECDSAWithSHA256']],
  [{ signatureAlgorithm: 'ECDSAWithSHA512' }, ['ECDSAWithCurve256', 'ECDSAWithSHA512']],
] as const)(
  'of %j the other algorithm follows where the program would choose one that does not fit',
  (given, algorithms) => {
    const management = readManagement(
      { certificateManagement: { caCert: 'YQ==', signerName: 'example.com/calico', ...given } },
      'Installation default',
    );
    expect([management?.keyAlgorithm, management?.signatureAlgorithm]).toEqual(algorithms);
  },
);
