/**
 * The process as an operator of @dot-i/k8s-operator. Of the base class the life cycle, the event vocabulary and the
 * finalizer decision remain. What it does by itself over the network is overridden, since with a current client library
 * it builds wrong addresses, swallows errors, or ends the process on any trouble of a watch (docs/adr).
 */
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type {
  CoreV1Api,
  KubeConfig,
  KubernetesObject,
  V1CustomResourceDefinitionVersion,
} from '@kubernetes/client-node';
import type { Clock } from '../clock.ts';
import { isConflict } from '../kube/errors.ts';
import { resourcePath } from '../kube/paths.ts';
import type { KubeClient, ObjectRef } from '../kube/types.ts';
import type { Logger } from '../telemetry/types.ts';
import { parseDefinition, registerDefinition } from './crd-registration.ts';
import type { OperatorLogger, ResourceEvent, ResourceMeta } from './dot-i.ts';
import { Operator, ResourceEventType, ResourceMetaImpl } from './dot-i.ts';
import { mergeJson } from './json-merge.ts';
import { type ObjectEvent, type ObjectSource, startResourceWatch } from './resource-watch.ts';

type KubeObject = Parameters<KubeClient['create']>[1];
type ResourceType = ObjectRef['resource'];

/** What the process stands on, injected. */
export interface OperatorPorts {
  /** The configuration that the client's connections were made of. */
  readonly kubeConfig: KubeConfig;
  readonly client: KubeClient;
  readonly source: ObjectSource;
  /** Every resource that the process may address. */
  readonly resources: readonly ResourceType[];
  readonly fieldManager: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How often a status write that met a newer object is tried. */
const statusAttempts = 5;

const eventTypes = {
  ADDED: ResourceEventType.Added,
  MODIFIED: ResourceEventType.Modified,
  DELETED: ResourceEventType.Deleted,
} as const;

/** Base of an operator's process. Subclasses implement `init`, which `start` calls. */
export abstract class OperatorProcess extends Operator {
  readonly #ports: OperatorPorts;
  readonly #stopping = new AbortController();
  readonly #closers: (() => Promise<void>)[] = [];

  constructor(ports: OperatorPorts) {
    super(toOperatorLogger(ports.logger));
    this.kubeConfig = ports.kubeConfig;
    this.k8sApi = unreachableApi;
    this.#ports = ports;
  }

  /** Aborts when the process is to stop. */
  protected get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Has `shutdown` call `closer`, after those that were registered later. */
  protected onShutdown(closer: () => Promise<void>): void {
    this.#closers.push(closer);
  }

  /** Asks everything to stop. The base class's own would end the process through its watches, of which it has none. */
  override stop(): void {
    this.#stopping.abort(new Error('the process is stopping'));
    super.stop();
  }

  /** Stops, and resolves when all has ended. Rejects with the first failure, after everything was tried. */
  async shutdown(): Promise<void> {
    this.stop();
    const failures: unknown[] = [];
    for (let closer = this.#closers.pop(); closer !== undefined; closer = this.#closers.pop()) {
      await closer().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Address of a resource on the API server. */
  protected override getCustomResourceApiUri(
    group: string,
    version: string,
    plural: string,
    namespace?: string,
  ): string {
    const server = this.kubeConfig.getCurrentCluster()?.server;
    if (server === undefined) throw new Error('the kubeconfig has no current cluster');
    const resource = { group, version, plural, kind: plural, namespaced: namespace !== undefined };
    return server.replace(/\/+$/, '') + resourcePath({ resource, namespace });
  }

  /** Calls `onEvent` for every object of a resource, and again with back-off while it rejects. */
  protected override async watchResource(
    group: string,
    version: string,
    plural: string,
    onEvent: (event: ResourceEvent) => Promise<void>,
    namespace?: string,
  ): Promise<void> {
    const resource = this.#resource(group === '' ? version : `${group}/${version}`, plural);
    const { clock, logger } = this.#ports;
    const watch = startResourceWatch({
      name: plural,
      clock,
      logger,
      handle: (event) => onEvent(toResourceEvent(plural, event)),
    });
    this.onShutdown(() => watch.stop());
    await this.#ports.source(resource, namespace, watch.onEvent, this.stopping);
  }

  /** Applies the definition in a YAML or JSON file as it stands and waits until it is served. */
  protected override async registerCustomResourceDefinition(
    crdFile: string,
  ): Promise<{ group: string; versions: V1CustomResourceDefinitionVersion[]; plural: string }> {
    const definition = parseDefinition(await readFile(crdFile, 'utf8'), crdFile);
    const { client, clock, fieldManager } = this.#ports;
    await registerDefinition(definition, { client, clock, fieldManager, signal: this.stopping });
    const { group, names, versions } = definition.spec;
    return { group, plural: names.plural, versions: [...versions] };
  }

  /** Replaces the status. Nothing is written when it is so already; rejects with the API server's error. */
  protected override setResourceStatus(meta: ResourceMeta, status: unknown): Promise<ResourceMeta> {
    return this.#writeStatus(meta, () => status);
  }

  /** Merges into the status (RFC 7386). Nothing is written when that changes nothing. */
  protected override patchResourceStatus(meta: ResourceMeta, status: unknown): Promise<ResourceMeta> {
    return this.#writeStatus(meta, (current) => mergeJson(current, status));
  }

  /** The base class's decision, on a copy of the event, as it writes into the object's own list. */
  protected override handleResourceFinalizer(
    event: ResourceEvent,
    finalizer: string,
    deleteAction: (event: ResourceEvent) => Promise<void>,
  ): Promise<boolean> {
    return super.handleResourceFinalizer(structuredClone(event), finalizer, deleteAction);
  }

  /** Replaces the finalizers of exactly the version that the decision was taken on; rejects when it is no longer. */
  protected override async setResourceFinalizers(meta: ResourceMeta, finalizers: string[]): Promise<void> {
    const { client, fieldManager } = this.#ports;
    const metadata = { finalizers, resourceVersion: meta.resourceVersion };
    await client.mergePatch(this.#ref(meta), { metadata }, { fieldManager, signal: this.stopping });
  }

  async #writeStatus(meta: ResourceMeta, change: (status: unknown) => unknown): Promise<ResourceMeta> {
    const { client, fieldManager } = this.#ports;
    const ref = this.#ref(meta);
    const options = { fieldManager, subresource: 'status', signal: this.stopping } as const;
    for (let attemptsLeft = statusAttempts; ; attemptsLeft--) {
      const current: KubeObject & { readonly status?: unknown } = await client.get(ref, options);
      const status = change(current.status);
      if (isDeepStrictEqual(status, current.status)) return toMeta(meta.id, current);
      try {
        return toMeta(meta.id, await client.replace(ref, { ...current, status } as KubeObject, options));
      } catch (error) {
        if (!isConflict(error) || attemptsLeft <= 1) throw error;
      }
    }
  }

  #ref(meta: ResourceMeta): ObjectRef {
    const plural = meta.id.split('.')[0] ?? '';
    const resource = this.#resource(meta.apiVersion, plural);
    return {
      resource,
      name: meta.name,
      ...(meta.namespace === undefined ? {} : { namespace: meta.namespace }),
    };
  }

  #resource(apiVersion: string, plural: string): ResourceType {
    const found = this.#ports.resources.find(
      (each) => each.plural === plural && [each.group, each.version].filter(Boolean).join('/') === apiVersion,
    );
    if (found === undefined) throw new Error(`${plural} of ${apiVersion} is not among the known resources`);
    return found;
  }
}

function toResourceEvent(plural: string, event: ObjectEvent): ResourceEvent {
  const object = asMutable(event.object);
  return { type: eventTypes[event.type], object, meta: ResourceMetaImpl.createWithPlural(plural, object) };
}

function toMeta(id: string, object: KubeObject): ResourceMeta {
  return ResourceMetaImpl.createWithId(id, asMutable(object));
}

/** The client library's types are mutable and have dates; handlers get copies, and only metadata strings are read. */
function asMutable(object: KubeObject): KubernetesObject {
  return object as unknown as KubernetesObject;
}

function toOperatorLogger(logger: Logger): OperatorLogger {
  return {
    debug: (message) => logger.debug(message),
    info: (message) => logger.info(message),
    warn: (message) => logger.warn(message),
    error: (message) => logger.error(message),
  };
}

/** Stands for the base class's own API client, which would open connections of its own. */
const unreachableApi = new Proxy<object>(Object.freeze({}), {
  get: (_target, property) => {
    throw new Error(
      `k8sApi.${String(property)}: the process talks to the API server only through its client`,
    );
  },
}) as CoreV1Api;
