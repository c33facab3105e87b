import 'reflect-metadata';
import { beforeAll, describe, expect, test } from '@jest/globals';
import * as x509 from '@peculiar/x509';
import type { Secret } from '../api/kubernetes.ts';
import {
  accept,
  day,
  emptyInput,
  type ForeignRequest,
  makeForeign,
  makeSecret,
  obtain,
  storePair,
  storeSecrets,
  testTime,
} from './fixtures.ts';
import { issueCertificates, type IssueResult } from './issue.ts';
import { systemGenerator } from './generator.ts';
import { planCertificates } from './plan.ts';
import { makeAuthority, makeLeaf, type Signed } from './sign.ts';

let fresh: IssueResult;
let secrets: Readonly<Record<string, Secret>>;

beforeAll(async () => {
  fresh = await obtain(emptyInput);
  secrets = storeSecrets(fresh);
});

const decide = (changed: Readonly<Record<string, Secret | undefined>>, now = testTime + day) =>
  planCertificates({
    ...emptyInput,
    now,
    secrets: Object.fromEntries(
      Object.entries({ ...secrets, ...changed }).flatMap(([name, secret]) =>
        secret === undefined ? [] : [[name, secret]],
      ),
    ),
  });

const reasons = (planning: ReturnType<typeof planCertificates>) => {
  const plan = accept(planning);
  const all = [
    { name: 'tigera-ca-private', decision: plan.authority },
    ...plan.pairs.map(({ wanted, decision }) => ({ name: wanted.secretName, decision })),
  ];
  return Object.fromEntries(
    all.flatMap(({ name, decision }) => (decision.kind === 'issue' ? [[name, decision.reason]] : [])),
  );
};

const refusals = (planning: ReturnType<typeof planCertificates>) =>
  planning.kind === 'refused' ? planning.refusals : [];

const pairData = (pair: Signed) => ({ 'tls.crt': pair.certificate, 'tls.key': pair.privateKey });

const usersTypha = async (request: ForeignRequest = {}, further: Readonly<Record<string, string>> = {}) => {
  const pair = await makeForeign({ commonName: 'typha.corp', ...request });
  return makeSecret('typha-certs', { ...pairData(pair), 'common-name': 'typha.corp', ...further });
};

describe('pairs of our own', () => {
  test('are kept while nothing is wrong', () => {
    expect(reasons(decide({}))).toEqual({});
  });

  test('are issued when missing', () => {
    expect(reasons(decide({ 'node-certs': undefined }))).toEqual({ 'node-certs': 'Missing' });
  });

  test.each([
    ['its certificate is no PEM', { 'tls.crt': 'rubbish', 'tls.key': 'rubbish' }],
    ['it is empty', {}],
  ])('are issued again when unreadable since %s', (_why, data) => {
    const labels = secrets['node-certs']?.metadata.labels ?? {};
    expect(reasons(decide({ 'node-certs': makeSecret('node-certs', data, labels) }))).toEqual({
      'node-certs': 'Unreadable',
    });
  });

  test('are issued again without their key, or with the key of another', () => {
    const { node, typha } = { node: fresh.set.pairs['node-certs']!, typha: fresh.set.pairs['typha-certs']! };
    expect(reasons(decide({ 'node-certs': storePair({ ...node, privateKey: '' }) }))).toEqual({
      'node-certs': 'Unreadable',
    });
    expect(reasons(decide({ 'node-certs': storePair({ ...node, privateKey: typha.privateKey }) }))).toEqual({
      'node-certs': 'KeyMismatch',
    });
  });

  test('are renewed when less than thirty days are left, and not a moment earlier', () => {
    const end = Date.parse(fresh.set.pairs['node-certs']!.notAfter);
    expect(reasons(decide({}, end - 30 * day))).toEqual({});
    expect(reasons(decide({}, end - 30 * day + 1000))).toEqual({
      'node-certs': 'Expiring',
      'typha-certs': 'Expiring',
    });
    expect(reasons(decide({}, end))).toEqual({ 'node-certs': 'Expired', 'typha-certs': 'Expired' });
  });

  test('are issued again when the clock says that they are not valid yet', () => {
    expect(reasons(decide({}, testTime - day))).toEqual({
      'tigera-ca-private': 'NotYetValid',
      'node-certs': 'NotYetValid',
      'typha-certs': 'NotYetValid',
    });
  });

  test('are issued again when the authority is another, though it has the same name', async () => {
    const other = await makeAuthority(testTime, systemGenerator);
    expect(
      reasons(decide({ 'tigera-ca-private': makeSecret('tigera-ca-private', pairData(other)) })),
    ).toEqual({
      'node-certs': 'IssuerChanged',
      'typha-certs': 'IssuerChanged',
    });
  });

  test('are issued again with a lost authority', () => {
    expect(reasons(decide({ 'tigera-ca-private': undefined }))).toEqual({
      'tigera-ca-private': 'Missing',
      'node-certs': 'IssuerChanged',
      'typha-certs': 'IssuerChanged',
    });
  });

  test.each([
    ['a name is missing', { commonName: 'typha-client', names: ['other'] }],
    ['the common name is another', { commonName: 'other', names: ['typha-client'] }],
  ])('are issued again when %s', async (_why, request) => {
    const leaf = await makeLeaf(request, fresh.set.authority, testTime, systemGenerator);
    expect(reasons(decide({ 'node-certs': makeSecret('node-certs', pairData(leaf)) }))).toEqual({
      'node-certs': 'NamesChanged',
    });
  });

  test('are issued again when they are not for the use', async () => {
    const leaf = await makeForeign({
      commonName: 'typha-client',
      names: ['typha-client'],
      usages: [x509.ExtendedKeyUsage.serverAuth],
      signer: fresh.set.authority,
    });
    expect(reasons(decide({ 'node-certs': makeSecret('node-certs', pairData(leaf)) }))).toEqual({
      'node-certs': 'UsagesMissing',
    });
  });

  test.each([
    ['key', 'cert'],
    ['apiserver.key', 'apiserver.crt'],
    ['key.key', 'cert.crt'],
    ['managed-cluster.key', 'managed-cluster.crt'],
    ['management-cluster.key', 'management-cluster.crt'],
  ])('are read from the fields %s and %s of older releases', (key, certificate) => {
    const pair = fresh.set.pairs['node-certs']!;
    const secret = makeSecret('node-certs', { [key]: pair.privateKey, [certificate]: pair.certificate });
    expect(reasons(decide({ 'node-certs': secret }))).toEqual({});
  });

  test('of an authority that a user supplied are recognised by their label, and renewed', async () => {
    const corp = await makeForeign({
      commonName: 'Corp CA',
      isAuthority: true,
      notAfter: testTime + 2000 * day,
    });
    const first = await obtain({
      ...emptyInput,
      secrets: { 'tigera-ca-private': makeSecret('tigera-ca-private', pairData(corp)) },
    });
    expect(first.set.authority.userProvided).toBe(true);
    expect(first.set.pairs['node-certs']).toMatchObject({ issuer: 'Corp CA', userProvided: false });
    const stored = storeSecrets(first);
    expect(reasons(decide(stored))).toEqual({});
    expect(reasons(decide(stored, testTime + 800 * day))).toEqual({
      'node-certs': 'Expiring',
      'typha-certs': 'Expiring',
    });
  });
});

describe('pairs that a user brought', () => {
  test.each(['pkcs8', 'pkcs1', 'sec1'] as const)('are kept with a key in %s', async (format) => {
    const pair = await makeForeign({ algorithm: format === 'pkcs1' ? 'RSA' : 'EC' }, format);
    const secret = makeSecret('typha-certs', {
      ...pairData(pair),
      'common-name': 'typha.corp',
      'ca.crt': 'kept',
    });
    const planning = accept(decide({ 'typha-certs': secret }));
    const { set, changed } = await issueCertificates(planning, systemGenerator);
    expect(changed).toBe(false);
    expect(set.pairs['typha-certs']).toMatchObject({
      userProvided: true,
      certificate: pair.certificate,
      privateKey: pair.privateKey,
      commonName: 'typha.corp',
      furtherData: { 'ca.crt': Buffer.from('kept').toString('base64') },
    });
    expect(planning.warnings).toEqual([]);
  });

  test('declare the identity that peers check: a name, a URI or both', async () => {
    const secret = await usersTypha({}, { 'common-name': '', 'uri-san': 'spiffe://corp/typha' });
    const { set } = await issueCertificates(accept(decide({ 'typha-certs': secret })), systemGenerator);
    expect(set.pairs['typha-certs']).toMatchObject({ uriSan: 'spiffe://corp/typha' });
    expect(set.pairs['typha-certs']).not.toHaveProperty('commonName');
  });

  test('are refused without an identity', async () => {
    expect(refusals(decide({ 'typha-certs': await usersTypha({}, { 'common-name': '' }) }))).toEqual([
      {
        reason: 'CertificateError',
        object: 'Secret tigera-operator/typha-certs',
        field: 'data[common-name]',
        problem: 'neither it nor data[uri-san] says which name Calico shall expect in the certificate',
        cure: "Set data[common-name] to the certificate's common name, or data[uri-san] to its URI",
      },
    ]);
  });

  test('are refused when expired, never replaced', async () => {
    const secret = await usersTypha({ notBefore: testTime - 9 * day, notAfter: testTime });
    expect(refusals(decide({ 'typha-certs': secret }))).toEqual([
      {
        reason: 'CertificateError',
        object: 'Secret tigera-operator/typha-certs',
        field: 'data[tls.crt]',
        problem: 'the certificate expired at 2026-03-01T00:00:00Z',
        cure: 'Put a working key and certificate into the Secret, or delete it to have one issued',
      },
    ]);
  });

  test('are refused when their key is missing, broken or of another certificate; the key is not told', async () => {
    const { privateKey } = await makeForeign();
    const problems = await Promise.all(
      ['', 'rubbish', privateKey].map(async (key) =>
        refusals(decide({ 'typha-certs': await usersTypha({}, { 'tls.key': key }) })).map(
          ({ field, problem, value }) => ({ field, problem, value }),
        ),
      ),
    );
    expect(problems).toEqual([
      [{ field: 'data[tls.key]', problem: 'it is missing or empty' }],
      [{ field: 'data[tls.key]', problem: 'it is no PEM private key without a passphrase' }],
      [{ field: 'data[tls.key]', problem: 'the private key does not belong to the certificate' }],
    ]);
  });

  test('are refused when unreadable, for an unlabelled Secret may be half filled by its owner', () => {
    expect(refusals(decide({ 'node-certs': makeSecret('node-certs', {}) }))).toMatchObject([
      {
        object: 'Secret tigera-operator/node-certs',
        field: 'data[tls.crt]',
        problem: 'it is missing or empty',
      },
    ]);
  });

  test("stay a user's in a copy of our Secret, labels and all", async () => {
    const secret = await usersTypha();
    const labels = secrets['typha-certs']?.metadata.labels ?? {};
    const copy = { ...secret, metadata: { ...secret.metadata, labels } };
    expect(reasons(decide({ 'typha-certs': copy }, testTime + 364 * day))).toEqual({});
  });

  test('are warned of in the last thirty days', async () => {
    const secret = await usersTypha({ notAfter: testTime + 31 * day });
    expect(decide({ 'typha-certs': secret }, testTime + day).warnings).toEqual([]);
    expect(decide({ 'typha-certs': secret }, testTime + 2 * day).warnings).toEqual([
      {
        reason: 'CertificateExpiring',
        object: 'Secret tigera-operator/typha-certs',
        field: 'data[tls.crt]',
        problem: 'the certificate expires at 2026-04-01T00:00:00Z',
        cure: 'Renew the certificate in the Secret before that',
      },
    ]);
  });

  test('are warned of when made for another use', async () => {
    const secret = await usersTypha({ usages: [x509.ExtendedKeyUsage.clientAuth] });
    expect(decide({ 'typha-certs': secret }).warnings).toMatchObject([
      {
        reason: 'ConfigurationWarning',
        problem: 'the certificate is not made for use as server, so that peers may refuse it',
      },
    ]);
  });

  test('are warned of when host names are checked and one is not covered', async () => {
    const pair = await makeForeign({ names: ['calico-api'] });
    const planning = planCertificates({
      ...emptyInput,
      secrets: { 'calico-apiserver-certs': makeSecret('calico-apiserver-certs', pairData(pair)) },
      wanted: [
        {
          secretName: 'calico-apiserver-certs',
          commonName: 'calico-api',
          names: ['calico-api', 'calico-api.calico-system'],
          usages: ['server'],
          identity: 'host-name',
        },
      ],
    });
    expect(planning.warnings).toMatchObject([
      { problem: 'the certificate does not cover calico-api.calico-system' },
    ]);
    expect(accept(planning).pairs[0]?.decision).toMatchObject({
      kind: 'keep',
      pair: { userProvided: true, commonName: 'Corp' },
    });
  });
});

describe('the authority', () => {
  test('is made when its Secret is empty, as tools that create it ahead leave it', () => {
    expect(
      reasons(decide({ 'tigera-ca-private': makeSecret('tigera-ca-private', { 'tls.key': '' }) })),
    ).toMatchObject({ 'tigera-ca-private': 'Missing' });
  });

  test('of a user is refused when it can not sign, is half there, or expired', async () => {
    const candidates = [
      pairData(await makeForeign()),
      { ...pairData(await makeForeign({ isAuthority: true })), 'tls.key': '' },
      pairData(await makeForeign({ isAuthority: true, notBefore: testTime - 2 * day, notAfter: testTime })),
    ];
    const problems = candidates.map((data) =>
      refusals(decide({ 'tigera-ca-private': makeSecret('tigera-ca-private', data) })).map(
        ({ problem }) => problem,
      ),
    );
    expect(problems).toEqual([
      ['the certificate can not sign others: it needs CA:TRUE and an RSA, NIST ECDSA or Ed25519 key'],
      ['it is missing or empty'],
      ['the certificate expired at 2026-03-01T00:00:00Z'],
    ]);
  });

  test('of a user is warned of before it expires, ours is replaced', async () => {
    const corp = await makeForeign({ isAuthority: true, notAfter: testTime + 20 * day });
    const planning = decide({ 'tigera-ca-private': makeSecret('tigera-ca-private', pairData(corp)) });
    expect(planning.warnings).toMatchObject([{ object: 'Secret tigera-operator/tigera-ca-private' }]);
    const end = Date.parse(fresh.set.authority.notAfter);
    expect(reasons(decide({}, end - 29 * day))).toMatchObject({ 'tigera-ca-private': 'Expiring' });
  });
});

describe('refusals', () => {
  test('come all at once', async () => {
    const expired = await usersTypha({ notBefore: testTime - 2 * day, notAfter: testTime });
    const planning = planCertificates({
      ...emptyInput,
      secrets: { ...secrets, 'typha-certs': expired, 'node-certs': makeSecret('node-certs', {}) },
      typhaCa: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'typha-ca' }, data: {} },
    });
    expect(refusals(planning).map(({ object, field }) => `${object} ${field ?? ''}`)).toEqual([
      'Secret tigera-operator/node-certs data[tls.crt]',
      'Secret tigera-operator/typha-certs data[tls.crt]',
      'ConfigMap tigera-operator/typha-ca data.caBundle',
    ]);
  });
});
