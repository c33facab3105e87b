/** Carries out a plan: makes what is to be issued, keeps the rest. */
import type { CertificateRequest, CertificateSet, KeyPair } from '../api/key-pair.ts';
import type { Warning } from '../api/refusal.ts';
import { authoritySecretName } from './constants.ts';
import { Drafts } from './drafts.ts';
import { inspectCertificate } from './inspect.ts';
import { describePair } from './pairs.ts';
import { type Generator, makeAuthority, makeLeaf, type Signed } from './sign.ts';
import { buildTrustBundle } from './trust-bundle.ts';
import type { CertificatePlan, IssueReason } from './types.ts';

/** A pair that was made, and why. */
export interface IssueNote {
  readonly secretName: string;
  readonly reason: IssueReason;
  readonly notAfter: string;
}

/** The certificates to render, and what became of the plan. */
export interface IssueResult {
  readonly set: CertificateSet;
  /** False when everything was kept, so that there is nothing new to write. */
  readonly changed: boolean;
  readonly issued: readonly IssueNote[];
  readonly warnings: readonly Warning[];
}

/**
 * Issues what the plan says, at the plan's time. Rejects only when the platform's cryptography fails.
 * @param drafts what was issued before and is not stored yet; updated
 */
export async function issueCertificates(
  plan: CertificatePlan,
  generator: Generator,
  drafts: Drafts = new Drafts(),
): Promise<IssueResult> {
  const { now, operatorNamespace, typhaCa, systemRoots } = plan.input;
  if (plan.authority.kind === 'keep') drafts.forget(authoritySecretName);
  const authority = {
    decision: plan.authority,
    pair:
      plan.authority.kind === 'keep'
        ? plan.authority.pair
        : toPair(
            authoritySecretName,
            await drafts.take(authoritySecretName, 'authority', now, () => makeAuthority(now, generator)),
          ),
  };
  const pairs = await Promise.all(
    plan.pairs.map(async ({ wanted, decision }) => {
      if (decision.kind === 'request') return undefined;
      if (decision.kind === 'keep') {
        drafts.forget(wanted.secretName);
        return { decision, pair: decision.pair };
      }
      const purpose = JSON.stringify([wanted, authority.pair.certificate]);
      const make = () => makeLeaf(wanted, authority.pair, now, generator);
      const signed = await drafts.take(wanted.secretName, purpose, now, make);
      return { decision, pair: toPair(wanted.secretName, signed) };
    }),
  );
  const inSecrets = pairs.filter((pair) => pair !== undefined);
  const change = plan.change && { ...plan.change, authority: authority.pair.hash };
  const trustBundle = buildTrustBundle({
    operatorNamespace,
    authority: authority.pair,
    pairs: inSecrets.map(({ pair }) => pair),
    ...(change === undefined ? {} : { former: change.former }),
    ...(typhaCa === undefined ? {} : { typhaCa }),
  });
  const issued = [authority, ...inSecrets].flatMap(({ decision, pair: { secretName, notAfter } }) =>
    decision.kind === 'issue' ? [{ secretName, reason: decision.reason, notAfter }] : [],
  );
  return {
    set: {
      authority: authority.pair,
      pairs: Object.fromEntries(inSecrets.map(({ pair }) => [pair.secretName, pair])),
      requests: requestsOf(plan),
      ...(change === undefined ? {} : { change }),
      trustBundle,
      systemRoots,
    },
    changed: issued.length > 0,
    issued,
    warnings: plan.warnings,
  };
}

/** What pods request, by the name of the Secret that it stands for. */
export function requestsOf({ pairs }: CertificatePlan): Readonly<Record<string, CertificateRequest>> {
  return Object.fromEntries(
    pairs.flatMap(({ wanted, request }) => (request === undefined ? [] : [[wanted.secretName, request]])),
  );
}

function toPair(secretName: string, signed: Signed): KeyPair {
  const inspection = inspectCertificate(signed.certificate);
  if (inspection === undefined) {
    throw new TypeError(`the certificate made for Secret ${secretName} can not be parsed`);
  }
  return describePair(secretName, signed, inspection);
}
