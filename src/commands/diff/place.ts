/** What the operator knows of its own place and this program does not: read from what it has made. */
import type { ConfigMap, DaemonSet, KubeObject } from '../../api/kubernetes.ts';
import { refOf } from '../../apply/refs.ts';
import type { Surroundings } from '../../controllers/installation/gather.ts';
import type { Stores } from '../../controllers/installation/stores.ts';
import { calicoNamespace, names } from '../../render/shared/names.ts';

/** Where hosts reach the API server. */
export type Endpoint = NonNullable<Surroundings['apiEndpoint']>;

/** The operator's place. */
export interface Place extends Surroundings {
  readonly serviceAccount: string;
  /** PEM of the public roots that its image carries. */
  readonly systemRoots: string;
}

/** What is assumed where the operator has made nothing yet. */
export interface Assumed {
  readonly operatorNamespace: string;
  readonly kubernetesService?: Endpoint;
  readonly systemRoots: string;
}

/**
 * The place of the operator that made the live objects. Its pod's environment, its account and the roots in its image
 * may differ from those of this process, and none of that is a change that anybody asked for.
 */
export function placeOf({ live }: Pick<Stores, 'live'>, assumed: Assumed): Place {
  const find = (kind: string, apiVersion: string, name: string): KubeObject | undefined =>
    live(refOf({ apiVersion, kind, metadata: { name, namespace: calicoNamespace } }));
  const node = find('DaemonSet', 'apps/v1', names.node) as DaemonSet | undefined;
  const bundle = find('ConfigMap', 'v1', names.trustBundle) as ConfigMap | undefined;
  const binding = find('RoleBinding', 'rbac.authorization.k8s.io/v1', 'tigera-operator-secrets');
  const apiEndpoint = node === undefined ? assumed.kubernetesService : endpointOf(node);
  return {
    operatorNamespace: assumed.operatorNamespace,
    // No rendered object depends on it.
    clusterDomain: 'cluster.local',
    ...(apiEndpoint === undefined ? {} : { apiEndpoint }),
    serviceAccount: subjectOf(binding) ?? 'tigera-operator',
    systemRoots: bundle?.data?.['ca-bundle.crt'] ?? assumed.systemRoots,
  };
}

function endpointOf(node: DaemonSet): Endpoint | undefined {
  const env = node.spec?.template.spec?.containers.find(({ name }) => name === names.node)?.env ?? [];
  const valueOf = (wanted: string): string | undefined => env.find(({ name }) => name === wanted)?.value;
  const host = valueOf('KUBERNETES_SERVICE_HOST');
  const port = valueOf('KUBERNETES_SERVICE_PORT');
  return host === undefined || port === undefined ? undefined : { host, port };
}

function subjectOf(binding: KubeObject | undefined): string | undefined {
  const { subjects = [] } = (binding ?? {}) as { readonly subjects?: readonly { readonly name: string }[] };
  return subjects[0]?.name;
}
