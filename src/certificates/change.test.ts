import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { CertificateRequest, CertificateSet } from '../api/key-pair.ts';
import type { DaemonSet, Deployment, Secret } from '../api/kubernetes.ts';
import { trustSpread } from './change.ts';
import {
  day,
  emptyInput,
  makeForeign,
  makeManagement,
  makeSecret,
  obtain,
  storeSecrets,
  testTime,
} from './fixtures.ts';
import { urlSafeAlphabet } from './live-request.ts';
import { readPem } from './pem.ts';
import type { CertificateInput, Management } from './types.ts';

const key = 'tigera-operator.hash.operator.tigera.io/tigera-ca-private';

interface Running {
  readonly set: CertificateSet;
  /** Every pod is of this template. */
  readonly complete?: boolean;
}

/** The pod template that the set asks for, as far as certificates go. */
function template(set: CertificateSet, workload: 'node' | 'typha') {
  const name = `${workload}-certs`;
  const request = set.requests?.[name];
  return {
    metadata: { annotations: { [key]: set.change?.held[workload] ?? set.authority.hash } },
    spec: {
      containers: [],
      ...(request === undefined
        ? {}
        : { initContainers: [{ name: `${name}-key-cert-provisioner`, env: variables(request) }] }),
    },
  };
}

const variables = ({ caCert, signerName, keyAlgorithm }: CertificateRequest) => [
  { name: 'CA_CERT', value: urlSafeAlphabet(caCert) },
  { name: 'SIGNER', value: signerName },
  ...(keyAlgorithm === '' ? [] : [{ name: 'KEY_ALGORITHM', value: keyAlgorithm }]),
];

const nodeOf = ({ set, complete = true }: Running): DaemonSet => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'calico-node', generation: 2 },
  spec: { selector: {}, template: template(set, 'node') },
  status: {
    observedGeneration: 2,
    currentNumberScheduled: 3,
    numberMisscheduled: 0,
    numberReady: 3,
    desiredNumberScheduled: 3,
    updatedNumberScheduled: complete ? 3 : 1,
  },
});

const typhaOf = ({ set, complete = true }: Running): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'calico-typha', generation: 2 },
  spec: { selector: {}, template: template(set, 'typha') },
  status: {
    observedGeneration: 2,
    replicas: complete ? 2 : 3,
    updatedReplicas: 2,
    availableReplicas: complete ? 2 : 1,
  },
});

const fleetOf = (node: Running, typha: Running) => ({ node: nodeOf(node), typha: typhaOf(typha) });

/** The Secrets as the operator leaves them, those of a change included. */
function secretsOf(set: CertificateSet): Readonly<Record<string, Secret>> {
  const { change, authority, pairs } = set;
  const own = change?.ownAuthority ?? (authority.userProvided ? undefined : authority);
  const kept = [...(own === undefined ? [] : [own]), ...Object.values(pairs)];
  const stored = storeSecrets({
    set: { ...set, pairs: Object.fromEntries(kept.map((p) => [p.secretName, p])) },
  });
  if (own === undefined) delete (stored as Record<string, Secret>)['tigera-ca-private'];
  return {
    ...stored,
    ...(change === undefined
      ? {}
      : {
          'tigera-ca-retiring': makeSecret('tigera-ca-retiring', {
            'ca.crt': change.former,
            authority: change.authority,
            since: change.since,
            'pods-may-request': String(change.mayRequest),
          }),
        }),
  };
}

const trusted = ({ trustBundle }: CertificateSet): readonly string[] =>
  readPem(trustBundle)
    .certificates.map(({ certificate }) => certificate.fingerprint256)
    .sort();

/** The authorities that pods of a workload have certificates of, and how they come by them. */
const identityOf = (set: CertificateSet, workload: 'node' | 'typha'): string => {
  const request = set.requests?.[`${workload}-certs`];
  if (request !== undefined) return `request ${request.signerName}`;
  const pair = set.pairs[`${workload}-certs`];
  return pair === undefined
    ? 'none'
    : `secret ${pair.issuer.startsWith('tigera') ? 'operator' : pair.issuer}`;
};

let mine: CertificateSet;
let corp: Management;
let corpPrint: string;
let minePrint: string;

beforeAll(async () => {
  mine = (await obtain(emptyInput)).set;
  ({ management: corp, fingerprint: corpPrint } = await makeManagement());
  minePrint = new X509Certificate(mine.authority.certificate).fingerprint256;
});

const at = (minutes: number): number => testTime + day + minutes * 60_000;

async function pass(parts: Partial<CertificateInput>): Promise<CertificateSet> {
  return (await obtain({ ...emptyInput, now: at(0), ...parts })).set;
}

describe('a signer takes over from the operator', () => {
  test('both are trusted first, Typha follows, then the nodes, then the former authority goes', async () => {
    const management = corp;
    const first = await pass({
      management,
      secrets: secretsOf(mine),
      fleet: fleetOf({ set: mine }, { set: mine }),
    });
    expect(trusted(first)).toEqual([corpPrint, minePrint].sort());
    expect([identityOf(first, 'node'), identityOf(first, 'typha')]).toEqual([
      'secret operator',
      'secret operator',
    ]);
    expect(first.change).toMatchObject({
      held: { node: mine.authority.hash, typha: mine.authority.hash },
      changesIn: trustSpread,
      ownAuthority: { secretName: 'tigera-ca-private' },
    });

    const early = await pass({
      management,
      now: at(1),
      secrets: secretsOf(first),
      fleet: fleetOf({ set: first }, { set: first }),
    });
    expect(early.change).toEqual({ ...first.change, changesIn: trustSpread - 60_000 });

    const second = await pass({
      management,
      now: at(2),
      secrets: secretsOf(early),
      fleet: fleetOf({ set: early }, { set: early }),
    });
    expect([identityOf(second, 'node'), identityOf(second, 'typha')]).toEqual([
      'secret operator',
      'request example.com/calico',
    ]);
    expect(second.change?.held).toEqual({ node: mine.authority.hash });

    const third = await pass({
      management,
      now: at(9),
      secrets: secretsOf(second),
      fleet: fleetOf({ set: second }, { set: second, complete: false }),
    });
    expect(third).toEqual({ ...second, change: { ...second.change, mayRequest: true } });

    const fourth = await pass({
      management,
      now: at(10),
      secrets: secretsOf(third),
      fleet: fleetOf({ set: third }, { set: third }),
    });
    expect(identityOf(fourth, 'node')).toBe('request example.com/calico');
    expect(fourth.change?.held).toEqual({});
    // A pod of before that is made anew on its node still finds its Secret.
    expect(Object.keys(fourth.pairs)).toEqual(['node-certs', 'typha-certs']);
    expect(trusted(fourth)).toEqual([corpPrint, minePrint].sort());

    const rolling = await pass({
      management,
      now: at(11),
      secrets: secretsOf(fourth),
      fleet: fleetOf({ set: fourth, complete: false }, { set: fourth }),
    });
    expect(rolling).toEqual(fourth);

    const last = await pass({
      management,
      now: at(12),
      secrets: secretsOf(rolling),
      fleet: fleetOf({ set: rolling }, { set: rolling }),
    });
    expect(last.change).toBeUndefined();
    expect(trusted(last)).toEqual([corpPrint]);
    expect(last.pairs).toEqual({});
    expect(Object.keys(last.requests ?? {})).toEqual(['node-certs', 'typha-certs']);
  });

  test('without Typha nobody has to wait, and the Secrets stay until the last pod has followed', async () => {
    const first = await pass({
      management: corp,
      secrets: secretsOf(mine),
      fleet: { node: nodeOf({ set: mine }) },
    });
    expect(first.change?.held).toEqual({});
    expect(identityOf(first, 'node')).toBe('request example.com/calico');
    expect(Object.keys(first.pairs)).toEqual(['node-certs', 'typha-certs']);
    const rolled = { node: nodeOf({ set: first }) };
    const last = await pass({ management: corp, secrets: secretsOf(first), fleet: rolled });
    expect([last.change, last.pairs]).toEqual([undefined, {}]);
  });

  test('a pair that is of no use any more keeps nobody waiting', async () => {
    const broken = {
      ...secretsOf(mine),
      'typha-certs': makeSecret('typha-certs', {}, { 'certificates.operator.tigera.io/signer': 'x' }),
    };
    const set = await pass({
      management: corp,
      secrets: broken,
      fleet: fleetOf({ set: mine }, { set: mine }),
    });
    expect(set.change?.held).toEqual({ node: mine.authority.hash });
    expect(identityOf(set, 'typha')).toBe('request example.com/calico');
  });

  test('on a fresh cluster there is nothing to change from', async () => {
    const set = await pass({ management: corp });
    expect(set).toMatchObject({
      pairs: {},
      requests: { 'node-certs': { signerName: 'example.com/calico' } },
    });
    expect(set.change).toBeUndefined();
    const underWay = fleetOf({ set, complete: false }, { set, complete: false });
    expect((await pass({ management: corp, fleet: underWay })).change).toBeUndefined();
  });
});

describe('the operator takes over from a signer', () => {
  test('pods go on requesting as before until it is their turn', async () => {
    const requested = await pass({ management: { ...corp, keyAlgorithm: 'ECDSAWithCurve384' } });
    const first = await pass({ fleet: fleetOf({ set: requested }, { set: requested }) });
    expect(first.change).toMatchObject({
      held: { node: requested.authority.hash, typha: requested.authority.hash },
      mayRequest: true,
    });
    expect(first.requests).toEqual(requested.requests);
    expect(trusted(first)).toEqual(
      [corpPrint, new X509Certificate(first.authority.certificate).fingerprint256].sort(),
    );

    const second = await pass({
      now: at(3),
      secrets: secretsOf(first),
      fleet: fleetOf({ set: first }, { set: first }),
    });
    expect(Object.keys(second.requests ?? {})).toEqual(['node-certs']);
    const third = await pass({
      now: at(4),
      secrets: secretsOf(second),
      fleet: fleetOf({ set: second }, { set: second }),
    });
    expect(third.requests).toEqual({});
    // Pods of before may start once more, and ask.
    expect(third.change).toMatchObject({ held: {}, mayRequest: true });
    const rolling = await pass({
      now: at(5),
      secrets: secretsOf(third),
      fleet: fleetOf({ set: third, complete: false }, { set: third }),
    });
    expect(rolling).toEqual(third);
    const last = await pass({
      now: at(5),
      secrets: secretsOf(third),
      fleet: fleetOf({ set: third }, { set: third }),
    });
    expect(last.change).toBeUndefined();
    expect(identityOf(last, 'node')).toBe('secret operator');
  });
});

describe("another authority in the operator's own Secret", () => {
  test('pairs are issued again one after the other', async () => {
    const { certificate, privateKey } = await makeForeign({ commonName: 'Corp CA', isAuthority: true });
    const replaced = {
      ...secretsOf(mine),
      'tigera-ca-private': makeSecret('tigera-ca-private', { 'tls.crt': certificate, 'tls.key': privateKey }),
    };
    const first = await pass({ secrets: replaced, fleet: fleetOf({ set: mine }, { set: mine }) });
    expect([identityOf(first, 'node'), identityOf(first, 'typha')]).toEqual([
      'secret operator',
      'secret operator',
    ]);
    expect(trusted(first)).toHaveLength(2);
    const kept = (set: CertificateSet) => ({
      ...secretsOf(set),
      'tigera-ca-private': replaced['tigera-ca-private'],
    });
    const second = await pass({
      now: at(2),
      secrets: kept(first),
      fleet: fleetOf({ set: first }, { set: first }),
    });
    expect([identityOf(second, 'node'), identityOf(second, 'typha')]).toEqual([
      'secret operator',
      'secret Corp CA',
    ]);
    const third = await pass({
      now: at(3),
      secrets: kept(second),
      fleet: fleetOf({ set: second }, { set: second }),
    });
    expect(identityOf(third, 'node')).toBe('secret Corp CA');
    expect(trusted(third)).toHaveLength(2);
    const last = await pass({
      now: at(4),
      secrets: kept(third),
      fleet: fleetOf({ set: third }, { set: third }),
    });
    expect(trusted(last)).toEqual([new X509Certificate(certificate).fingerprint256]);
  });

  test('our own authority is renewed in the same way, and what it signed last counts on', async () => {
    const end = Date.parse(mine.authority.notAfter);
    const young = await obtain({ ...emptyInput, now: end - 40 * day, secrets: secretsOf(mine) });
    const fleet = fleetOf({ set: young.set }, { set: young.set });
    const renewed = await obtain({
      ...emptyInput,
      now: end - 20 * day,
      secrets: secretsOf(young.set),
      fleet,
    });
    expect(renewed.issued.map(({ secretName, reason }) => `${secretName} ${reason}`)).toEqual([
      'tigera-ca-private Expiring',
    ]);
    expect(trusted(renewed.set)).toHaveLength(2);
    expect(renewed.set.change?.former).toBe(mine.authority.certificate);
  });

  test('an authority that has expired is not trusted on, and nobody waits for it', async () => {
    const end = Date.parse(mine.authority.notAfter);
    const { set } = await obtain({
      ...emptyInput,
      now: end + day,
      secrets: secretsOf(mine),
      fleet: fleetOf({ set: mine }, { set: mine }),
    });
    expect(set.change).toBeUndefined();
    expect(trusted(set)).toEqual([new X509Certificate(set.authority.certificate).fingerprint256]);
  });

  test('taking over pods that another operator hashed differently is no change of authority', async () => {
    const taken = { ...mine, authority: { ...mine.authority, hash: 'by-another-rule' } };
    const set = await pass({ secrets: secretsOf(mine), fleet: fleetOf({ set: taken }, { set: taken }) });
    expect(set.change).toBeUndefined();
  });
});

test('who goes back half-way is trusted by those that had followed', async () => {
  const asked = { management: corp, secrets: secretsOf(mine) };
  const first = await pass({ ...asked, fleet: fleetOf({ set: mine }, { set: mine }) });
  const second = await pass({
    management: corp,
    now: at(2),
    secrets: secretsOf(first),
    fleet: fleetOf({ set: first }, { set: first }),
  });
  const back = await pass({
    now: at(3),
    secrets: secretsOf(second),
    fleet: fleetOf({ set: second }, { set: second, complete: false }),
  });
  expect(back.authority.hash).toBe(mine.authority.hash);
  expect(trusted(back)).toEqual([corpPrint, minePrint].sort());
  // Trust has to spread once more only where it is news: Typha waits for it.
  expect(back.change?.held).toEqual({ typha: second.authority.hash });
  expect(identityOf(back, 'typha')).toBe('request example.com/calico');
});
