/** Pods as the operator holds them: of a ready one only whose it is, of others what their status says. */
import type { TeardownPod } from '../../apply/teardown.ts';
import type { KubeObject, Pod } from '../../api/kubernetes.ts';
import type { Members } from '../../kube/skim.ts';
import { isReady, type ObservedPod } from '../../status/pods.ts';

/** What is kept of a pod. */
export interface PodFacts extends TeardownPod {
  /** Absent while the pod is ready and stays. */
  readonly observed?: ObservedPod;
}

/** What {@link projectPod} does not read. */
export const unreadOfPods: Members = {
  metadata: { annotations: true, managedFields: true, ownerReferences: true },
  spec: { affinity: true, containers: true, initContainers: true, tolerations: true, volumes: true },
};

/** Reduces a Pod to what status and teardown need. */
export function projectPod(object: KubeObject): PodFacts {
  const pod = object as Pod;
  const { name, namespace = '', labels, creationTimestamp } = pod.metadata;
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
  const node = pod.spec?.nodeName;
  const facts: PodFacts = {
    namespace,
    name,
    app: labels?.['k8s-app'] ?? '',
    ...(node === undefined ? {} : { node }),
    ...known({ deletionTimestamp, deletionGracePeriodSeconds }),
  };
  if (isReady(pod) && deletionTimestamp === undefined) return facts;
  const { phase, reason, message, conditions, initContainerStatuses, containerStatuses } = pod.status ?? {};
  const observed: ObservedPod = {
    metadata: known({ creationTimestamp, deletionTimestamp }),
    spec: known({ nodeName: node }),
    status: known({ phase, reason, message, conditions, initContainerStatuses, containerStatuses }),
  };
  return { ...facts, observed };
}

type Known<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Without what is undefined. */
function known<T extends object>(values: T): Known<T> {
  const kept: Known<T> = {};
  for (const key of Object.keys(values) as (keyof T)[]) {
    const value = values[key];
    if (value !== undefined) kept[key] = value as Exclude<T[keyof T], undefined>;
  }
  return kept;
}
