/** A Secret as it is found, read once for all policies. */
import type { KeyObject } from 'node:crypto';
import { signerLabel, signerLabelValue } from '../api/key-pair.ts';
import type { Secret } from '../api/kubernetes.ts';
import { authorityNamePrefix } from './constants.ts';
import { type Inspection, inspectCertificate, parsePrivateKey } from './inspect.ts';
import { type PairFields, readPairFields } from './secret-fields.ts';

/** A Secret with what could be read of it. */
export interface Candidate {
  readonly secret: Secret;
  /** As `Secret tigera-operator/typha-certs`. */
  readonly object: string;
  readonly fields: PairFields;
  readonly inspection?: Inspection;
  readonly key?: KeyObject;
  /** The operator, this one or an earlier one, issued it: it may be replaced. */
  readonly ours: boolean;
}

/** Reads a Secret of the operator's namespace. `role` says whose common name tells that it is ours. */
export function readCandidate(secret: Secret, namespace: string, role: 'authority' | 'leaf'): Candidate {
  const fields = readPairFields(secret);
  const inspection = inspectCertificate(fields.certificate);
  const key = parsePrivateKey(fields.privateKey);
  return {
    secret,
    object: `Secret ${namespace}/${secret.metadata.name}`,
    fields,
    ours: isOurs(secret, inspection, role),
    ...(inspection === undefined ? {} : { inspection }),
    ...(key === undefined ? {} : { key }),
  };
}

/**
 * Our authorities sign themselves, under a name of ours. A leaf is ours when such an authority issued it, or when its
 * Secret carries our label with the name of the issuer: so it is with an authority that a user supplied. A user who
 * fills in a copy of our Secret leaves a label that doesn't fit.
 */
function isOurs(secret: Secret, inspection: Inspection | undefined, role: 'authority' | 'leaf'): boolean {
  const label = secret.metadata.labels?.[signerLabel];
  if (inspection === undefined) {
    return label !== undefined;
  }
  const { commonName, issuer } = inspection;
  if (role === 'authority') {
    return issuer.startsWith(authorityNamePrefix) && commonName.startsWith(authorityNamePrefix);
  }
  return issuer.startsWith(authorityNamePrefix) || label === signerLabelValue(issuer);
}
