/** When certificates expire, for metrics and status. */
import type { CertificateSet } from '../api/key-pair.ts';

/** One certificate's end. */
export interface CertificateExpiry {
  readonly secretName: string;
  /** Seconds since the epoch, as metrics have it. */
  readonly notAfter: number;
  readonly userProvided: boolean;
}

/** The authority first, then the pairs by name. */
export function certificateExpiries(set: CertificateSet): readonly CertificateExpiry[] {
  const names = Object.keys(set.pairs).sort();
  const pairs = names.flatMap((name) => set.pairs[name] ?? []);
  return [set.authority, ...pairs].map(({ secretName, notAfter, userProvided }) => ({
    secretName,
    notAfter: Date.parse(notAfter) / 1000,
    userProvided,
  }));
}
