/** Stores that are filled once, by lists: for a program that looks and goes. */
import type { KubeObject } from '../api/kubernetes.ts';
import { isForbidden, isNotFound } from '../kube/errors.ts';
import type { KubeClient, Selection } from '../kube/types.ts';
import { decodeEntry, keyOf } from './entry.ts';
import { selects } from './selection.ts';
import type { Cache, OnDemandStore, Store, StoreKey, WatchSpec } from './types.ts';

/** What could not be listed. */
export interface Unlisted {
  readonly selection: Selection;
  /** `missing`: the API server does not know the resource. */
  readonly state: 'missing' | 'forbidden';
}

/** Declares stores as a cache does, and fills them without a watch. */
export interface Listing extends Pick<Cache, 'watch' | 'watchOnDemand'> {
  /**
   * Lists everything that was declared and is not listed yet, all at once; of what is on demand only what is needed by
   * now. Answers with all that may not be listed or is not known; other failures are thrown.
   * @param wanted which selections matter; the others stay empty
   */
  fill(
    client: Pick<KubeClient, 'list'>,
    wanted?: (selection: Selection) => boolean,
  ): Promise<readonly Unlisted[]>;
}

/** A listing without stores. */
export function createListing(): Listing {
  const stores: ListedStore<unknown>[] = [];
  const declare = <Item>(spec: WatchSpec<Item>, needed: boolean): ListedStore<Item> => {
    const store = new ListedStore(spec, needed);
    stores.push(store);
    return store;
  };
  return {
    watch: (spec) => declare(spec, true),
    watchOnDemand: (spec) => declare(spec, false),
    fill: async (client, wanted = () => true) => {
      await Promise.all(
        stores
          .filter(({ selection, state }) => state === 'syncing' && wanted(selection))
          .map((store) => store.fill(client)),
      );
      return stores.flatMap(({ selection, state }) =>
        state === 'missing' || state === 'forbidden' ? [{ selection, state }] : [],
      );
    },
  };
}

/** What one list said, and what was put over it; with every manager's entry of `managedFields`. */
class ListedStore<Item> implements OnDemandStore<Item> {
  readonly selection: Selection;
  readonly #project: (object: KubeObject) => Item;
  readonly #items = new Map<StoreKey, Item>();
  #state: Store<Item>['state'];
  #listed = false;

  constructor({ selection, project }: WatchSpec<Item>, needed: boolean) {
    this.selection = selection;
    this.#project = project;
    this.#state = needed ? 'syncing' : 'synced';
  }

  get state(): Store<Item>['state'] {
    return this.#state;
  }

  get synced(): boolean {
    return this.#state === 'synced';
  }

  get size(): number {
    return this.#items.size;
  }

  settled(): Promise<void> {
    return Promise.resolve();
  }

  async fill(client: Pick<KubeClient, 'list'>): Promise<void> {
    this.#listed = true;
    try {
      for (const object of await client.list(this.selection)) this.#put(object);
      this.#state = 'synced';
    } catch (error) {
      if (!isNotFound(error) && !isForbidden(error)) throw error;
      this.#state = isNotFound(error) ? 'missing' : 'forbidden';
    }
  }

  get(name: string, namespace?: string): Item | undefined {
    return this.#items.get(keyOf(name, namespace));
  }

  list(): readonly Item[] {
    return [...this.#items.values()];
  }

  observe(object: KubeObject): void {
    if (selects(this.selection, object) === true) this.#put(object);
  }

  observeDeleted(name: string, namespace: string | undefined): void {
    this.#items.delete(keyOf(name, namespace));
  }

  /** Nothing changes by itself. */
  onChange(): () => void {
    return () => undefined;
  }

  onState(): void {
    // Nor does its state.
  }

  wake(): void {
    // Nothing sleeps here.
  }

  demand(needed: boolean): void {
    if (needed && !this.#listed && this.#items.size === 0 && this.#state === 'synced')
      this.#state = 'syncing';
  }

  #put(object: KubeObject): void {
    const { key, item } = decodeEntry(object, this.#project, () => true);
    this.#items.set(key, item);
  }
}
