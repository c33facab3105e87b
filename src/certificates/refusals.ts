/** What users are told about certificates. */
import { reasons } from '../api/conditions.ts';
import type { Refusal, Warning } from '../api/refusal.ts';

/** Where a problem lies. */
export interface Place {
  /** As `Secret tigera-operator/typha-certs`. */
  readonly object: string;
  readonly field: string;
}

/** A refusal at a place. */
export const refuse = (place: Place, problem: string, cure: string): Refusal => ({
  reason: reasons.CertificateError,
  object: place.object,
  field: place.field,
  problem,
  cure,
});

/** A warning at a place; one that only time brings has a reason of its own. */
export const warn = (place: Place, problem: string, cure: string, expiring: boolean): Warning => ({
  ...refuse(place, problem, cure),
  reason: expiring ? reasons.CertificateExpiring : reasons.ConfigurationWarning,
});

/** A time as certificates print it in messages: to the second, UTC. */
export const formatTime = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().replace('.000Z', 'Z');
