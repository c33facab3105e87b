/** Decides about one Secret by what is wrong with it. */
import type { KeyPair } from '../api/key-pair.ts';
import type { Refusal } from '../api/refusal.ts';
import type { Candidate } from './candidate.ts';
import type { Inspection } from './inspect.ts';
import { describePair } from './pairs.ts';
import { type Expectation, type Finding, findProblems } from './policies.ts';
import { refuse, warn } from './refusals.ts';
import { readText } from './secret-fields.ts';
import type { Accepted, Decision, IssueReason, WantedPair } from './types.ts';

/** What is ours is kept or issued anew; what a user brought is kept or refused. */
export function judge(candidate: Candidate, expectation: Expectation): Decision {
  const findings = findProblems(candidate, expectation);
  const [first] = findings;
  if (candidate.ours && first !== undefined) {
    return { kind: 'issue', reason: first.reason };
  }
  const place = (finding: Finding) => ({ object: candidate.object, field: finding.field });
  const fatal = findings.find((finding) => finding.forUsers === 'refuse');
  if (fatal !== undefined) {
    return { kind: 'refuse', refusal: refuse(place(fatal), fatal.problem, fatal.cure) };
  }
  const { inspection } = candidate;
  if (inspection === undefined) {
    throw new TypeError(`${candidate.object}: an unreadable pair passed every policy`);
  }
  const pair = candidate.ours
    ? describePair(candidate.secret.metadata.name, candidate.fields, inspection)
    : userPair(candidate, inspection, expectation.wanted);
  if (pair === undefined) {
    return { kind: 'refuse', refusal: undeclaredIdentity(candidate) };
  }
  const warnings = findings
    .filter((finding) => finding.forUsers === 'warn')
    .map((finding) => warn(place(finding), finding.problem, finding.cure, finding.reason === 'Expiring'));
  return { kind: 'keep', pair, warnings };
}

/** `undefined` when peers check an identity that the Secret does not declare. */
function userPair(candidate: Candidate, inspection: Inspection, wanted?: WantedPair): KeyPair | undefined {
  const { commonName: ownName, ...pair } = describePair(
    candidate.secret.metadata.name,
    candidate.fields,
    inspection,
  );
  const declared = wanted?.identity === 'declared';
  const commonName = declared ? readText(candidate.secret, 'common-name') : (ownName ?? '');
  const uriSan = declared ? readText(candidate.secret, 'uri-san') : '';
  if (declared && commonName === '' && uriSan === '') {
    return undefined;
  }
  return {
    ...pair,
    userProvided: true,
    furtherData: candidate.fields.further,
    ...(commonName === '' ? {} : { commonName }),
    ...(uriSan === '' ? {} : { uriSan }),
  };
}

const undeclaredIdentity = (candidate: Candidate): Refusal =>
  refuse(
    { object: candidate.object, field: 'data[common-name]' },
    'neither it nor data[uri-san] says which name Calico shall expect in the certificate',
    "Set data[common-name] to the certificate's common name, or data[uri-san] to its URI",
  );

const broken: readonly IssueReason[] = ['Unreadable', 'KeyMismatch', 'NotYetValid', 'Expired'];

/** Keeps a pair of ours whoever signed it; `undefined` when it is of no use any more. `now` in milliseconds. */
export function keepAsItIs(
  candidate: Candidate,
  now: number,
): Extract<Accepted, { kind: 'keep' }> | undefined {
  const { inspection, secret, fields } = candidate;
  if (
    inspection === undefined ||
    findProblems(candidate, { now }).some(({ reason }) => broken.includes(reason))
  ) {
    return undefined;
  }
  return { kind: 'keep', pair: describePair(secret.metadata.name, fields, inspection), warnings: [] };
}
