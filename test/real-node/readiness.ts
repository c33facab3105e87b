import type { Pod } from '../../src/api/kubernetes.ts';
import type { ApiClient, ApiObject } from '../control-plane/api-client.ts';

const path = '/api/v1/namespaces/calico-system/pods';

interface PodList {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly ApiObject[];
}

/** Watches the pods of calico-node: each that was ready stays so until it is asked to end. */
export class ReadinessWatch {
  readonly #stop = new AbortController();
  readonly #ready = new Set<string>();
  readonly #lapses: string[] = [];
  #ended: Promise<unknown> = Promise.resolve();

  /** Begins with the pods that are there. */
  static async start(api: ApiClient): Promise<ReadinessWatch> {
    const watch = new ReadinessWatch();
    const query = '?labelSelector=k8s-app%3Dcalico-node';
    const { metadata, items } = await api.get<PodList>(`${path}${query}`);
    for (const item of items) watch.#look(item);
    watch.#ended = api
      .watch(
        `${path}${query}&resourceVersion=${metadata.resourceVersion}`,
        ({ type, object }) => type !== 'DELETED' && watch.#look(object),
        watch.#stop.signal,
      )
      .catch(() => undefined);
    return watch;
  }

  /** Pods that were ready, and then no longer while nobody had asked them to end. */
  get lapses(): readonly string[] {
    return this.#lapses;
  }

  /** How many pods were ready at some time. */
  get seen(): number {
    return this.#ready.size;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  #look(object: ApiObject): void {
    const { metadata, status, spec } = object as unknown as Pod;
    const { uid = '', name, deletionTimestamp } = metadata;
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    if (ready?.status === 'True') this.#ready.add(uid);
    else if (this.#ready.has(uid) && deletionTimestamp === undefined) {
      this.#lapses.push(`${name} on ${spec?.nodeName ?? '?'}: ${JSON.stringify(ready)}`);
    }
  }
}
