/** Requests for objects. */
import type { KubeObject } from '../api/kubernetes.ts';
import { apiVersionOf } from '../api/resources.ts';
import type { ResourceType } from '../api/resources.ts';
import { isExpired, isNotFound } from './errors.ts';
import { resourcePath } from './paths.ts';
import type { KubeRequest } from './request.ts';
import type { Transport } from './transport.ts';
import type { ApplyOptions, DeleteOptions, KubeClient, ObjectRef, PatchOptions, Selection } from './types.ts';

interface Signalled {
  readonly signal?: AbortSignal;
}

/** One page of a list. Items carry `apiVersion` and `kind`, which the API server leaves out of lists. */
export interface ListPage {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
  /** Asks for the next page; undefined on the last. */
  readonly continueToken: string | undefined;
}

/** Which page of a list. */
export interface PageOptions extends Signalled {
  readonly limit: number;
  readonly continueToken?: string | undefined;
  /** `0` for any state that the server has at hand; absent for the latest. Only for a first page. */
  readonly resourceVersion?: string | undefined;
  readonly metadataOnly?: boolean | undefined;
}

const pageSize = 250;

/** A client over a transport. */
export function createClient(transport: Transport): KubeClient {
  return new HttpClient(transport);
}

/** Reads one page of a list. */
export async function readPage(
  transport: Transport,
  selection: Selection,
  options: PageOptions,
): Promise<ListPage> {
  const { resource, namespace, labelSelector, fieldSelector } = selection;
  const path = resourcePath(
    { resource, namespace },
    {
      labelSelector,
      fieldSelector,
      limit: options.limit,
      continue: options.continueToken,
      resourceVersion: options.resourceVersion,
    },
  );
  const list = (await transport.send({
    method: 'GET',
    path,
    subject: { verb: 'list', resource, ...(namespace === undefined ? {} : { namespace }) },
    idempotent: true,
    accept: acceptOf(options.metadataOnly === true ? 'PartialObjectMetadataList' : undefined),
    ...signalOf(options),
  })) as {
    readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
    readonly items?: readonly KubeObject[] | null;
  };
  const next = list.metadata?.continue ?? '';
  return {
    items: (list.items ?? []).map((item) => typed(resource, item)),
    resourceVersion: list.metadata?.resourceVersion ?? '',
    continueToken: next === '' ? undefined : next,
  };
}

/** The `Accept` header for a representation of the meta group, or for whole objects. */
export function acceptOf(as: 'PartialObjectMetadata' | 'PartialObjectMetadataList' | undefined): string {
  return as === undefined ? 'application/json' : `application/json;as=${as};g=meta.k8s.io;v=v1`;
}

/** The object under its own kind, however it was represented on the wire. */
export function typed(resource: ResourceType, object: KubeObject): KubeObject {
  return { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind };
}

class HttpClient implements KubeClient {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  get(ref: ObjectRef, options: Signalled = {}): Promise<KubeObject> {
    return this.#send('get', ref, {
      method: 'GET',
      path: resourcePath(ref),
      idempotent: true,
      ...signalOf(options),
    });
  }

  async list(selection: Selection, options: Signalled = {}): Promise<readonly KubeObject[]> {
    try {
      return await this.#listPages(selection, pageSize, options);
    } catch (error) {
      // The list outlived its snapshot between two pages: take it in one piece.
      if (isExpired(error)) return this.#listPages(selection, 0, options);
      throw error;
    }
  }

  async #listPages(selection: Selection, limit: number, options: Signalled): Promise<readonly KubeObject[]> {
    const items: KubeObject[] = [];
    let continueToken: string | undefined;
    do {
      const page = await readPage(this.#transport, selection, { limit, continueToken, ...signalOf(options) });
      items.push(...page.items);
      continueToken = page.continueToken;
    } while (continueToken !== undefined);
    return items;
  }

  apply(resource: ResourceType, object: KubeObject, options: ApplyOptions): Promise<KubeObject> {
    const ref = refOf(resource, object);
    const { fieldManager, subresource, dryRun } = options;
    return this.#send('patch', ref, {
      method: 'PATCH',
      path: resourcePath(
        { ...ref, subresource },
        { fieldManager, force: true, fieldValidation: 'Strict', dryRun: dryRun === true ? 'All' : undefined },
      ),
      body: object,
      contentType: 'application/apply-patch+yaml',
      idempotent: true,
      ...signalOf(options),
    });
  }

  create(resource: ResourceType, object: KubeObject, options: PatchOptions): Promise<KubeObject> {
    const { name: _, ...collection } = refOf(resource, object);
    const query = { fieldManager: options.fieldManager, fieldValidation: 'Strict' };
    return this.#send('create', refOf(resource, object), {
      method: 'POST',
      path: resourcePath(collection, query),
      body: object,
      idempotent: false,
      ...signalOf(options),
    });
  }

  mergePatch(ref: ObjectRef, patch: object, options: PatchOptions): Promise<KubeObject> {
    return this.#patch(ref, patch, 'application/merge-patch+json', options);
  }

  jsonPatch(ref: ObjectRef, operations: readonly object[], options: PatchOptions): Promise<KubeObject> {
    return this.#patch(ref, operations, 'application/json-patch+json', options);
  }

  replace(ref: ObjectRef, object: KubeObject, options: PatchOptions): Promise<KubeObject> {
    return this.#send('update', ref, { method: 'PUT', ...written(ref, options), body: object });
  }

  async delete(ref: ObjectRef, options: DeleteOptions = {}): Promise<void> {
    const { uid, propagation } = options;
    try {
      await this.#send('delete', ref, {
        method: 'DELETE',
        path: resourcePath(ref),
        body: {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          ...(uid === undefined ? {} : { preconditions: { uid } }),
          ...(propagation === undefined ? {} : { propagationPolicy: propagation }),
        },
        idempotent: true,
        ...signalOf(options),
      });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  getPath(path: string, options: Signalled = {}): Promise<unknown> {
    const subject = { verb: 'get' } as const;
    return this.#transport.send({ method: 'GET', path, subject, idempotent: true, ...signalOf(options) });
  }

  #patch(ref: ObjectRef, body: unknown, contentType: string, options: PatchOptions): Promise<KubeObject> {
    return this.#send('patch', ref, { method: 'PATCH', ...written(ref, options), body, contentType });
  }

  async #send(
    verb: KubeRequest['subject']['verb'],
    { resource, namespace, name }: ObjectRef,
    request: Omit<KubeRequest, 'subject'>,
  ): Promise<KubeObject> {
    const subject = { verb, resource, name, ...(namespace === undefined ? {} : { namespace }) };
    return (await this.#transport.send({ ...request, subject })) as KubeObject;
  }
}

function refOf(resource: ResourceType, object: KubeObject): ObjectRef {
  const { name, namespace } = object.metadata;
  return { resource, name, ...(namespace === undefined ? {} : { namespace }) };
}

function written(
  ref: ObjectRef,
  options: PatchOptions,
): Pick<KubeRequest, 'path' | 'idempotent'> & Signalled {
  const query = { fieldManager: options.fieldManager, fieldValidation: 'Strict' };
  return {
    path: resourcePath({ ...ref, subresource: options.subresource }, query),
    idempotent: false,
    ...signalOf(options),
  };
}

function signalOf({ signal }: Signalled): Signalled {
  return signal === undefined ? {} : { signal };
}
