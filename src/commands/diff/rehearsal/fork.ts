/** Stores to try things out on: what is written to them leaves those that they were made from as they are. */
import type { KubeObject } from '../../../api/kubernetes.ts';
import { decodeEntry, keyOf, ownManagers } from '../../../cache/entry.ts';
import { selects } from '../../../cache/selection.ts';
import type { OnDemandStore, Store, StoreKey } from '../../../cache/types.ts';
import type { Stores } from '../../../controllers/installation/stores.ts';

/**
 * Everything that the operator writes can be written here; the rest is read through. Objects are as the operator keeps
 * them: with its own entries of `managedFields` and no other.
 */
export function forkStores(stores: Stores): Stores {
  const forks = new Map<Store<KubeObject>, ForkedStore<KubeObject>>();
  const fork = <Item extends KubeObject>(store: Store<Item>): ForkedStore<Item> => {
    const base = store as Store<KubeObject>;
    const made = forks.get(base) ?? new ForkedStore(base);
    forks.set(base, made);
    return made as unknown as ForkedStore<Item>;
  };
  const storeOf: Stores['storeOf'] = (ref) => {
    const base = stores.storeOf(ref);
    return base === undefined ? undefined : fork(base);
  };
  return {
    ...stores,
    installations: fork(stores.installations),
    statuses: fork(stores.statuses),
    pools: fork(stores.pools),
    felix: fork(stores.felix),
    bgp: fork(stores.bgp),
    kubeControllers: fork(stores.kubeControllers),
    operatorSecrets: fork(stores.operatorSecrets),
    openShiftNetwork: fork(stores.openShiftNetwork),
    optional: { ...stores.optional, kubeProxy: fork(stores.optional.kubeProxy) },
    owned: stores.owned.map(fork),
    storeOf,
    live: (ref) => storeOf(ref)?.get(ref.name, ref.namespace),
  };
}

/** A store whose objects are whole, and what was written over it. */
class ForkedStore<Item extends KubeObject> implements OnDemandStore<Item> {
  readonly #base: Store<Item>;
  /** Undefined: deleted. */
  readonly #written = new Map<StoreKey, Item | undefined>();

  constructor(base: Store<Item>) {
    this.#base = base;
  }

  get selection(): Store<Item>['selection'] {
    return this.#base.selection;
  }

  get state(): Store<Item>['state'] {
    return this.#base.state;
  }

  get synced(): boolean {
    return this.#base.synced;
  }

  get size(): number {
    return this.list().length;
  }

  get(name: string, namespace?: string): Item | undefined {
    const key = keyOf(name, namespace);
    if (this.#written.has(key)) return this.#written.get(key);
    const item = this.#base.get(name, namespace);
    return item === undefined ? undefined : reduce(item);
  }

  list(): readonly Item[] {
    const untouched = this.#base
      .list()
      .filter(({ metadata: { name, namespace } }) => !this.#written.has(keyOf(name, namespace)));
    return [...untouched.map(reduce), ...[...this.#written.values()].filter((item) => item !== undefined)];
  }

  observe(object: KubeObject): void {
    const { name, namespace } = object.metadata;
    if (selects(this.selection, object) === true) this.#written.set(keyOf(name, namespace), object as Item);
  }

  observeDeleted(name: string, namespace: string | undefined): void {
    this.#written.set(keyOf(name, namespace), undefined);
  }

  /** Nothing listens, sleeps or is awaited here. */
  onChange(): () => void {
    return () => undefined;
  }

  onState(): void {
    // See above.
  }

  wake(): void {
    // See above.
  }

  demand(): void {
    // What is needed was read already.
  }

  settled(): Promise<void> {
    return Promise.resolve();
  }
}

function reduce<Item extends KubeObject>(object: Item): Item {
  return decodeEntry(object, (projected) => projected as Item, ownManagers).item;
}
