/** What users are told about certificates. */
import type { Refusal, Warning } from '../api/refusal.ts';

/** Reason of the condition when a user's certificate or Secret can't be used. */
export const refusedReason = 'CertificateError';

/** Reason of the warning about a user's certificate that still works. */
export const warningReason = 'CertificateWarning';

/** Where a problem lies. */
export interface Place {
  /** As `Secret tigera-operator/typha-certs`. */
  readonly object: string;
  readonly field: string;
}

/** A refusal at a place. */
export const refuse = (place: Place, problem: string, cure: string): Refusal => ({
  reason: refusedReason,
  object: place.object,
  field: place.field,
  problem,
  cure,
});

/** A warning at a place. */
export const warn = (place: Place, problem: string, cure: string): Warning => ({
  ...refuse(place, problem, cure),
  reason: warningReason,
});

/** A time as certificates print it in messages: to the second, UTC. */
export const formatTime = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().replace('.000Z', 'Z');
