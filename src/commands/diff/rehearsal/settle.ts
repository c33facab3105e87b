/** What comes by itself between two steps of the operator: rollouts come through, and what is being deleted goes. */
import { isDeepStrictEqual } from 'node:util';
import type { DaemonSet, Deployment, KubeObject } from '../../../api/kubernetes.ts';
import type { Stores } from '../../../controllers/installation/stores.ts';
import type { NodeSummary } from '../../../resolve/types.ts';
import { asWorkload, podsOf } from '../rollout.ts';

/** @returns whether anything was still to come */
export function settle({ optional, owned }: Stores, nodes: NodeSummary): boolean {
  let moved = false;
  for (const store of [...owned, optional.kubeProxy]) {
    for (const object of store.list()) {
      if (object.metadata.deletionTimestamp !== undefined) {
        store.observeDeleted(object.metadata.name, object.metadata.namespace, object.metadata.uid);
        moved = true;
        continue;
      }
      const settled = rolledOut(object, nodes);
      if (isDeepStrictEqual(settled, object)) continue;
      store.observe(settled);
      moved = true;
    }
  }
  return moved;
}

/** As Kubernetes has it once every pod is of the latest template and available. */
function rolledOut(object: KubeObject, nodes: NodeSummary): KubeObject {
  const workload = asWorkload(object);
  if (workload === undefined) return object;
  const pods = podsOf(workload, nodes);
  const observedGeneration = workload.metadata.generation ?? 0;
  const status: DaemonSet['status'] | Deployment['status'] =
    workload.kind === 'DaemonSet'
      ? {
          observedGeneration,
          desiredNumberScheduled: pods,
          currentNumberScheduled: pods,
          updatedNumberScheduled: pods,
          numberAvailable: pods,
          numberReady: pods,
          numberMisscheduled: 0,
        }
      : {
          observedGeneration,
          replicas: pods,
          updatedReplicas: pods,
          availableReplicas: pods,
          readyReplicas: pods,
        };
  return { ...workload, status } as DaemonSet | Deployment;
}
