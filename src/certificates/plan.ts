/** Decides for every certificate whether it is kept, issued, requested or refused. Pure: nothing is issued here. */
import {
  type CertificateRequest,
  formerAuthorityFields,
  formerAuthoritySecretName,
  type KeyPair,
} from '../api/key-pair.ts';
import type { Refusal } from '../api/refusal.ts';
import { decideAuthority, decideOwnAuthority } from './authority.ts';
import { readCandidate } from './candidate.ts';
import { type ChangeStep, findChange } from './change.ts';
import { pairNames } from './constants.ts';
import { findHoldings, type Holding } from './holding.ts';
import { inspectCertificate } from './inspect.ts';
import { judge, keepAsItIs } from './judge.ts';
import { liveRequest } from './live-request.ts';
import { refuse } from './refusals.ts';
import { readText } from './secret-fields.ts';
import type {
  CertificateInput,
  CertificatePlanning,
  Decision,
  PlannedChange,
  PlannedPair,
  WantedPair,
} from './types.ts';

/** Key of ConfigMap `typha-ca`. */
export const typhaCaField = 'caBundle';

/**
 * Decides about the authority and every wanted pair. All refusals come at once; with one of them nothing is issued.
 */
export function planCertificates(input: CertificateInput): CertificatePlanning {
  const authority = decideAuthority(input);
  const signer = authority.kind === 'keep' ? authority.pair : undefined;
  const step = authority.kind === 'refuse' ? undefined : findChange(input, signer);
  const holdings = step === undefined ? new Map<string, Holding>() : findHoldings(input, step);
  const pairs = input.wanted.map((wanted) => {
    const holding = holdings.get(wanted.secretName);
    return { wanted, ...decidePair(wanted, input, { signer, isChanging: step !== undefined, holding }) };
  });
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
    pairs: pairs.flatMap(({ decision, ...pair }): PlannedPair[] =>
      decision.kind === 'refuse' ? [] : [{ ...pair, decision }],
    ),
    ...(step === undefined ? {} : { change: planChange(input, step, holdings) }),
    warnings,
  };
}

interface Circumstances {
  /** Absent when the authority is about to be issued. */
  readonly signer: KeyPair | undefined;
  readonly isChanging: boolean;
  readonly holding: Holding | undefined;
}

interface PairDecision {
  readonly decision: Decision | { readonly kind: 'request' };
  readonly request?: CertificateRequest;
}

function decidePair(
  wanted: WantedPair,
  input: CertificateInput,
  { signer, isChanging, holding }: Circumstances,
): PairDecision {
  const { management, now } = input;
  const secret = input.secrets[wanted.secretName];
  const candidate = secret && readCandidate(secret, input.operatorNamespace, 'leaf');
  const authority = signer && inspectCertificate(signer.certificate)?.certificate;
  if (candidate?.ours === false) {
    return { decision: judge(candidate, { now, wanted, ...(authority && { authority }) }) };
  }
  if (holding?.kind === 'secret') return { decision: holding.decision };
  if (management !== undefined) {
    // While pods follow, those of before must find their Secret again when they are made anew.
    const kept = isChanging && candidate !== undefined ? keepAsItIs(candidate, now) : undefined;
    const { caCert, signerName, keyAlgorithm, signatureAlgorithm } = holding?.request ?? management;
    return {
      decision: kept ?? { kind: 'request' },
      request: { caCert, signerName, keyAlgorithm, signatureAlgorithm },
    };
  }
  const decision: Decision =
    candidate === undefined
      ? { kind: 'issue', reason: 'Missing' }
      : judge(candidate, { now, wanted, ...(authority && { authority }) });
  return { decision, ...(holding === undefined ? {} : { request: holding.request }) };
}

function planChange(
  input: CertificateInput,
  { former, since, held, changesIn }: ChangeStep,
  holdings: ReadonlyMap<string, Holding>,
): PlannedChange {
  const { fleet = {}, wanted, management } = input;
  const record = input.secrets[formerAuthoritySecretName];
  const own = management === undefined ? undefined : decideOwnAuthority(input);
  const hold = (workload: 'node' | 'typha') =>
    held[workload] !== undefined && holdings.has(pairNames[workload]) ? { [workload]: held[workload] } : {};
  return {
    former: former.join(''),
    since,
    ...(own?.kind === 'keep' && !own.pair.userProvided ? { ownAuthority: own.pair } : {}),
    held: { ...hold('node'), ...hold('typha') },
    mayRequest:
      (record !== undefined && readText(record, formerAuthorityFields.mayRequest) === 'true') ||
      wanted.some(({ secretName }) =>
        [fleet.node, fleet.typha].some((workload) => liveRequest(workload, secretName) !== undefined),
      ),
    ...(changesIn === undefined ? {} : { changesIn }),
  };
}

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
