/** Key pairs as the rest of the operator sees them. */
import type { KeyPair } from '../api/key-pair.ts';
import { digest, type Inspection } from './inspect.ts';
import { formatTime } from './refusals.ts';
import type { Signed } from './sign.ts';

/** A pair of our own. */
export function describePair(
  secretName: string,
  { certificate, privateKey }: Signed,
  inspection: Inspection,
): KeyPair {
  return {
    secretName,
    certificate,
    privateKey,
    userProvided: false,
    notAfter: formatTime(inspection.notAfter),
    dnsNames: inspection.dnsNames,
    ...(inspection.ipAddresses.length === 0 ? {} : { ipAddresses: inspection.ipAddresses }),
    commonName: inspection.commonName,
    issuer: inspection.issuer,
    hash: digest(certificate),
  };
}
