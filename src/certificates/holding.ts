/** Pairs of workloads that do not follow a new authority yet. */
import type { CertificateRequest } from '../api/key-pair.ts';
import { readCandidate } from './candidate.ts';
import type { ChangeStep } from './change.ts';
import { pairNames } from './constants.ts';
import { keepAsItIs } from './judge.ts';
import { liveRequest } from './live-request.ts';
import type { Accepted, CertificateInput } from './types.ts';

/** How the pods of a workload that waits go on: with their Secret, or with requests as until now. */
export type Holding =
  | { readonly kind: 'secret'; readonly decision: Extract<Accepted, { kind: 'keep' }> }
  | { readonly kind: 'request'; readonly request: CertificateRequest };

/** The pairs that stay as they are, by name: of what waits, if it can. One that is broken or gone is better replaced at once. */
export function findHoldings(input: CertificateInput, { held }: ChangeStep): ReadonlyMap<string, Holding> {
  const holdings = new Map<string, Holding>();
  for (const workload of ['node', 'typha'] as const) {
    const holding = held[workload] === undefined ? undefined : findHolding(input, workload);
    if (holding !== undefined) holdings.set(pairNames[workload], holding);
  }
  return holdings;
}

function findHolding(
  { fleet = {}, secrets, operatorNamespace, now }: CertificateInput,
  workload: 'node' | 'typha',
): Holding | undefined {
  const name = pairNames[workload];
  const request = liveRequest(fleet[workload], name);
  if (request !== undefined) return { kind: 'request', request };
  const secret = secrets[name];
  const decision = secret && keepAsItIs(readCandidate(secret, operatorNamespace, 'leaf'), now);
  return decision && { kind: 'secret', decision };
}
