/** Certificates as plain data, between the code that issues them and the code that renders them. */

/** A private key with its certificate, as it stands in a Secret of type `kubernetes.io/tls` or `Opaque`. */
export interface KeyPair {
  /** Name of the Secret, the same in the operator's namespace and beside its user. */
  readonly secretName: string;
  /** PEM. May be a chain, leaf first. */
  readonly certificate: string;
  /** PEM. Never logged. */
  readonly privateKey: string;
  /** True when a user brought it: then it is never replaced, and its Secret in the operator's namespace never written. */
  readonly userProvided: boolean;
  /** RFC 3339 time after which the certificate is not valid. */
  readonly notAfter: string;
  readonly dnsNames: readonly string[];
  /** Absent when the certificate is for none. */
  readonly ipAddresses?: readonly string[];
  /** Common name that peers check: the certificate's, or key `common-name` of a user's Secret. */
  readonly commonName?: string;
  /** URI that peers check: key `uri-san` of a user's Secret. */
  readonly uriSan?: string;
  /** Further keys of a user's Secret, base64 as they stand there: copied along. */
  readonly furtherData?: Readonly<Record<string, string>>;
  /** Common name of the issuer. */
  readonly issuer: string;
  /** Changes exactly when peers must load the pair again; goes into pod annotations. */
  readonly hash: string;
}

/** How pods request a certificate from a signer of the cluster. */
export interface CertificateRequest {
  /** PEM of the signer's authority in base64. */
  readonly caCert: string;
  readonly signerName: string;
  /** As in `certificateManagement`; empty leaves it to the program that asks. */
  readonly keyAlgorithm: string;
  readonly signatureAlgorithm: string;
}

/** A change from one authority to another that is under way: see docs/adr/0009-authority-change.md. */
export interface AuthorityChange {
  /** PEM of the authorities that running pods may still have certificates of: trusted until the last has followed. */
  readonly former: string;
  /** Hash of the authority in force, and since when (RFC 3339) it is in the bundle that every pod sees. */
  readonly authority: string;
  readonly since: string;
  /** The operator's own authority, kept while a signer of the cluster takes over. */
  readonly ownAuthority?: KeyPair;
  /** Workloads that do not follow yet, with the hash of the authority that their pods run with. */
  readonly held: { readonly node?: string; readonly typha?: string };
  /** Pods of before may still request certificates. */
  readonly mayRequest: boolean;
  /** Milliseconds after which time alone brings the next step; absent when something else does. */
  readonly changesIn?: number;
}

/** Every certificate of an installation. */
export interface CertificateSet {
  /**
   * Whose certificates count: the operator's own authority, in Secret `tigera-ca-private`, or that of the signer in
   * `certificateManagement`, which has no private key here and no Secret.
   */
  readonly authority: KeyPair;
  /** Those that stand in Secrets, by Secret name: `node-certs`, `typha-certs` … */
  readonly pairs: Readonly<Record<string, KeyPair>>;
  /** Those that pods request for themselves, by the name of the Secret that they stand for. */
  readonly requests?: Readonly<Record<string, CertificateRequest>>;
  readonly change?: AuthorityChange;
  /** PEM of every authority that components trust, in stable order. */
  readonly trustBundle: string;
  /** PEM of the public roots that components use for outside connections. */
  readonly systemRoots: string;
}

/** Label on every Secret that the operator writes: who signed it, as a label value. */
export const signerLabel = 'certificates.operator.tigera.io/signer';

/** A common name as a value of `signerLabel`; the rule of the reference operator, so that its Secrets are recognised. */
export function signerLabelValue(commonName: string): string {
  const safe = commonName
    .replaceAll(/[^A-Za-z0-9_.-]/g, '-')
    .slice(0, 63)
    .replaceAll(/^[-_.]+|[-_.]+$/g, '');
  return safe === '' ? 'unknown' : safe;
}

/** Key of the annotation that holds the hash of a Secret of the operator's namespace. */
export function hashAnnotation(operatorNamespace: string, secretName: string): string {
  return `${operatorNamespace}.hash.operator.tigera.io/${secretName}`;
}

/** Secret of the operator's namespace that remembers, during a change, the authorities of before. */
export const formerAuthoritySecretName = 'tigera-ca-retiring';

/** Its data keys. */
export const formerAuthorityFields = {
  former: 'ca.crt',
  authority: 'authority',
  since: 'since',
  mayRequest: 'pods-may-request',
} as const;

/** Name of the init container that requests a pair. */
export const provisionerName = (secretName: string): string => `${secretName}-key-cert-provisioner`;
