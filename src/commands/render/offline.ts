/** From objects to objects: what the operator would make in a cluster with just these. */
import type { KubeObject } from '../../api/kubernetes.ts';
import type { Refusal, Warning } from '../../api/refusal.ts';
import { decide, renderAll } from '../../controllers/installation/desired.ts';
import type { Surroundings } from '../../controllers/installation/gather.ts';
import { decideKubeProxy, isSwitchedOff } from '../../controllers/installation/kube-proxy/decide.ts';
import { isReachable, kubeProxyDemand } from '../../controllers/installation/kube-proxy/demand.ts';
import { bpfRemarks } from '../../render/configuration/bpf-enabled.ts';
import { poolOwnership } from '../../render/ip-pools/ownership.ts';
import type { Resolved, Snapshot } from '../../resolve/types.ts';
import { offlineCertificates } from './certificates.ts';
import { type Offline, snapshotFrom } from './snapshot.ts';

/** What would be made, or why nothing would. */
export type Rendering =
  | {
      readonly kind: 'rendered';
      readonly objects: readonly KubeObject[];
      /** What was decided about them. */
      readonly resolved: Resolved;
      readonly snapshot: Snapshot;
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
  const certificates = offlineCertificates(snapshot, resolved.spec);
  const pools = poolOwnership(snapshot.pools, resolved);
  const windows = { refusals: [], warnings: [], ...resolved.windows };
  const warnings = [
    ...resolved.warnings,
    ...certificates.warnings,
    ...pools.warnings,
    ...bpfRemarks(resolved, snapshot, live.felix),
    ...kubeProxyRemarks(resolved, offline),
    ...windows.warnings,
  ];
  const refusals = [
    ...(certificates.kind === 'refused' ? certificates.refusals : []),
    ...pools.refusals,
    ...windows.refusals,
  ];
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
  return { kind: 'rendered', objects: desired.map(({ object }) => object), resolved, snapshot, warnings };
}

/** What the operator would have to say about kube-proxy; the rest of the installation does not wait for it. */
function kubeProxyRemarks(resolved: Resolved, { service, kubeProxy, live }: Offline): readonly Warning[] {
  const { linuxDataplane, kubeProxyManagement } = resolved.spec.calicoNetwork;
  if (kubeProxy === undefined || linuxDataplane !== 'BPF' || kubeProxyManagement !== 'Enabled') return [];
  const facts = { managed: true, wantsBpf: true, reachable: isReachable(resolved, service), now: 0 };
  const demand = kubeProxyDemand({
    ...facts,
    isOff: isSwitchedOff(kubeProxy),
    ...(live.felix === undefined ? {} : { felix: live.felix }),
  });
  const leaves = facts.reachable;
  return decideKubeProxy({ managed: true, leaves, heldOn: false, demand, daemonSet: kubeProxy }).refusals;
}
