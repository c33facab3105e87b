import 'reflect-metadata';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { day, type ForeignAlgorithm, type KeyFormat, makeForeign, testTime } from './fixtures.ts';
import { systemGenerator } from './generator.ts';
import { testWithOpenssl, verifyStrictly } from './openssl.fixture.ts';
import { type LeafRequest, makeAuthority, makeLeaf } from './sign.ts';

/** The leaf alone, as the other implementation reads it. */
const parse = (pem: string) => new x509.X509Certificate(pem.slice(0, pem.indexOf('-----END') + 26));

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
const dnsName = fc
  .array(label, { minLength: 1, maxLength: 4 })
  .map((labels) => labels.join('.'))
  .filter((name) => !/^[0-9.]+$/.test(name));
const commonName = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const request: fc.Arbitrary<LeafRequest> = fc.record({
  commonName,
  names: fc.uniqueArray(fc.oneof(dnsName, fc.ipV4(), fc.ipV6()), { maxLength: 40 }),
});
const randomness = fc.uint8Array({ minLength: 16, maxLength: 16 });

/** Addresses in the one form in which two texts of the same address are equal. */
const canonical = (name: string): string =>
  name.includes(':') ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name;

describe('leaves of any names and serial numbers', () => {
  test('are read back by another implementation, equal in every field', async () => {
    const authority = await makeAuthority(testTime, systemGenerator);
    const issuer = parse(authority.certificate);
    await fc.assert(
      fc.asyncProperty(request, randomness, async (wanted, random) => {
        const generator = { ...systemGenerator, randomBytes: () => random };
        const leaf = parse((await makeLeaf(wanted, authority, testTime, generator)).certificate);
        const serial = Buffer.from(random);
        serial[0] = (serial[0]! & 0x7f) | 0x40;
        expect(leaf.serialNumber).toBe(serial.toString('hex'));
        expect(leaf.subjectName.getField('CN')).toEqual([wanted.commonName]);
        expect(leaf.issuer).toBe(issuer.subject);
        expect([leaf.notBefore.getTime(), leaf.notAfter.getTime()]).toEqual([
          testTime - 3_600_000,
          testTime + 825 * day,
        ]);
        const names = leaf.getExtension(x509.SubjectAlternativeNameExtension)?.names.items ?? [];
        expect(names.map(({ type, value }) => [type, canonical(value)])).toEqual(
          wanted.names.map((name) => [/[:]|^[0-9.]+$/.test(name) ? 'ip' : 'dns', canonical(name)]),
        );
        expect(await leaf.verify({ publicKey: issuer, date: new Date(testTime) })).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test("cover their addresses for the platform's parser", async () => {
    const authority = await makeAuthority(testTime, systemGenerator);
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.ipV4(), fc.ipV6()), async (address) => {
        const wanted = { commonName: 'a', names: ['a.example.org', address] };
        const { certificate } = await makeLeaf(wanted, authority, testTime, systemGenerator);
        const leaf = new X509Certificate(certificate);
        expect(leaf.checkIP(canonical(address))).toBe(canonical(address));
        expect(leaf.checkHost('a.example.org')).toBe('a.example.org');
      }),
      { numRuns: 25 },
    );
  });

  testWithOpenssl('are strictly valid', async () => {
    const authority = await makeAuthority(testTime, systemGenerator);
    const requests = fc.sample(fc.tuple(request, randomness), 60);
    const leaves = await Promise.all(
      requests.map(async ([wanted, random]) => {
        const generator = { ...systemGenerator, randomBytes: () => random };
        return (await makeLeaf(wanted, authority, testTime, generator)).certificate;
      }),
    );
    for (const purpose of ['sslclient', 'sslserver']) {
      const answers = verifyStrictly(authority.certificate, leaves, purpose).trimEnd().split('\n');
      expect(answers.map((line) => line.endsWith(': OK'))).toEqual(leaves.map(() => true));
    }
  });

  test.each(['müller', 'a b', '', 'fe80::1%eth0'])('refuse name %j, which cannot be held', async (name) => {
    const authority = await makeAuthority(testTime, systemGenerator);
    const made = makeLeaf({ commonName: 'a', names: [name] }, authority, testTime, systemGenerator);
    await expect(made).rejects.toThrow(RangeError);
  });
});

describe("a user's authority", () => {
  const wanted = { commonName: 'typha-server', names: ['typha-server', '10.0.0.1', 'fd00::1'] };
  const kinds: readonly (readonly [ForeignAlgorithm, KeyFormat])[] = [
    ['EC', 'pkcs8'],
    ['EC', 'sec1'],
    ['P-384', 'pkcs8'],
    ['P-384', 'sec1'],
    ['P-521', 'sec1'],
    ['RSA', 'pkcs8'],
    ['RSA', 'pkcs1'],
    ['Ed25519', 'pkcs8'],
  ];

  test.each(kinds)('with a key of kind %s in %s signs, whoever verifies', async (algorithm, format) => {
    const authority = await makeForeign({ isAuthority: true, algorithm }, format);
    const { certificate, privateKey } = await makeLeaf(wanted, authority, testTime, systemGenerator);
    const [leaf, issuer] = [new X509Certificate(certificate), new X509Certificate(authority.certificate)];
    expect(leaf.checkIssued(issuer)).toBe(true);
    expect(leaf.verify(issuer.publicKey)).toBe(true);
    expect(leaf.checkPrivateKey(createPrivateKey(privateKey))).toBe(true);
    expect(
      await parse(certificate).verify({ publicKey: parse(authority.certificate), signatureOnly: true }),
    ).toBe(true);
    expect(certificate.endsWith(authority.certificate)).toBe(true);
  });

  for (const [algorithm, format] of kinds) {
    testWithOpenssl(`with a key of kind ${algorithm} in ${format} signs strictly valid leaves`, async () => {
      const authority = await makeForeign({ isAuthority: true, keyIdentifier: true, algorithm }, format);
      const { certificate } = await makeLeaf(wanted, authority, testTime, systemGenerator);
      expect(verifyStrictly(authority.certificate, [certificate], 'sslserver')).toMatch(/: OK\n$/);
    });
  }

  test('is named by its own key identifier, or by the digest of its key where it has none', async () => {
    for (const keyIdentifier of [true, false]) {
      const authority = await makeForeign({ isAuthority: true, keyIdentifier });
      const leaf = parse((await makeLeaf(wanted, authority, testTime, systemGenerator)).certificate);
      const issuer = parse(authority.certificate);
      const declared = issuer.getExtension(x509.SubjectKeyIdentifierExtension);
      expect(declared === null).toBe(!keyIdentifier);
      const expected = declared ?? (await x509.SubjectKeyIdentifierExtension.create(issuer.publicKey));
      expect(leaf.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId).toBe(expected.keyId);
    }
  });
});

test('an authority that lives beyond 2049 says so in the other form of time, and is still strictly valid', async () => {
  const now = Date.UTC(2045, 0, 1);
  const authority = await makeAuthority(now, systemGenerator);
  const { certificate } = await makeLeaf({ commonName: 'a', names: ['a'] }, authority, now, systemGenerator);
  expect(new X509Certificate(authority.certificate).validToDate.getTime()).toBe(now + 3650 * day);
  expect(new X509Certificate(certificate).validToDate.getTime()).toBe(now + 825 * day);
  expect(new X509Certificate(authority.certificate).raw.includes('20541230000000Z')).toBe(true);
});
