/** Decides for every certificate whether it is kept, issued or refused. Pure: nothing is issued here. */
import type { X509Certificate } from 'node:crypto';
import type { KeyPair } from '../api/key-pair.ts';
import type { Refusal } from '../api/refusal.ts';
import { type Candidate, readCandidate } from './candidate.ts';
import { authoritySecretName } from './constants.ts';
import { type Inspection, inspectCertificate } from './inspect.ts';
import { describePair } from './pairs.ts';
import { type Expectation, type Finding, findProblems } from './policies.ts';
import { refuse, warn } from './refusals.ts';
import { readText } from './secret-fields.ts';
import type { Accepted, CertificateInput, CertificatePlanning, Decision, WantedPair } from './types.ts';

/** Key of ConfigMap `typha-ca`. */
export const typhaCaField = 'caBundle';

/**
 * Decides about the authority and every wanted pair. All refusals come at once; with one of them nothing is issued.
 */
export function planCertificates(input: CertificateInput): CertificatePlanning {
  const authority = decideAuthority(input);
  const signer = authority.kind === 'keep' ? inspectCertificate(authority.pair.certificate) : undefined;
  const pairs = input.wanted.map((wanted) => ({
    wanted,
    decision: decidePair(wanted, input, signer?.certificate),
  }));
  const decisions = [authority, ...pairs.map(({ decision }) => decision)];
  const warnings = decisions.flatMap((decision) => (decision.kind === 'keep' ? decision.warnings : []));
  const refusals = [
    ...decisions.flatMap((decision) => (decision.kind === 'refuse' ? decision.refusal : [])),
    ...checkTyphaCa(input),
  ];
  if (refusals.length > 0 || authority.kind === 'refuse') {
    return { kind: 'refused', refusals, warnings };
  }
  return {
    kind: 'plan',
    input,
    authority,
    pairs: pairs.flatMap(({ wanted, decision }) => (isAccepted(decision) ? [{ wanted, decision }] : [])),
    warnings,
  };
}

const isAccepted = (decision: Decision): decision is Accepted => decision.kind !== 'refuse';

function decideAuthority(input: CertificateInput): Decision {
  const secret = input.secrets[authoritySecretName];
  // Deployment tools make the Secret empty ahead of time, and the reference operator fills it: so do we.
  if (secret === undefined || Object.values(secret.data ?? {}).every((value) => value === '')) {
    return { kind: 'issue', reason: 'Missing' };
  }
  return judge(readCandidate(secret, input.operatorNamespace, 'authority'), { now: input.now });
}

function decidePair(
  wanted: WantedPair,
  input: CertificateInput,
  authority: X509Certificate | undefined,
): Decision {
  const secret = input.secrets[wanted.secretName];
  if (secret === undefined) {
    return { kind: 'issue', reason: 'Missing' };
  }
  return judge(readCandidate(secret, input.operatorNamespace, 'leaf'), {
    now: input.now,
    wanted,
    ...(authority === undefined ? {} : { authority }),
  });
}

function judge(candidate: Candidate, expectation: Expectation): Decision {
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

function checkTyphaCa({ typhaCa, operatorNamespace }: CertificateInput): readonly Refusal[] {
  const bundle = typhaCa?.data?.[typhaCaField];
  if (typhaCa === undefined || (bundle !== undefined && inspectCertificate(bundle) !== undefined)) {
    return [];
  }
  return [
    refuse(
      { object: `ConfigMap ${operatorNamespace}/${typhaCa.metadata.name}`, field: `data.${typhaCaField}` },
      'it holds no PEM certificate',
      'Put the authorities to trust there as PEM, or delete the ConfigMap',
    ),
  ];
}
