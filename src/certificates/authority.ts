/** Decides whose certificates count. */
import { readCandidate } from './candidate.ts';
import { authoritySecretName } from './constants.ts';
import { judge } from './judge.ts';
import { decideSignerAuthority } from './signer-authority.ts';
import type { CertificateInput, Decision } from './types.ts';

/** The operator's own authority, or that of the cluster's signer. */
export function decideAuthority(input: CertificateInput): Decision {
  const { management, now } = input;
  return management === undefined ? decideOwnAuthority(input) : decideSignerAuthority(management, now);
}

/** The operator's own authority as it stands in its Secret. */
export function decideOwnAuthority({ secrets, operatorNamespace, now }: CertificateInput): Decision {
  const secret = secrets[authoritySecretName];
  // Deployment tools make the Secret empty ahead of time, and the reference operator fills it: so do we.
  if (secret === undefined || Object.values(secret.data ?? {}).every((value) => value === '')) {
    return { kind: 'issue', reason: 'Missing' };
  }
  return judge(readCandidate(secret, operatorNamespace, 'authority'), { now });
}
