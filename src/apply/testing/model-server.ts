/**
 * The parts of an API server that planning relies on, in memory: server-side apply with field ownership, updates by
 * others, defaults, canonical quantities, dropped zero values, uids and deletion with preconditions. For tests; what it
 * claims is checked against a real one in test/cluster/apply.test.ts.
 */
import type { KubeObject } from '../../api/kubernetes.ts';
import type { ResourceType } from '../../api/resources.ts';
import { StatusError } from '../../kube/errors.ts';
import type { ApplyOptions, DeleteOptions, KubeClient, ObjectRef } from '../../kube/types.ts';
import type { JsonObject } from '../json.ts';
import { keyOf, refOf } from '../refs.ts';
import { type FieldKey, fieldsV1, flatten, split, unflatten } from './fields.ts';

interface Stored {
  readonly uid: string;
  readonly identity: Pick<KubeObject, 'apiVersion' | 'kind'> & {
    readonly name: string;
    readonly namespace?: string;
  };
  fields: Map<FieldKey, unknown>;
  version: number;
  deletionTimestamp?: string;
  readonly managers: Map<string, { readonly operation: 'Apply' | 'Update'; fields: Set<FieldKey> }>;
}

/** The server, usable as the client that `execute` wants. */
export class ModelServer implements Pick<KubeClient, 'apply' | 'delete' | 'mergePatch'> {
  readonly #objects = new Map<string, Stored>();
  #sequence = 0;
  /** Requests that changed something or would have. */
  writes = 0;

  /** The live object, as the cache would hold it. */
  get(ref: ObjectRef): KubeObject | undefined {
    const stored = this.#objects.get(keyOf(ref));
    return stored === undefined ? undefined : toObject(stored);
  }

  list(): readonly KubeObject[] {
    return [...this.#objects.values()].map(toObject);
  }

  apply(_resource: ResourceType, object: KubeObject, options: ApplyOptions): Promise<KubeObject> {
    this.writes += 1;
    const stored = this.#find(object);
    const desired = contentOf(object);
    const mine = stored.managers.get(options.fieldManager)?.fields ?? new Set();
    const others = [...stored.managers].filter(([name]) => name !== options.fieldManager);
    for (const key of mine) {
      if (!desired.has(key) && !others.some(([, { fields }]) => fields.has(key))) {
        this.#drop(stored, key, others);
      }
    }
    for (const [key, value] of desired) {
      if (stored.fields.has(key) && stored.fields.get(key) !== canonical(key, value)) {
        others.forEach(([, { fields }]) => fields.delete(key));
      }
    }
    stored.fields = admitted(merged(desired, stored.fields));
    stored.managers.set(options.fieldManager, { operation: 'Apply', fields: new Set(desired.keys()) });
    stored.version = ++this.#sequence;
    return Promise.resolve(toObject(stored));
  }

  /** Knows the empty patch alone, which reads. */
  mergePatch(ref: ObjectRef, patch: object): Promise<KubeObject> {
    const live = this.get(ref);
    return live === undefined || Object.keys(patch).length > 0
      ? Promise.reject(new StatusError('only reads', { code: 404, reason: 'NotFound' }))
      : Promise.resolve(live);
  }

  delete(ref: ObjectRef, options: DeleteOptions = {}): Promise<void> {
    this.writes += 1;
    const stored = this.#objects.get(keyOf(ref));
    if (stored !== undefined && options.uid !== undefined && options.uid !== stored.uid) {
      return Promise.reject(new StatusError('uid differs', { code: 409, reason: 'Conflict' }));
    }
    this.#objects.delete(keyOf(ref));
    return Promise.resolve();
  }

  /** Another program's update: each field is set, or removed when its value is undefined. */
  update(ref: ObjectRef, manager: string, changes: ReadonlyMap<FieldKey, unknown>): void {
    const stored = this.#objects.get(keyOf(ref));
    if (stored === undefined) {
      return;
    }
    const own = stored.managers.get(manager)?.fields ?? new Set();
    for (const [key, value] of changes) {
      if (value === undefined ? stored.fields.delete(key) : stored.fields.get(key) !== value) {
        stored.managers.forEach(({ fields }) => fields.delete(key));
        if (value !== undefined) {
          stored.fields.set(key, value);
          own.add(key);
        }
      }
    }
    stored.managers.set(manager, { operation: 'Update', fields: own });
    stored.version = ++this.#sequence;
  }

  /** What a delete with finalizers or in foreground does first. */
  markDeleted(ref: ObjectRef, time: string): void {
    const stored = this.#objects.get(keyOf(ref));
    if (stored !== undefined) {
      stored.deletionTimestamp = time;
      stored.version = ++this.#sequence;
    }
  }

  /** With an item of a list goes everything in it that nobody else owns. */
  #drop(
    stored: Stored,
    key: FieldKey,
    others: readonly (readonly [string, { readonly fields: ReadonlySet<FieldKey> }])[],
  ): void {
    for (const inner of [...stored.fields.keys()]) {
      const inside = inner === key || inner.startsWith(`${key}\u0000`);
      if (inside && !others.some(([, { fields }]) => fields.has(inner))) {
        stored.fields.delete(inner);
      }
    }
  }

  #find(object: KubeObject): Stored {
    const key = keyOf(refOf(object));
    const { name, namespace } = object.metadata;
    const { apiVersion, kind } = object;
    const stored: Stored = this.#objects.get(key) ?? {
      uid: `uid-${++this.#sequence}`,
      identity: { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) },
      fields: new Map(),
      version: 0,
      managers: new Map(),
    };
    this.#objects.set(key, stored);
    return stored;
  }
}

function contentOf(object: KubeObject): Map<FieldKey, unknown> {
  const { apiVersion: _, kind: __, metadata, ...rest } = object;
  const { name: ___, namespace: ____, ...meta } = metadata;
  return flatten(Object.keys(meta).length === 0 ? rest : { metadata: meta, ...rest });
}

/** Applied fields in their order, then those of others. */
function merged(
  desired: ReadonlyMap<FieldKey, unknown>,
  live: ReadonlyMap<FieldKey, unknown>,
): Map<FieldKey, unknown> {
  return new Map([
    ...[...desired].map(([key, value]) => [key, canonical(key, value)] as const),
    ...withoutKeys(live, desired),
  ]);
}

function withoutKeys(
  live: ReadonlyMap<FieldKey, unknown>,
  other: ReadonlyMap<FieldKey, unknown>,
): Map<FieldKey, unknown> {
  return new Map([...live].filter(([key]) => !other.has(key)));
}

/** Thousandths that are whole become whole, as the API server does. */
function canonical(key: FieldKey, value: unknown): unknown {
  const isLimit = split(key).at(-2) === 'f:limits';
  return isLimit && typeof value === 'string' && value.endsWith('000m') ? value.slice(0, -4) : value;
}

/** Zero values are not stored, and each container gets a default that nobody owns. */
function admitted(fields: ReadonlyMap<FieldKey, unknown>): Map<FieldKey, unknown> {
  const kept = new Map([...fields].filter(([, value]) => value !== false && value !== '' && value !== 0));
  for (const key of fields.keys()) {
    const path = split(key);
    const policy = [key, 'f:imagePullPolicy'].join('\u0000');
    if (path.at(-2) === 'f:containers' && !kept.has(policy)) {
      kept.set(policy, 'IfNotPresent');
    }
  }
  return kept;
}

function toObject(stored: Stored): KubeObject {
  const { metadata, ...content } = unflatten(stored.fields) as { readonly metadata?: JsonObject };
  const { apiVersion, kind, ...name } = stored.identity;
  const entries = [...stored.managers].map(([manager, { operation, fields }]) => ({
    manager,
    operation,
    apiVersion,
    fieldsType: 'FieldsV1',
    fieldsV1: fieldsV1(fields),
  }));
  return {
    apiVersion,
    kind,
    metadata: {
      ...metadata,
      ...name,
      uid: stored.uid,
      resourceVersion: String(stored.version),
      managedFields: entries,
      ...(stored.deletionTimestamp === undefined ? {} : { deletionTimestamp: stored.deletionTimestamp }),
    },
    ...content,
  };
}
