/** An API server in memory, with lists, watches and faults at hand: for tests of the whole controller on a fake clock. */
import type { KubeObject } from '../../api/kubernetes.ts';
import type { ResourceType } from '../../api/resources.ts';
import { flatten } from '../../apply/testing/fields.ts';
import { ModelServer } from '../../apply/testing/model-server.ts';
import { selects } from '../../cache/selection.ts';
import { StatusError } from '../../kube/errors.ts';
import type {
  ApplyOptions,
  DeleteOptions,
  KubeClient,
  ObjectRef,
  PatchOptions,
  Selection,
} from '../../kube/types.ts';
import type { WatchOptions, WatchSource } from '../../kube/watch.ts';
import type { WatchEvent } from '../../kube/watch-events.ts';

/** A request as it came. `name` is empty for lists and watches. */
export interface SeenRequest {
  readonly verb: 'get' | 'list' | 'watch' | 'apply' | 'patch' | 'create' | 'delete';
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly subresource?: string | undefined;
}

type Listener = (event: WatchEvent) => void;

/** Answers what the controller asks. */
export class ModelCluster implements KubeClient, WatchSource {
  readonly requests: SeenRequest[] = [];
  /** Says with which error a request is refused; none if it is not. */
  fault: (request: SeenRequest) => Error | undefined = () => undefined;
  readonly #server = new ModelServer();
  readonly #watches = new Map<Listener, Selection>();

  async get(ref: ObjectRef): Promise<KubeObject> {
    await this.#admit({ verb: 'get', kind: ref.resource.kind, name: ref.name });
    const found = this.#server.get(ref);
    if (found === undefined) throw notFound(ref.name);
    return found;
  }

  async list(selection: Selection): Promise<readonly KubeObject[]> {
    await this.#admit({ verb: 'list', kind: selection.resource.kind, name: '' });
    return this.#selected(selection);
  }

  async apply(resource: ResourceType, object: KubeObject, options: ApplyOptions): Promise<KubeObject> {
    const { name, namespace } = object.metadata;
    await this.#admit({
      verb: 'apply',
      kind: resource.kind,
      namespace,
      name,
      subresource: options.subresource,
    });
    const stored = await this.#server.apply(resource, object, options);
    this.#tell('MODIFIED', stored);
    return stored;
  }

  /** Sets fields; the one list that is patched, finalizers, is replaced. */
  async mergePatch(ref: ObjectRef, patch: object, options: PatchOptions): Promise<KubeObject> {
    await this.#admit({ verb: 'patch', kind: ref.resource.kind, name: ref.name });
    const { metadata } = patch as { readonly metadata?: { readonly finalizers?: readonly string[] } };
    if (metadata?.finalizers !== undefined) {
      this.#server.update(
        ref,
        options.fieldManager,
        flatten({ metadata: { finalizers: metadata.finalizers } }),
      );
    }
    const stored = await this.#server.mergePatch(ref, {});
    const leaves = stored.metadata.deletionTimestamp !== undefined && metadata?.finalizers?.length === 0;
    if (leaves) await this.#server.delete(ref);
    this.#tell(leaves ? 'DELETED' : 'MODIFIED', stored);
    return stored;
  }

  async create(resource: ResourceType, object: KubeObject): Promise<KubeObject> {
    await this.#admit({ verb: 'create', kind: resource.kind, name: object.metadata.name });
    return object;
  }

  async delete(ref: ObjectRef, options?: DeleteOptions): Promise<void> {
    await this.#admit({ verb: 'delete', kind: ref.resource.kind, name: ref.name });
    const object = this.#server.get(ref);
    await this.#server.delete(ref, options);
    if (object !== undefined) this.#tell('DELETED', object);
  }

  /** What is watched at the moment. */
  get watched(): readonly Selection[] {
    return [...this.#watches.values()];
  }

  /** What a deletion does to an object with finalizers. */
  markDeleted(ref: ObjectRef, now: number): void {
    this.#server.markDeleted(ref, new Date(now).toISOString());
    const object = this.#server.get(ref);
    if (object !== undefined) this.#tell('MODIFIED', object);
  }

  async getPath(path: string): Promise<unknown> {
    await this.#admit({ verb: 'get', kind: path, name: '' });
    return path === '/version' ? { major: '1', minor: '36' } : { groups: [] };
  }

  jsonPatch(): Promise<KubeObject> {
    return Promise.reject(new Error('JSON patches are not modelled'));
  }

  replace(): Promise<KubeObject> {
    return Promise.reject(new Error('updates are not modelled'));
  }

  async page(selection: Selection): Promise<Awaited<ReturnType<WatchSource['page']>>> {
    const items = await this.list(selection);
    return { items, resourceVersion: '1', continueToken: undefined };
  }

  async watch(selection: Selection, { signal }: WatchOptions): Promise<AsyncIterable<WatchEvent>> {
    await this.#admit({ verb: 'watch', kind: selection.resource.kind, name: '' });
    const queue: WatchEvent[] = this.#selected(selection).map((object) => ({ type: 'ADDED', object }));
    queue.push(initialEnd);
    let wake = (): void => undefined;
    const listener: Listener = (event) => {
      queue.push(event);
      wake();
    };
    this.#watches.set(listener, selection);
    const watches = this.#watches;
    signal.addEventListener('abort', () => wake());
    return (async function* () {
      while (!signal.aborted) {
        const event = queue.shift();
        if (event !== undefined) yield event;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
      watches.delete(listener);
    })();
  }

  #selected(selection: Selection): readonly KubeObject[] {
    return this.#server.list().filter((object) => isSelected(selection, object));
  }

  #tell(type: 'MODIFIED' | 'DELETED', object: KubeObject): void {
    for (const [listener, selection] of this.#watches) {
      if (isSelected(selection, object)) listener({ type, object });
    }
  }

  async #admit(request: SeenRequest): Promise<void> {
    await Promise.resolve();
    this.requests.push(request);
    const error = this.fault(request);
    if (error !== undefined) throw error;
  }
}

function isSelected(selection: Selection, object: KubeObject): boolean {
  return selection.resource.kind === object.kind && selects(selection, object) !== false;
}

function notFound(name: string): StatusError {
  return new StatusError(`"${name}" not found`, { code: 404, reason: 'NotFound' });
}

const initialEnd: WatchEvent = {
  type: 'BOOKMARK',
  object: {
    apiVersion: 'v1',
    kind: 'Bookmark',
    metadata: { name: '', resourceVersion: '1', annotations: { 'k8s.io/initial-events-end': 'true' } },
  },
};
