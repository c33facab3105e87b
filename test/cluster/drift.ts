/** How somebody else changes what is the operator's: an edit for each kind, and what has to be as before. */
import type { KubeObject } from '../../src/api/kubernetes.ts';
import type { ApiClient } from '../control-plane/api-client.ts';
import { madeObjects } from './harness.ts';

/** A label that the operator sets on nearly everything. */
export const nameLabel = 'app.kubernetes.io/name';

/** Every object that was made; last what everything else hangs on: with the authority, every certificate is made anew. */
export async function madeInOrder(api: ApiClient): Promise<readonly KubeObject[]> {
  const isLate = ({ kind, metadata }: KubeObject): boolean =>
    kind === 'Namespace' || metadata.name === 'tigera-ca-private';
  const all = await madeObjects(api);
  return [...all.filter((object) => !isLate(object)), ...all.filter(isLate)];
}

/** An edit of fields that the operator owns, by kind; a label where nothing else is; undefined where that isn't either. */
export function editOf(object: KubeObject & { readonly data?: object }): object | undefined {
  const edit = edits[object.kind];
  if (edit !== undefined) return edit;
  if (object.metadata.labels?.[nameLabel] === undefined) return undefined;
  return object.kind === 'ConfigMap'
    ? { data: Object.fromEntries(Object.keys(object.data ?? {}).map((key) => [key, 'edited'])) }
    : { metadata: { labels: { [nameLabel]: 'edited' } } };
}

const edits: Readonly<Record<string, object>> = {
  DaemonSet: { spec: { template: { spec: { priorityClassName: null, hostNetwork: false } } } },
  Deployment: { spec: { replicas: 7 } },
  ClusterRole: { rules: [] },
  ClusterRoleBinding: { subjects: [] },
  RoleBinding: { subjects: [] },
  ResourceQuota: { spec: { hard: { pods: '1' } } },
  CSIDriver: { spec: { podInfoOnMount: false } },
  IPPool: { spec: { natOutgoing: false, nodeSelector: 'none()' } },
};

/** Everything of an object but what the API server and its controllers keep in it. */
export function contentOf({ metadata, status: _status, ...rest }: KubeObject & { status?: unknown }): string {
  const { labels, annotations, ownerReferences } = metadata;
  const {
    'deprecated.daemonset.template.generation': _generation,
    'deployment.kubernetes.io/revision': _revision,
    ...own
  } = annotations ?? {};
  return JSON.stringify({ ...rest, labels, annotations: own, ownerReferences });
}
