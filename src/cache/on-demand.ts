/** A store whose watch runs only while it is needed: a feature that is off costs the API server nothing. */
import type { KubeObject } from '../api/kubernetes.ts';
import type { Selection } from '../kube/types.ts';
import type { WatchedStore } from './store.ts';
import type { OnDemandStore, Store, StoreKey } from './types.ts';

/** A running watch. */
export interface RunningWatch<Item> {
  readonly store: WatchedStore<Item>;
  readonly stop: () => Promise<void>;
}

/** Stands for one watch after the other; every one begins with nothing known. */
export class DemandedStore<Item> implements OnDemandStore<Item> {
  readonly selection: Selection;
  readonly #open: () => RunningWatch<Item>;
  readonly #listeners = new Set<(key: StoreKey) => void>();
  readonly #stateListeners = new Set<() => void>();
  readonly #ending = new Set<Promise<void>>();
  #running: RunningWatch<Item> | undefined;
  #stopped = false;

  /** @param open begins to watch */
  constructor(selection: Selection, open: () => RunningWatch<Item>) {
    this.selection = selection;
    this.#open = open;
  }

  demand(needed: boolean): void {
    if (needed === (this.#running !== undefined) || (needed && this.#stopped)) return;
    if (needed) {
      this.#running = this.#open();
      for (const listener of this.#listeners) this.#running.store.onChange(listener);
      for (const listener of this.#stateListeners) this.#running.store.onState(listener);
      return;
    }
    const { state } = this;
    const ended = this.#running?.stop() ?? Promise.resolve();
    this.#running = undefined;
    this.#ending.add(ended);
    void ended.finally(() => this.#ending.delete(ended));
    if (this.#stopped || state === 'synced' || state === 'syncing') return;
    for (const listener of this.#stateListeners) listener();
  }

  settled(): Promise<void> {
    return this.#store?.settled() ?? Promise.resolve();
  }

  /** Ends for good; resolves when nothing of it runs any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.demand(false);
    await Promise.all(this.#ending);
  }

  get #store(): WatchedStore<Item> | undefined {
    return this.#running?.store;
  }

  get synced(): boolean {
    return this.#store?.synced ?? true;
  }

  get state(): Store<Item>['state'] {
    return this.#store?.state ?? 'synced';
  }

  get size(): number {
    return this.#store?.size ?? 0;
  }

  get(name: string, namespace?: string): Item | undefined {
    return this.#store?.get(name, namespace);
  }

  list(): readonly Item[] {
    return this.#store?.list() ?? [];
  }

  onChange(listener: (key: StoreKey) => void): () => void {
    this.#listeners.add(listener);
    const leave = this.#store?.onChange(listener);
    return () => {
      this.#listeners.delete(listener);
      leave?.();
    };
  }

  onState(listener: () => void): void {
    this.#stateListeners.add(listener);
    this.#store?.onState(listener);
  }

  observe(object: KubeObject): void {
    this.#store?.observe(object);
  }

  observeDeleted(name: string, namespace: string | undefined, uid: string | undefined): void {
    this.#store?.observeDeleted(name, namespace, uid);
  }

  wake(): void {
    this.#store?.wake();
  }
}
