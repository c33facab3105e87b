/** Workloads and decisions for tests of the transition. */
import type { DaemonSet, Deployment } from '../../../api/kubernetes.ts';
import type { TyphaDecision } from '../../../resolve/types.ts';

/** A DaemonSet calico-node, by default one that is rolled out on three nodes. */
export function nodeWith(options: {
  readonly uses: boolean;
  readonly pods?: number;
  readonly updated?: number;
  readonly available?: number;
  readonly observed?: boolean;
  readonly maxSurge?: number | string;
}): DaemonSet {
  const { uses, pods = 3, updated = pods, available = pods, observed = true, maxSurge } = options;
  const env = uses ? [{ name: 'FELIX_TYPHAK8SSERVICENAME', value: 'calico-typha' }] : [];
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'calico-node', namespace: 'calico-system', generation: 2 },
    spec: {
      selector: {},
      template: { spec: { containers: [{ name: 'calico-node', env }] } },
      ...(maxSurge === undefined ? {} : { updateStrategy: { rollingUpdate: { maxSurge } } }),
    },
    status: {
      observedGeneration: observed ? 2 : 1,
      desiredNumberScheduled: pods,
      updatedNumberScheduled: updated,
      numberAvailable: available,
      currentNumberScheduled: pods,
      numberMisscheduled: 0,
      numberReady: available,
    },
  };
}

/** A Deployment calico-typha that was made at the beginning of 2026. */
export function typhaWith(availableReplicas: number, observed = true): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'calico-typha',
      namespace: 'calico-system',
      generation: 2,
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    status: { observedGeneration: observed ? 2 : 1, availableReplicas },
  };
}

/** A decision of Auto with the usual limits; three replicas. */
export function decisionWith(changes: Partial<TyphaDecision>): TyphaDecision {
  return {
    mode: 'Auto',
    wanted: true,
    replicas: 3,
    asked: 3,
    hosts: 60,
    nodes: 60,
    switchOnAbove: 50,
    switchOffBelow: 40,
    switchOffAfter: 600_000,
    ...changes,
  };
}
