/** What certificates are wanted, and what is decided about each. */
import type { AuthorityChange, CertificateRequest, KeyPair } from '../api/key-pair.ts';
import type { ConfigMap, DaemonSet, Deployment, Secret } from '../api/kubernetes.ts';
import type { Refusal, Warning } from '../api/refusal.ts';

/** What a peer uses the certificate for. */
export type Usage = 'server' | 'client';

/** A pair that some operand needs. */
export interface WantedPair {
  readonly secretName: string;
  readonly commonName: string;
  /** Names and IP addresses that the certificate must cover. */
  readonly names: readonly string[];
  /** What a user's own certificate must allow; issued ones allow both. */
  readonly usages: readonly Usage[];
  /**
   * Peers check the common name or URI instead of the host name, as Typha and Felix do: a user's Secret must then say
   * which, in its keys `common-name` and `uri-san`.
   */
  readonly identity: 'host-name' | 'declared';
}

/** `spec.certificateManagement`: pods request their certificates from a signer of the cluster. */
export interface Management extends CertificateRequest {
  /** Which object says so, as `Installation default`. */
  readonly object: string;
}

/** The workloads that authenticate to each other, as they are in the cluster. */
export interface Fleet {
  readonly node?: DaemonSet;
  readonly typha?: Deployment;
}

/** Everything that the decision depends on. */
export interface CertificateInput {
  readonly operatorNamespace: string;
  /** Secrets of the operator's namespace, by name. Must be a synced read: an absent one is issued anew. */
  readonly secrets: Readonly<Record<string, Secret>>;
  readonly wanted: readonly WantedPair[];
  /** ConfigMap `typha-ca` of the operator's namespace: further authorities to trust, in key `caBundle`. */
  readonly typhaCa?: ConfigMap;
  /** Absent when the operator signs. */
  readonly management?: Management;
  /** Absent without a cluster. */
  readonly fleet?: Fleet;
  /** PEM of the public roots, such as `tls.rootCertificates` joined. */
  readonly systemRoots: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Why a pair is issued; a value of a metric label and of the note about it. */
export type IssueReason =
  | 'Missing'
  | 'Unreadable'
  | 'KeyMismatch'
  | 'NotYetValid'
  | 'Expired'
  | 'Expiring'
  | 'IssuerChanged'
  | 'NamesChanged'
  | 'UsagesMissing';

/** What becomes of one Secret. */
export type Decision =
  | { readonly kind: 'keep'; readonly pair: KeyPair; readonly warnings: readonly Warning[] }
  | { readonly kind: 'issue'; readonly reason: IssueReason }
  | { readonly kind: 'refuse'; readonly refusal: Refusal };

/** A decision to keep or to issue. */
export type Accepted = Exclude<Decision, { kind: 'refuse' }>;

/** What is decided about a pair: a Secret that is kept or issued, pods that request it, or for a time both. */
export interface PlannedPair {
  readonly wanted: WantedPair;
  /** `request`: there is no Secret. */
  readonly decision: Accepted | { readonly kind: 'request' };
  /** Present when pods request it. */
  readonly request?: CertificateRequest;
}

/** A change of authority; whose hash is not known before it is issued. */
export type PlannedChange = Omit<AuthorityChange, 'authority'>;

/** Everything decided, nothing issued yet. */
export interface CertificatePlan {
  readonly kind: 'plan';
  readonly input: CertificateInput;
  readonly authority: Accepted;
  readonly pairs: readonly PlannedPair[];
  readonly change?: PlannedChange;
  readonly warnings: readonly Warning[];
}

/** Decided, or every reason why not. */
export type CertificatePlanning =
  | CertificatePlan
  | {
      readonly kind: 'refused';
      readonly refusals: readonly Refusal[];
      readonly warnings: readonly Warning[];
    };
