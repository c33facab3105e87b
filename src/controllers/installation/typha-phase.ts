/** Where Typha stands on its way on or off: make before break, read from the cluster alone so that it survives restarts. */
import type { DaemonSet, Deployment } from '../../api/kubernetes.ts';
import type { Phase } from '../../render/types.ts';

/** What the cluster shows of the transition. */
export interface TyphaFacts {
  readonly wanted: boolean;
  readonly node?: DaemonSet;
  readonly typha?: Deployment;
}

/**
 * On: Typha is deployed, and Felix is pointed at it once a replica is available. Off: Felix is taken off, and Typha goes
 * when every node runs without it. calico-node is never left pointing at a Typha that isn't there.
 */
export function typhaPhase({ wanted, node, typha }: TyphaFacts): Phase {
  const used = usesTypha(node);
  if (wanted) {
    return { typhaDeployed: true, felixUsesTypha: used || (typha?.status?.availableReplicas ?? 0) > 0 };
  }
  return { typhaDeployed: typha !== undefined && (used || !isRolledOut(node)), felixUsesTypha: false };
}

function usesTypha(node: DaemonSet | undefined): boolean {
  const containers = node?.spec?.template.spec?.containers ?? [];
  return containers.some(({ env }) => env?.some(({ name }) => name === 'FELIX_TYPHAK8SSERVICENAME') ?? false);
}

function isRolledOut(node: DaemonSet | undefined): boolean {
  const status = node?.status;
  if (node === undefined || status === undefined) return true;
  const current = (status.observedGeneration ?? 0) >= (node.metadata.generation ?? 0);
  return current && (status.updatedNumberScheduled ?? 0) >= status.desiredNumberScheduled;
}
