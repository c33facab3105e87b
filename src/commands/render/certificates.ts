/**
 * Certificates without a cluster: those that are given are looked at as the operator would, the others stand for what it
 * would issue. Neither time nor chance plays a part: when a certificate begins and ends is not judged.
 */
import type { CertificateSet, KeyPair } from '../../api/key-pair.ts';
import type { Refusal, Warning } from '../../api/refusal.ts';
import { readCandidate } from '../../certificates/candidate.ts';
import { authorityNamePrefix, authoritySecretName, coreCertificates } from '../../certificates/constants.ts';
import { requestsOf } from '../../certificates/issue.ts';
import { buildTrustBundle } from '../../certificates/trust-bundle.ts';
import type { Accepted, WantedPair } from '../../certificates/types.ts';
import { type CertificateContext, planFor } from '../../controllers/installation/certificates.ts';
import type { EffectiveSpec, Snapshot } from '../../resolve/types.ts';

/** Stands where the operator puts what it issues. */
export const issuedInCluster = 'issued-in-the-cluster';

const publicRoots = 'The public root certificates that the operator carries.\n';

/** The set to render, or why there is none. */
export type OfflineCertificates =
  | { readonly kind: 'certificates'; readonly set: CertificateSet; readonly warnings: readonly Warning[] }
  | {
      readonly kind: 'refused';
      readonly refusals: readonly Refusal[];
      readonly warnings: readonly Warning[];
    };

/** Certificates for a snapshot without a cluster, and the spec in effect there. Pure. */
export function offlineCertificates(snapshot: Snapshot, spec: EffectiveSpec): OfflineCertificates {
  const now = beginOfAll(snapshot.secrets, snapshot.operatorNamespace);
  return standInCertificates(snapshot, { spec, now, systemRoots: publicRoots });
}

/**
 * Those that are kept as they are, and stand-ins for those that the operator would issue. Pure.
 * Of a change of authority the end is shown: no workload waits.
 */
export function standInCertificates(
  snapshot: Snapshot,
  context: Omit<CertificateContext, 'fleet'>,
): OfflineCertificates {
  const { operatorNamespace, secrets, configMaps } = snapshot;
  const typhaCa = configMaps['typha-ca'];
  const trust = { operatorNamespace, ...(typhaCa === undefined ? {} : { typhaCa }) };
  const planning = planFor(snapshot, secrets, context);
  if (planning.kind === 'refused') return planning;
  const authority = pairOf({ secretName: authoritySecretName, names: [] }, planning.authority);
  const pairs = planning.pairs.flatMap(({ wanted, decision }) =>
    decision.kind === 'request' ? [] : [pairOf(wanted, decision)],
  );
  return {
    kind: 'certificates',
    set: {
      authority,
      pairs: Object.fromEntries(pairs.map((pair) => [pair.secretName, pair])),
      requests: requestsOf(planning),
      trustBundle: buildTrustBundle({ ...trust, authority, pairs }),
      systemRoots: context.systemRoots,
    },
    warnings: planning.warnings,
  };
}

/** The first moment at which all that are given have begun, milliseconds since the epoch. */
function beginOfAll(secrets: Snapshot['secrets'], namespace: string): number {
  const begins = [authoritySecretName, ...coreCertificates.map(({ secretName }) => secretName)].flatMap(
    (name) => {
      const secret = secrets[name];
      return secret === undefined
        ? []
        : (readCandidate(secret, namespace, 'leaf').inspection?.notBefore ?? []);
    },
  );
  return Math.max(0, ...begins);
}

function pairOf(
  wanted: Pick<WantedPair, 'secretName' | 'names'> & Partial<Pick<WantedPair, 'commonName'>>,
  decision: Accepted,
): KeyPair {
  if (decision.kind === 'keep') return decision.pair;
  return {
    secretName: wanted.secretName,
    certificate: `${issuedInCluster}\n`,
    privateKey: `${issuedInCluster}\n`,
    userProvided: false,
    notAfter: issuedInCluster,
    dnsNames: wanted.names,
    ...(wanted.commonName === undefined ? {} : { commonName: wanted.commonName }),
    issuer: authorityNamePrefix,
    hash: issuedInCluster,
  };
}
