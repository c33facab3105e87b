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

/** Every certificate of an installation. */
export interface CertificateSet {
  /** The operator's own authority, in Secret `tigera-ca-private`. */
  readonly authority: KeyPair;
  /** By Secret name: `node-certs`, `typha-certs` … */
  readonly pairs: Readonly<Record<string, KeyPair>>;
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
