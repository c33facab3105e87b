/** Deleting objects in an order in which none misses another. */
import type { KubeObject } from '../api/kubernetes.ts';
import { refOf } from './refs.ts';
import type { Action, PlannedStage } from './types.ts';

/** Kinds in the order in which they are deleted; what is not named goes with the configuration. */
const order: Readonly<Record<string, number>> = {
  DaemonSet: 0,
  Deployment: 0,
  PodDisruptionBudget: 1,
  Service: 1,
  RoleBinding: 3,
  ClusterRoleBinding: 3,
  Role: 4,
  ClusterRole: 4,
  ServiceAccount: 4,
  Namespace: 5,
};
const configuration = 2;
const names = ['workloads', 'services', 'configuration', 'bindings', 'identities', 'namespaces'];

/** Where in a removal an object's kind stands; smaller goes first. */
export function removalRank(object: Pick<KubeObject, 'kind'>): number {
  return order[object.kind] ?? configuration;
}

/** A delete of exactly this incarnation. */
export function deleteAction(object: KubeObject, reason: string): Action {
  const { uid = '', finalizers = [] } = object.metadata;
  const lingers = finalizers.length > 0 || object.kind === 'Namespace';
  return { kind: 'delete', ref: refOf(object), uid, reason, lingers };
}

/** Deletions by rank: workloads before what they need, permissions late, namespaces at the end. */
export function pruneStages(
  objects: readonly KubeObject[],
  reason = 'not wanted any more',
): readonly PlannedStage[] {
  return names
    .map((name, rank) => ({
      name: `remove ${name}`,
      actions: objects
        .filter((object) => removalRank(object) === rank)
        .map((object) => deleteAction(object, reason)),
    }))
    .filter(({ actions }) => actions.length > 0);
}
