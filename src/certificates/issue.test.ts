import 'reflect-metadata';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { CertificateSet } from '../api/key-pair.ts';
import { certificateExpiries, nextReview } from './expiry.ts';
import {
  accept,
  day,
  emptyInput,
  makeForeign,
  makeSecret,
  obtain,
  storePair,
  storeSecrets,
  testTime,
} from './fixtures.ts';
import type { IssueResult } from './issue.ts';
import { planCertificates } from './plan.ts';
import { systemGenerator } from './generator.ts';
import { inspectCertificate } from './inspect.ts';
import { testWithOpenssl, verifyStrictly } from './openssl.fixture.ts';
import { makeAuthority, makeLeaf } from './sign.ts';

const strictlyValid = (set: CertificateSet, secretName: string, purpose: string): string =>
  verifyStrictly(set.authority.certificate, [set.pairs[secretName]!.certificate], purpose);

describe('an empty cluster', () => {
  let fresh: IssueResult;
  beforeAll(async () => {
    fresh = await obtain(emptyInput);
  });

  test('gets an authority and both pairs, each for the reason that it is missing', () => {
    expect(fresh.changed).toBe(true);
    expect(fresh.issued.map(({ secretName, reason }) => [secretName, reason])).toEqual([
      ['tigera-ca-private', 'Missing'],
      ['node-certs', 'Missing'],
      ['typha-certs', 'Missing'],
    ]);
  });

  test('the authority is named so that the reference operator recognises it', () => {
    expect(fresh.set.authority).toMatchObject({
      secretName: 'tigera-ca-private',
      commonName: `tigera-operator-signer@${testTime / 1000}`,
      issuer: `tigera-operator-signer@${testTime / 1000}`,
      userProvided: false,
      notAfter: '2036-02-27T00:00:00Z',
      dnsNames: [],
    });
  });

  test('a leaf says who it is, for 825 days from an hour ago', () => {
    const pair = fresh.set.pairs['typha-certs']!;
    expect(pair).toMatchObject({
      commonName: 'typha-server',
      dnsNames: ['typha-server'],
      notAfter: '2028-06-03T00:00:00Z',
      issuer: fresh.set.authority.commonName,
    });
    const leaf = new X509Certificate(pair.certificate);
    expect(leaf.validFromDate.getTime()).toBe(testTime - 3_600_000);
    expect(leaf.ca).toBe(false);
    expect(leaf.checkPrivateKey(createPrivateKey(pair.privateKey))).toBe(true);
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
    expect(leaf.serialNumber).toMatch(/^[0-9A-F]{32}$/);
  });

  test('a leaf carries its authority, which signed it', () => {
    const pair = fresh.set.pairs['node-certs']!;
    const authority = new X509Certificate(fresh.set.authority.certificate);
    const leaf = new X509Certificate(pair.certificate);
    expect(leaf.checkIssued(authority)).toBe(true);
    expect(leaf.verify(authority.publicKey)).toBe(true);
    expect(pair.certificate.endsWith(fresh.set.authority.certificate)).toBe(true);
  });

  test('another implementation reads the same extensions, critical where they must be', () => {
    const leaf = new x509.X509Certificate(
      fresh.set.pairs['node-certs']!.certificate.split('\n-----BEGIN', 1)[0]!,
    );
    const authority = new x509.X509Certificate(fresh.set.authority.certificate);
    expect(authority.getExtension(x509.BasicConstraintsExtension)).toMatchObject({
      ca: true,
      critical: true,
    });
    expect(authority.getExtension(x509.KeyUsagesExtension)).toMatchObject({
      usages: x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
      critical: true,
    });
    expect(leaf.getExtension(x509.KeyUsagesExtension)).toMatchObject({
      usages: x509.KeyUsageFlags.digitalSignature,
      critical: true,
    });
    expect(leaf.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId).toBe(
      authority.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId,
    );
    expect(leaf.publicKey.algorithm).toMatchObject({ name: 'ECDSA', namedCurve: 'P-256' });
  });

  testWithOpenssl('openssl accepts both strictly for their purposes', () => {
    expect(strictlyValid(fresh.set, 'node-certs', 'sslclient')).toMatch(/: OK\n$/);
    expect(strictlyValid(fresh.set, 'typha-certs', 'sslserver')).toMatch(/: OK\n$/);
  });

  test('the bundle holds the authority alone', () => {
    expect(fresh.set.trustBundle).toBe(
      `# certificate name: tigera-operator/tigera-ca-private\n${fresh.set.authority.certificate}\n`,
    );
    expect(fresh.set.systemRoots).toBe('ROOTS');
  });

  test('a restart keeps everything: same Secrets, same set, nothing changed', async () => {
    const again = await obtain({ ...emptyInput, now: testTime + day, secrets: storeSecrets(fresh) });
    expect(again.changed).toBe(false);
    expect(again.issued).toEqual([]);
    expect(again.set).toEqual(fresh.set);
  });

  test('is looked at again when something is due, and daily at least', () => {
    const end = Date.parse(fresh.set.pairs['node-certs']!.notAfter);
    expect(nextReview(fresh.set, testTime)).toBe(day);
    expect(nextReview(fresh.set, end - 30 * day - 5000)).toBe(5001);
    expect(nextReview(fresh.set, end - 5000)).toBe(5001);
    const change = { former: '', authority: '', since: '', held: {}, mayRequest: false, changesIn: 700 };
    expect(nextReview({ ...fresh.set, change }, testTime)).toBe(701);
  });

  test('expiries are told in seconds, the authority first', () => {
    expect(certificateExpiries(fresh.set)).toEqual([
      { secretName: 'tigera-ca-private', notAfter: Date.UTC(2036, 1, 27) / 1000, userProvided: false },
      { secretName: 'node-certs', notAfter: Date.UTC(2028, 5, 3) / 1000, userProvided: false },
      { secretName: 'typha-certs', notAfter: Date.UTC(2028, 5, 3) / 1000, userProvided: false },
    ]);
  });
});

describe('an authority found in the cluster', () => {
  test.each(['EC', 'RSA'] as const)('of kind %s signs what is missing', async (algorithm) => {
    const made = await makeForeign({ commonName: 'tigera-operator-signer', isAuthority: true, algorithm });
    const { set, issued } = await obtain({
      ...emptyInput,
      secrets: {
        'tigera-ca-private': makeSecret('tigera-ca-private', {
          'tls.crt': made.certificate,
          'tls.key': made.privateKey,
        }),
      },
    });
    expect(issued.map(({ secretName }) => secretName)).toEqual(['node-certs', 'typha-certs']);
    expect(set.authority.certificate).toBe(made.certificate);
    const leaf = new X509Certificate(set.pairs['node-certs']!.certificate);
    expect(leaf.verify(new X509Certificate(made.certificate).publicKey)).toBe(true);
    // The issuer's encoding is taken over byte by byte: Go compares no other way.
    const raw = Buffer.from(new X509Certificate(made.certificate).raw);
    const encodedName = raw.subarray(raw.indexOf('tigera-operator-signer') - 2);
    expect(leaf.raw.includes(encodedName.subarray(0, 24))).toBe(true);
  });

  test("limits its leaves' lives to its own", async () => {
    const authority = await makeForeign({ isAuthority: true, notAfter: testTime + 100 * day });
    const leaf = await makeLeaf({ commonName: 'a', names: ['a'] }, authority, testTime, systemGenerator);
    expect(new X509Certificate(leaf.certificate).validToDate.getTime()).toBe(testTime + 100 * day);
  });
});

test('names that are addresses become address entries', async () => {
  const authority = await makeAuthority(testTime, systemGenerator);
  const names = ['whisker-backend', '127.0.0.1', 'fd00::1'];
  const leaf = await makeLeaf({ commonName: 'whisker-backend', names }, authority, testTime, systemGenerator);
  const certificate = new X509Certificate(leaf.certificate);
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(certificate.checkIP('fd00::1')).toBe('fd00::1');
  expect(certificate.subjectAltName).toBe(
    'DNS:whisker-backend, IP Address:127.0.0.1, IP Address:FD00:0:0:0:0:0:0:1',
  );
  expect(inspectCertificate(leaf.certificate)?.ipAddresses).toEqual(['127.0.0.1', 'fd00::1']);
});

test('serial numbers are 128 bits and positive for any randomness', async () => {
  const serials = await Promise.all(
    [0x00, 0xff].map(async (byte) => {
      const generator = {
        ...systemGenerator,
        randomBytes: (size: number) => new Uint8Array(size).fill(byte),
      };
      return new X509Certificate((await makeAuthority(testTime, generator)).certificate).serialNumber;
    }),
  );
  expect(serials).toEqual([`40${'00'.repeat(15)}`, `7F${'FF'.repeat(15)}`]);
});

describe('trust', () => {
  test("a user's certificate joins the bundle with the authorities of typha-ca, in order of their names", async () => {
    const corp = await makeForeign({ commonName: 'typha-server', names: ['typha-server'] });
    const further = await makeForeign({ commonName: 'Further', isAuthority: true });
    const { set } = await obtain({
      ...emptyInput,
      secrets: {
        'typha-certs': makeSecret('typha-certs', {
          'tls.crt': corp.certificate,
          'tls.key': corp.privateKey,
          'common-name': 'typha-server',
        }),
      },
      typhaCa: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'typha-ca' },
        data: { caBundle: further.certificate },
      },
    });
    expect(set.trustBundle).toBe(
      [
        `# certificate name: calico-system/typha-ca\n${further.certificate}\n`,
        `# certificate name: tigera-operator/tigera-ca-private\n${set.authority.certificate}\n`,
        `# certificate name: tigera-operator/typha-certs\n${corp.certificate}\n`,
      ].join(''),
    );
  });

  test("a user's certificate that the authority in force signed is trusted through it", async () => {
    const authority = await makeForeign({ commonName: 'Corp CA', isAuthority: true });
    const leaf = await makeForeign({ commonName: 'typha-server', signer: authority });
    const data = (pair: typeof leaf) => ({ 'tls.crt': pair.certificate, 'tls.key': pair.privateKey });
    const { set } = await obtain({
      ...emptyInput,
      secrets: {
        'tigera-ca-private': makeSecret('tigera-ca-private', data(authority)),
        'typha-certs': makeSecret('typha-certs', { ...data(leaf), 'common-name': 'typha-server' }),
      },
    });
    expect(set.pairs['typha-certs']?.userProvided).toBe(true);
    expect(set.trustBundle.match(/# certificate name: .*/g)).toEqual([
      '# certificate name: tigera-operator/tigera-ca-private',
    ]);
  });
});

test('a whole set costs no more than 20 ms', async () => {
  const costs: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    // Time of the processor, not of the clock: other tests run beside this one.
    const start = process.cpuUsage();
    await obtain(emptyInput);
    const { user, system } = process.cpuUsage(start);
    costs.push((user + system) / 1000);
  }
  expect(Math.min(...costs)).toBeLessThan(20);
});

test('deciding that everything stays takes no more than 5 ms', async () => {
  const secrets = storeSecrets(await obtain(emptyInput));
  const times = Array.from({ length: 50 }, () => {
    const start = performance.now();
    accept(planCertificates({ ...emptyInput, secrets }));
    return performance.now() - start;
  });
  expect(Math.min(...times)).toBeLessThan(5);
});

test('a renewed pair has another hash, a kept one the same', async () => {
  const first = await obtain(emptyInput);
  const { 'typha-certs': _lost, ...rest } = storeSecrets(first);
  const second = await obtain({ ...emptyInput, secrets: rest });
  expect(second.set.pairs['typha-certs']?.hash).not.toBe(first.set.pairs['typha-certs']?.hash);
  expect(second.set.pairs['node-certs']?.hash).toBe(first.set.pairs['node-certs']?.hash);
  expect(storePair(second.set.authority)).toEqual(storePair(first.set.authority));
});
