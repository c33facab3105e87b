/**
 * Fields of an operator that ran before us. Operators without server-side apply own what they wrote as `Update`, and a
 * field that has another owner stays when we leave it out. So their ownership becomes ours before the first apply: what
 * we then leave out is gone.
 */
import type { KubeObject, ManagedFieldsEntry } from '../api/kubernetes.ts';
import type { KubeClient, ObjectRef } from '../kube/types.ts';
import { isObject, type JsonObject } from './json.ts';

/** Field managers of the reference operator: the name of its program. */
const predecessors: ReadonlySet<string> = new Set(['operator', 'tigera-operator']);

/**
 * On workloads of a manifest that stands for an operator (`render --standalone`). Whoever applied it, and whoever edited
 * it since: left in the template, a variable of it could keep calico-node from starting.
 */
export const standaloneAnnotation = 'operator.tigera.io/standalone';

/** Whether a live workload is of such a manifest. */
export const isStandalone = ({ metadata }: KubeObject): boolean =>
  metadata.annotations?.[standaloneAnnotation] !== undefined;

/** What taking over needs. */
export interface TakeOverOptions {
  readonly client: Pick<KubeClient, 'mergePatch'>;
  readonly manager: string;
  readonly signal: AbortSignal;
}

/**
 * Makes the fields of a predecessor those of `manager`; nothing of the object itself changes. One request where there is
 * none, else two.
 * @throws what the client throws; a conflict when somebody writes the object meanwhile
 */
export async function takeOver(ref: ObjectRef, { client, manager, signal }: TakeOverOptions): Promise<void> {
  const options = { fieldManager: manager, signal };
  // An empty patch reads the object with all of its managers, which the cache does not keep.
  const live = await client.mergePatch(ref, {}, options);
  const managedFields = takenOver(live, manager);
  if (managedFields === undefined) return;
  const { resourceVersion } = live.metadata;
  await client.mergePatch(ref, { metadata: { resourceVersion, managedFields } }, options);
}

/** The managers of an object once `manager` has what predecessors had; undefined if they had nothing. */
export function takenOver(live: KubeObject, manager: string): readonly ManagedFieldsEntry[] | undefined {
  const { apiVersion, metadata } = live;
  const entries = metadata.managedFields ?? [];
  const had = isStandalone(live) ? wroteManifest : wroteAsOperator;
  const theirs = entries.filter((entry) => !entry.subresource && had(entry));
  if (theirs.length === 0) return undefined;
  const fieldsV1 = theirs.reduce<JsonObject>((union, entry) => unite(union, fieldsOf(entry)), {});
  const ours: ManagedFieldsEntry = {
    manager,
    operation: 'Apply',
    apiVersion,
    fieldsType: 'FieldsV1',
    fieldsV1,
  };
  return [...entries.filter((entry) => !theirs.includes(entry)), ours];
}

const wroteAsOperator = ({ manager = '', operation }: ManagedFieldsEntry): boolean =>
  predecessors.has(manager) && operation === 'Update';

/** Everybody but the controllers of workloads. */
const wroteManifest = ({ manager }: ManagedFieldsEntry): boolean => manager !== 'kube-controller-manager';

function fieldsOf({ fieldsV1 }: ManagedFieldsEntry): JsonObject {
  return isObject(fieldsV1) ? fieldsV1 : {};
}

function unite(a: JsonObject, b: JsonObject): JsonObject {
  const merged: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const before = merged[key];
    merged[key] = isObject(before) && isObject(value) ? unite(before, value) : value;
  }
  return merged;
}
