import type { ApiClient } from './api-client.ts';

/** What can be wrong with a fake pod; the stages in `stages/pods.yaml` act on it. */
export type PodFault = 'not-ready' | 'crash-loop' | 'image-pull';

/** Annotation that holds a pod's fault. A value no stage knows leaves the pod's status to the test. */
export const podFaultAnnotation = 'control-plane.test/fault';

const manual = 'manual';

export async function setPodFault(
  api: ApiClient,
  namespace: string,
  name: string,
  fault: PodFault | undefined,
): Promise<void> {
  await annotate(api, namespace, name, fault ?? null);
}

export async function setPodStatus(
  api: ApiClient,
  namespace: string,
  name: string,
  status: object,
): Promise<void> {
  await annotate(api, namespace, name, manual);
  await api.mergePatch(`/api/v1/namespaces/${namespace}/pods/${name}/status`, { status });
}

async function annotate(
  api: ApiClient,
  namespace: string,
  name: string,
  value: string | null,
): Promise<void> {
  await api.mergePatch(`/api/v1/namespaces/${namespace}/pods/${name}`, {
    metadata: { annotations: { [podFaultAnnotation]: value } },
  });
}
