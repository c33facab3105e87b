/** What happens to calico-node and Typha, revision by revision; in the order of the store, which is one for all kinds. */
import { usesTypha } from '../../src/controllers/installation/typha/workloads.ts';
import type { DaemonSet, Deployment, Pod } from '../../src/api/kubernetes.ts';
import type { ApiClient, ApiObject } from '../control-plane/api-client.ts';

/** One thing that happened. */
export type Happening =
  | {
      readonly what: 'calico-node points at Typha' | 'calico-node points at the API server' | 'Typha is made';
    }
  | { readonly what: 'Typha goes' }
  | { readonly what: 'available'; readonly typha: number }
  | {
      readonly what: 'pod starts' | 'pod ends';
      readonly uid: string;
      readonly node: string;
      readonly uses: boolean;
    };

/** `initial`: it was so when the timeline began. */
export type Entry = Happening & {
  readonly revision: number;
  readonly at: number;
  readonly initial: boolean;
};

const apps = '/apis/apps/v1/namespaces/calico-system';
const paths = {
  node: `${apps}/daemonsets`,
  typha: `${apps}/deployments`,
  pods: '/api/v1/namespaces/calico-system/pods',
};

/** Watches from now on, until stopped. */
export class TyphaTimeline {
  readonly #entries: Entry[] = [];
  readonly #stop = new AbortController();
  readonly #listeners = new Set<(entry: Entry) => void>();
  #ended: Promise<unknown> = Promise.resolve();
  #initial = true;
  #template: boolean | undefined;
  #available: number | undefined;
  readonly #pods = new Map<string, boolean>();

  /** Begins with what is there. */
  static async start(api: ApiClient): Promise<TyphaTimeline> {
    const timeline = new TyphaTimeline();
    const follow = async (path: string, look: (type: string, object: ApiObject) => void) => {
      const { metadata, items } = await api.get<ApiList>(path);
      for (const item of items) look('ADDED', item);
      return () =>
        api.watch(
          `${path}?resourceVersion=${metadata.resourceVersion}`,
          ({ type, object }) => look(type, object),
          timeline.#stop.signal,
        );
    };
    const watches = await Promise.all([
      follow(paths.node, (type, object) => timeline.#node(type, object)),
      follow(paths.typha, (type, object) => timeline.#typha(type, object)),
      follow(paths.pods, (type, object) => timeline.#pod(type, object)),
    ]);
    timeline.#initial = false;
    timeline.#ended = Promise.all(watches.map((watch) => watch().catch(() => undefined)));
    return timeline;
  }

  /** In the store's order. */
  get entries(): readonly Entry[] {
    return this.#entries.toSorted((a, b) => a.revision - b.revision);
  }

  /** What happened since, in words, without pods and counts. */
  steps(since = 0): readonly string[] {
    return this.entries
      .filter(({ what, revision, initial }) => !initial && revision > since && /points|Typha/.test(what))
      .map(({ what }) => what);
  }

  /** The latest revision that was seen. */
  get revision(): number {
    return Math.max(0, ...this.#entries.map(({ revision }) => revision));
  }

  /** Calls back at each happening, as it is seen. */
  onEntry(listener: (entry: Entry) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  #add(object: ApiObject, happening: Happening): void {
    const revision = Number(object.metadata.resourceVersion);
    const entry = { ...happening, revision, at: Date.now(), initial: this.#initial };
    this.#entries.push(entry);
    for (const listener of this.#listeners) listener(entry);
  }

  #node(type: string, object: ApiObject): void {
    if (object.metadata.name !== 'calico-node') return;
    const uses = type === 'DELETED' ? undefined : usesTypha(object as unknown as DaemonSet);
    if (uses === this.#template) return;
    this.#template = uses;
    if (uses === undefined) return;
    this.#add(object, {
      what: uses ? 'calico-node points at Typha' : 'calico-node points at the API server',
    });
  }

  #typha(type: string, object: ApiObject): void {
    if (object.metadata.name !== 'calico-typha') return;
    if (type === 'ADDED') this.#add(object, { what: 'Typha is made' });
    if (type === 'DELETED') this.#add(object, { what: 'Typha goes' });
    const typha = type === 'DELETED' ? 0 : ((object as unknown as Deployment).status?.availableReplicas ?? 0);
    if (typha === this.#available) return;
    this.#available = typha;
    this.#add(object, { what: 'available', typha });
  }

  #pod(type: string, object: ApiObject): void {
    const { spec, metadata } = object as unknown as Pod;
    if (metadata.labels?.['k8s-app'] !== 'calico-node') return;
    const uid = metadata.uid ?? '';
    const node = nodeOf(spec);
    const env = spec?.containers.flatMap((container) => container.env ?? []) ?? [];
    const uses = env.some(({ name }) => name === 'FELIX_TYPHAK8SSERVICENAME');
    if (type === 'DELETED') this.#add(object, { what: 'pod ends', uid, node, uses });
    else if (!this.#pods.has(uid)) this.#add(object, { what: 'pod starts', uid, node, uses });
    this.#pods.set(uid, uses);
  }
}

interface ApiList {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly items: readonly ApiObject[];
}

/** The node that a DaemonSet's pod is for, before it is scheduled as well. */
function nodeOf(spec: Pod['spec']): string {
  const { requiredDuringSchedulingIgnoredDuringExecution: required } = spec?.affinity?.nodeAffinity ?? {};
  return required?.nodeSelectorTerms[0]?.matchFields?.[0]?.values?.[0] ?? '';
}

/**
 * What broke the rule that calico-node is never pointed at a Typha that is not there: pointed before `quorum` were
 * available, or Typha gone while a pod uses it. Pods of nodes in `removed` are not looked at.
 */
export function violations(
  entries: readonly Entry[],
  quorum: number,
  removed: ReadonlySet<string> = new Set(),
): readonly string[] {
  const found: string[] = [];
  const users = new Set<string>();
  let available = 0;
  for (const entry of entries) {
    switch (entry.what) {
      case 'available':
        available = entry.typha;
        break;
      case 'pod starts':
        if (entry.uses && !removed.has(entry.node)) users.add(entry.uid);
        break;
      case 'pod ends':
        users.delete(entry.uid);
        break;
      case 'calico-node points at Typha':
        if (!entry.initial && available < quorum) found.push(`pointed at Typha with ${available} available`);
        break;
      case 'Typha goes':
        if (users.size > 0) found.push(`Typha went while ${users.size} pods used it`);
        break;
      case 'Typha is made':
      case 'calico-node points at the API server':
        break;
    }
  }
  return found;
}

/** How many pods of calico-node were started on each node, at most. */
export function startsPerNode(entries: readonly Entry[]): number {
  const starts = new Map<string, number>();
  for (const entry of entries) {
    if (entry.what === 'pod starts' && !entry.initial)
      starts.set(entry.node, (starts.get(entry.node) ?? 0) + 1);
  }
  return Math.max(0, ...starts.values());
}
