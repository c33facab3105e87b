/**
 * The questions asked of a Secret, in order. What is ours and fails one is issued anew; what a user brought is never
 * replaced: it is refused, warned of, or accepted as it stands.
 */
import type { X509Certificate } from 'node:crypto';
import type { Candidate } from './candidate.ts';
import { lifetimes } from './constants.ts';
import { covers, isSignedBy } from './inspect.ts';
import { formatTime } from './refusals.ts';
import { canSign } from './signing-algorithm.ts';
import type { IssueReason, WantedPair } from './types.ts';

/** What is wrong with a Secret. */
export interface Finding {
  readonly reason: IssueReason;
  /** What it means when the pair is a user's. */
  readonly forUsers: 'refuse' | 'warn' | 'accept';
  readonly field: string;
  readonly problem: string;
  readonly cure: string;
}

/** What a candidate is held against. */
export interface Expectation {
  readonly now: number;
  /** Absent for the authority itself. */
  readonly wanted?: WantedPair;
  /** Certificate of the authority in force; absent when a new one is issued, or for the authority itself. */
  readonly authority?: X509Certificate;
}

type Policy = (candidate: Candidate, expectation: Expectation) => Finding | undefined;

const replace = 'Put a working key and certificate into the Secret, or delete it to have one issued';

const unreadable: Policy = ({ fields, inspection, key }) => {
  const broken = (field: string, text: string, what: string): Finding => ({
    reason: 'Unreadable',
    forUsers: 'refuse',
    field: `data[${field}]`,
    problem: text === '' ? 'it is missing or empty' : `it is no ${what}`,
    cure: replace,
  });
  if (inspection === undefined) {
    return broken(fields.certificateField, fields.certificate, 'PEM certificate');
  }
  return key === undefined
    ? broken(fields.keyField, fields.privateKey, 'PEM private key without a passphrase')
    : undefined;
};

const keyMismatch: Policy = ({ fields, inspection, key }) =>
  inspection !== undefined && key !== undefined && !inspection.certificate.checkPrivateKey(key)
    ? {
        reason: 'KeyMismatch',
        forUsers: 'refuse',
        field: `data[${fields.keyField}]`,
        problem: 'the private key does not belong to the certificate',
        cure: replace,
      }
    : undefined;

const outsideValidity: Policy = ({ fields, inspection }, { now }) => {
  if (inspection === undefined || (now >= inspection.notBefore && now < inspection.notAfter)) {
    return undefined;
  }
  const early = now < inspection.notBefore;
  return {
    reason: early ? 'NotYetValid' : 'Expired',
    forUsers: 'refuse',
    field: `data[${fields.certificateField}]`,
    problem: early
      ? `the certificate is not valid before ${formatTime(inspection.notBefore)}`
      : `the certificate expired at ${formatTime(inspection.notAfter)}`,
    cure: replace,
  };
};

const notAnAuthority: Policy = ({ fields, inspection, key }, { wanted }) =>
  wanted === undefined && (inspection?.isAuthority !== true || key === undefined || !canSign(key))
    ? {
        reason: 'UsagesMissing',
        forUsers: 'refuse',
        field: `data[${fields.certificateField}]`,
        problem:
          'the certificate can not sign others: it needs CA:TRUE and an RSA, NIST ECDSA or Ed25519 key',
        cure: 'Put a certificate authority into the Secret, or delete it to have one made',
      }
    : undefined;

const issuerChanged: Policy = ({ fields, inspection, ours }, { wanted, authority }) =>
  ours &&
  wanted !== undefined &&
  inspection !== undefined &&
  (authority === undefined || !isSignedBy(inspection, authority))
    ? {
        reason: 'IssuerChanged',
        forUsers: 'accept',
        field: `data[${fields.certificateField}]`,
        problem: 'an earlier authority signed the certificate',
        cure: replace,
      }
    : undefined;

const usagesMissing: Policy = ({ fields, inspection }, { wanted }) => {
  const missing = (wanted?.usages ?? []).filter((usage) => inspection?.usages?.includes(usage) === false);
  return missing.length === 0
    ? undefined
    : {
        reason: 'UsagesMissing',
        forUsers: 'warn',
        field: `data[${fields.certificateField}]`,
        problem: `the certificate is not made for use as ${missing.join(' and ')}, so that peers may refuse it`,
        cure: `Add the extended key usage for ${missing.join(' and ')} authentication to the certificate`,
      };
};

const namesChanged: Policy = ({ fields, inspection, ours }, { wanted }) => {
  if (wanted === undefined || inspection === undefined) {
    return undefined;
  }
  const missing = wanted.names.filter((name) => !covers(inspection, name));
  if (missing.length === 0 && (!ours || inspection.commonName === wanted.commonName)) {
    return undefined;
  }
  return {
    reason: 'NamesChanged',
    forUsers: wanted.identity === 'declared' ? 'accept' : 'warn',
    field: `data[${fields.certificateField}]`,
    problem: `the certificate does not cover ${missing.join(', ')}`,
    cure: 'Add the names as subject alternative names',
  };
};

const expiring: Policy = ({ fields, inspection }, { now }) =>
  inspection !== undefined && inspection.notAfter - now < lifetimes.renewBefore
    ? {
        reason: 'Expiring',
        forUsers: 'warn',
        field: `data[${fields.certificateField}]`,
        problem: `the certificate expires at ${formatTime(inspection.notAfter)}`,
        cure: 'Renew the certificate in the Secret before that',
      }
    : undefined;

const policies: readonly Policy[] = [
  unreadable,
  keyMismatch,
  outsideValidity,
  notAnAuthority,
  issuerChanged,
  usagesMissing,
  namesChanged,
  expiring,
];

/** Everything that is wrong with a Secret, the gravest first. */
export function findProblems(candidate: Candidate, expectation: Expectation): readonly Finding[] {
  return policies.flatMap((policy) => policy(candidate, expectation) ?? []);
}
