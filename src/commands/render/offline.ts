/** From objects to objects: what the operator would make in a cluster with just these. */
import type { KubeObject } from '../../api/kubernetes.ts';
import type { Refusal, Warning } from '../../api/refusal.ts';
import { decide, renderAll } from '../../controllers/installation/desired.ts';
import type { Surroundings } from '../../controllers/installation/gather.ts';
import { poolOwnership } from '../../render/ip-pools/ownership.ts';
import { offlineCertificates } from './certificates.ts';
import { snapshotFrom } from './snapshot.ts';

/** What would be made, or why nothing would. */
export type Rendering =
  | {
      readonly kind: 'rendered';
      readonly objects: readonly KubeObject[];
      readonly warnings: readonly Warning[];
    }
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[]; readonly warnings: readonly Warning[] }
  | { readonly kind: 'nothing asked for' };

/** Where the operator would run. */
export interface OperatorPlace extends Surroundings {
  readonly serviceAccount: string;
  readonly version: string;
}

/**
 * Decides and renders with the functions of the operator itself. Rollouts count as finished: Typha, where it is wanted,
 * is there and used. Objects carry no owner references, since only a cluster gives uids. Pure.
 */
export function renderOffline(objects: readonly KubeObject[], place: OperatorPlace): Rendering {
  const offline = snapshotFrom(objects, place);
  if (offline === undefined) return { kind: 'nothing asked for' };
  const { snapshot, live } = offline;
  const decision = decide(snapshot);
  if (decision.kind === 'refused') return decision;
  const { resolved } = decision;
  const certificates = offlineCertificates(snapshot);
  const pools = poolOwnership(snapshot.pools, resolved);
  const warnings = [...resolved.warnings, ...certificates.warnings, ...pools.warnings];
  const refusals = [...(certificates.kind === 'refused' ? certificates.refusals : []), ...pools.refusals];
  if (certificates.kind === 'refused' || refusals.length > 0) return { kind: 'refused', refusals, warnings };
  const desired = renderAll(resolved, {
    snapshot,
    certificates: certificates.set,
    live,
    phase: { typhaDeployed: resolved.typha.wanted, felixUsesTypha: resolved.typha.wanted },
    operator: {
      namespace: place.operatorNamespace,
      serviceAccount: place.serviceAccount,
      version: place.version,
    },
  });
  return { kind: 'rendered', objects: desired.map(({ object }) => object), warnings };
}
