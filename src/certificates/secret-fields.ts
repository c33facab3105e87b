/** Reading a key pair out of a Secret. */
import type { Secret } from '../api/kubernetes.ts';

/** Key and certificate of a Secret as text; empty where absent. */
export interface PairFields {
  readonly certificate: string;
  readonly privateKey: string;
  /** Names of the keys that they stand in, for messages. */
  readonly certificateField: string;
  readonly keyField: string;
  /** All other data, base64 as it stands. */
  readonly further: Readonly<Record<string, string>>;
}

/** Names in use for [key, certificate]: the standard first, then those of older releases, in fixed order. */
const fieldNames: readonly (readonly [key: string, certificate: string])[] = [
  ['tls.key', 'tls.crt'],
  ['key', 'cert'],
  ['apiserver.key', 'apiserver.crt'],
  ['key.key', 'cert.crt'],
  ['managed-cluster.key', 'managed-cluster.crt'],
  ['management-cluster.key', 'management-cluster.crt'],
];

/** The text of a data key; empty when absent. */
export function readText(secret: Secret, field: string): string {
  return Buffer.from(secret.data?.[field] ?? '', 'base64').toString('utf8');
}

/** The first pair of fields that holds a certificate; else the first that holds a key; else empty texts. */
export function readPairFields(secret: Secret): PairFields {
  const data = secret.data ?? {};
  const holds = (field: string): boolean => (data[field] ?? '') !== '';
  const [keyField, certificateField] =
    fieldNames.find(([, certificate]) => holds(certificate)) ??
    fieldNames.find(([key]) => holds(key)) ??
    (['tls.key', 'tls.crt'] as const);
  const further = Object.entries(data).filter(([field]) => field !== keyField && field !== certificateField);
  return {
    certificate: readText(secret, certificateField),
    privateKey: readText(secret, keyField),
    certificateField,
    keyField,
    further: Object.fromEntries(further),
  };
}
