/** The state of a cluster in a form in which two runs can be compared. */
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { madeObjects } from '../cluster/harness.ts';
import type { ApiClient } from '../control-plane/api-client.ts';

/** Made by the server, or counted by it, at each run anew. */
const volatileAnnotations = ['deprecated.daemonset.template.generation', 'deployment.kubernetes.io/revision'];
const serverFields = new Set(['clusterIP', 'clusterIPs']);

/** Certificates, keys and what is computed from them differ from run to run; that they are there does not. */
const isMaterial = (key: string, value: string): boolean =>
  /^certificates\.operator\.tigera\.io\/|\.(crt|key)$/.test(key) ||
  /-----BEGIN/.test(value) ||
  /^[0-9a-f]{40,64}$/.test(value);

/** Everything that the operator has made, in that form. */
export const readEndState = async (api: ApiClient): Promise<readonly unknown[]> =>
  normalised(await madeObjects(api));

/** The objects without what differs from run to run, in a stable order. */
export function normalised(objects: readonly KubeObject[]): readonly unknown[] {
  return objects
    .map(({ apiVersion, kind, metadata, status: _status, ...content }: KubeObject & { status?: unknown }) => {
      const { name, namespace, labels, annotations = {}, ownerReferences, finalizers } = metadata;
      const kept = Object.entries(annotations).filter(([key]) => !volatileAnnotations.includes(key));
      return {
        key: `${kind} ${namespace ?? ''}/${name}`,
        apiVersion,
        labels: walk(labels),
        annotations: walk(Object.fromEntries(kept)),
        finalizers,
        owners: ownerReferences?.map(({ kind: owner, name: of }) => `${owner} ${of}`),
        content:
          kind === 'Secret' ? Object.keys((content as { data?: object }).data ?? {}).sort() : walk(content),
      };
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

function walk(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(walk);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !serverFields.has(key))
      .map(([key, item]: [string, unknown]) => [
        key,
        typeof item === 'string' && isMaterial(key, item) ? '(differs)' : walk(item),
      ]),
  );
}
