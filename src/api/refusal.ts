/** Why something that a user asked for is not done, or done with a remark. */

/** A field's place in an object, as `spec.calicoNetwork.ipPools[0].cidr`. */
export type FieldPath = string;

/** A mistake in a user's input: nothing is written for it, and what runs keeps running. */
export interface Refusal {
  /** Reason of the condition and of the Event; one of the catalogue in conditions.ts. */
  readonly reason: string;
  /** The object at fault, as `Installation default` or `ConfigMap kube-system/kubeadm-config`. */
  readonly object: string;
  readonly field?: FieldPath;
  /** The offending value as text, bounded in length. Never a secret. */
  readonly value?: string;
  /** What is wrong, in one sentence. */
  readonly problem: string;
  /** What the user can do about it, in one sentence. */
  readonly cure: string;
}

/** A remark on input that is accepted: shown in status and as an Event, blocks nothing. */
export type Warning = Refusal;

/** A refusal as one line: object, field, value, problem and cure. */
export function describeRefusal(refusal: Refusal): string {
  const place = refusal.field === undefined ? refusal.object : `${refusal.object}: ${refusal.field}`;
  const value = refusal.value === undefined ? '' : ` ${JSON.stringify(refusal.value)}`;
  return `${place}${value}: ${refusal.problem}. ${refusal.cure}.`;
}
