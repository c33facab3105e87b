/** What the rest of the program may ask of the API server. The only implementation that opens a socket is in this folder. */
import type { KubeObject } from '../api/kubernetes.ts';
import type { ResourceType } from '../api/resources.ts';

/** One object's address. */
export interface ObjectRef {
  readonly resource: ResourceType;
  readonly namespace?: string;
  readonly name: string;
}

/** A set of objects: all of a resource, narrowed by namespace and selectors. */
export interface Selection {
  readonly resource: ResourceType;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface ApplyOptions {
  readonly fieldManager: string;
  readonly dryRun?: boolean;
  /** `status` for the status subresource. */
  readonly subresource?: 'status';
  readonly signal?: AbortSignal;
}

export interface DeleteOptions {
  /** Precondition: delete only this incarnation. */
  readonly uid?: string;
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
  readonly signal?: AbortSignal;
}

export interface PatchOptions {
  readonly subresource?: 'status' | 'scale';
  readonly fieldManager: string;
  readonly signal?: AbortSignal;
}

/** Requests return parsed JSON untouched; failures throw `StatusError` or `TransportError` (errors.ts). */
export interface KubeClient {
  get(ref: ObjectRef, options?: { readonly signal?: AbortSignal }): Promise<KubeObject>;
  list(selection: Selection, options?: { readonly signal?: AbortSignal }): Promise<readonly KubeObject[]>;
  /** Server-side apply, forced. Answers with the object as stored. */
  apply(resource: ResourceType, object: KubeObject, options: ApplyOptions): Promise<KubeObject>;
  create(resource: ResourceType, object: KubeObject, options: PatchOptions): Promise<KubeObject>;
  /** JSON merge patch. Put `metadata.resourceVersion` into it for an optimistic lock. */
  mergePatch(ref: ObjectRef, patch: object, options: PatchOptions): Promise<KubeObject>;
  /** JSON patch (RFC 6902), with `test` operations as preconditions. */
  jsonPatch(ref: ObjectRef, operations: readonly object[], options: PatchOptions): Promise<KubeObject>;
  /** Optimistic replace; used for Leases. */
  replace(ref: ObjectRef, object: KubeObject, options: PatchOptions): Promise<KubeObject>;
  /** Resolves also when the object is already gone. */
  delete(ref: ObjectRef, options?: DeleteOptions): Promise<void>;
  /** Paths like `/version` or `/apis`, for discovery. */
  getPath(path: string, options?: { readonly signal?: AbortSignal }): Promise<unknown>;
}
