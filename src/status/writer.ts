/** The one writer of status. */
import type { KubeObject } from '../api/kubernetes.ts';
import { apiVersionOf } from '../api/resources.ts';
import type { Clock } from '../clock.ts';
import { isNotFound } from '../kube/errors.ts';
import type { KubeClient, ObjectRef } from '../kube/types.ts';

/** Field manager of every status, by server-side apply: what we leave out goes, what others add stays. */
export const statusManager = 'calico-operator/status';

/** What the writer needs. */
export interface StatusWriterOptions {
  readonly client: Pick<KubeClient, 'apply'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** The fields in which the live object's status is not what an apply of the desired one would make it. */
  readonly compare: (
    desired: KubeObject,
    live: KubeObject,
    manager: string,
  ) => readonly { readonly path: string }[];
  /** Write-through to the stores. */
  readonly observe: (ref: ObjectRef, object: KubeObject) => void;
  /** Least time between two writes of an object that change nothing but messages, in milliseconds; 10 s by default. */
  readonly messageInterval?: number;
}

/** A status as it shall be. */
export interface StatusTarget {
  readonly ref: ObjectRef;
  /** As the cache knows it. */
  readonly live: KubeObject | undefined;
  readonly status: object;
  /** Make the object if it is missing: for TigeraStatus. An Installation is the user's, and never made. */
  readonly create?: KubeObject;
}

/** What became of a status. `gone`: there is no such object. `deferred`: come again after so many milliseconds. */
export type StatusResult =
  | { readonly kind: 'written'; readonly object: KubeObject }
  | { readonly kind: 'unchanged' | 'gone' }
  | { readonly kind: 'deferred'; readonly after: number };

/** Writes a status only when it differs, at once when it says something new, rarely when only its wording changes. */
export class StatusWriter {
  readonly #options: StatusWriterOptions;
  /** By object: when it was last written, and what an apply left different. */
  readonly #last = new Map<string, { readonly at: number; readonly futile?: string }>();
  /** By kind: fields of the status that its definition in the cluster does not have. */
  readonly #undeclared = new Map<string, ReadonlySet<string>>();

  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  /**
   * Writes one status if needed.
   * @throws what the client throws, but for an object that is gone
   */
  async write(target: StatusTarget, signal?: AbortSignal): Promise<StatusResult> {
    const live = target.live ?? (await this.#create(target, signal));
    if (live === undefined) {
      return { kind: 'gone' };
    }
    const desired = this.#objectOf(target);
    const differences = this.#options.compare(desired, live, statusManager);
    const key = keyOf(target.ref);
    const last = this.#last.get(key);
    if (differences.length === 0 || last?.futile === JSON.stringify([target.status, differences])) {
      return { kind: 'unchanged' };
    }
    const wait =
      (last?.at ?? -Infinity) + (this.#options.messageInterval ?? 10_000) - this.#options.clock.monotonic();
    if (wait > 0 && differences.every(({ path }) => path.endsWith('.message'))) {
      return { kind: 'deferred', after: Math.ceil(wait) };
    }
    return this.#apply(target, signal);
  }

  async #create({ ref, create }: StatusTarget, signal?: AbortSignal): Promise<KubeObject | undefined> {
    if (create === undefined) {
      return undefined;
    }
    const object = await this.#options.client.apply(ref.resource, create, options(signal));
    this.#options.observe(ref, object);
    return object;
  }

  /** An apply of a field that is not declared fails as a whole, so that such fields are left out. */
  #objectOf({ ref, status }: StatusTarget): KubeObject {
    const undeclared = this.#undeclared.get(ref.resource.kind);
    const kept = Object.entries(status).filter(([field]) => undeclared?.has(field) !== true);
    return statusObject(ref, Object.fromEntries(kept));
  }

  /** @returns whether the error was about fields that were not known to be undeclared */
  #learn({ resource: { kind } }: ObjectRef, error: unknown): boolean {
    const known = this.#undeclared.get(kind) ?? new Set();
    const fields = undeclaredFields(error).filter((field) => !known.has(field));
    this.#undeclared.set(kind, new Set([...known, ...fields]));
    return fields.length > 0;
  }

  async #apply(target: StatusTarget, signal?: AbortSignal): Promise<StatusResult> {
    const { client, compare, clock, observe } = this.#options;
    const key = keyOf(target.ref);
    const desired = this.#objectOf(target);
    try {
      const object = await client.apply(target.ref.resource, desired, {
        ...options(signal),
        subresource: 'status',
      });
      observe(target.ref, object);
      const left = compare(desired, object, statusManager);
      const futile = left.length === 0 ? {} : { futile: JSON.stringify([target.status, left]) };
      this.#last.set(key, { at: clock.monotonic(), ...futile });
      return { kind: 'written', object };
    } catch (error) {
      if (isNotFound(error)) {
        this.#last.delete(key);
        return { kind: 'gone' };
      }
      if (this.#learn(target.ref, error)) {
        return this.#apply(target, signal);
      }
      throw error;
    }
  }
}

/** Fields of the status that the API server's answer to an apply calls undeclared. */
function undeclaredFields(error: unknown): readonly string[] {
  const message = error instanceof Error ? error.message : '';
  return [...message.matchAll(/\.status\.([A-Za-z]+): field not declared in schema/g)].flatMap(
    ([, field]) => field ?? [],
  );
}

function options(signal: AbortSignal | undefined): {
  readonly fieldManager: string;
  readonly signal?: AbortSignal;
} {
  return signal === undefined ? { fieldManager: statusManager } : { fieldManager: statusManager, signal };
}

function statusObject(ref: ObjectRef, status: object): KubeObject {
  const object = {
    apiVersion: apiVersionOf(ref.resource),
    kind: ref.resource.kind,
    metadata: ref.namespace === undefined ? { name: ref.name } : { name: ref.name, namespace: ref.namespace },
    status,
  };
  return object;
}

function keyOf({ resource, namespace, name }: ObjectRef): string {
  return `${resource.kind}/${namespace ?? ''}/${name}`;
}
