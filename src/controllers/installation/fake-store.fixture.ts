/** Watches on demand whose content comes when a test says so. Never imported by the program. */
import type { OnDemandStore, Store } from '../../cache/types.ts';
import type { Selection } from '../../kube/types.ts';

/** One such watch. */
export class FakeStore {
  readonly selection: Selection;
  state: Store<unknown>['state'] = 'synced';
  needed = false;
  object: object | undefined;
  readonly #settled = Promise.withResolvers<undefined>();

  constructor(selection: Selection) {
    this.selection = selection;
  }

  demand(needed: boolean): void {
    if (needed === this.needed) return;
    this.needed = needed;
    this.state = needed ? 'syncing' : 'synced';
    this.object = undefined;
  }

  settled(): Promise<unknown> {
    return this.#settled.promise;
  }

  read(object?: object, state: Store<unknown>['state'] = 'synced'): void {
    this.object = object;
    this.state = state;
    this.#settled.resolve(undefined);
  }

  get(): object | undefined {
    return this.object;
  }
}

/** Hands out watches, and keeps them at hand. */
export function fakeWatches() {
  const stores: FakeStore[] = [];
  const watch = <Item>(selection: Selection): OnDemandStore<Item> => {
    const store = new FakeStore(selection);
    stores.push(store);
    return store as unknown as OnDemandStore<Item>;
  };
  return { stores, watch };
}
