/** A store: the readable side of a watched copy, and what its reflector and our own writes put into it. */
import type { KubeObject } from '../api/kubernetes.ts';
import type { Selection } from '../kube/types.ts';
import type { Logger } from '../telemetry/types.ts';
import { Contents } from './contents.ts';
import { decodeEntry, keyOf } from './entry.ts';
import type { Entry, ManagerFilter } from './entry.ts';
import type { CacheObserver } from './observer.ts';
import type { Change, Health } from './reflector-state.ts';
import { selects } from './selection.ts';
import type { Store, StoreKey, WatchSpec } from './types.ts';

/** What a store needs besides its specification. */
export interface StoreOptions {
  /** For logs, metrics and `unsynced()`. */
  readonly name: string;
  readonly logger: Logger;
  readonly observer: CacheObserver;
  readonly keepManagedFields: ManagerFilter;
}

/** A store whose content is fed by a reflector's changes. */
export class WatchedStore<Item> implements Store<Item> {
  readonly selection: Selection;
  readonly name: string;
  readonly #spec: WatchSpec<Item>;
  readonly #options: StoreOptions;
  readonly #contents: Contents<Item>;
  readonly #listeners = new Set<(key: StoreKey) => void>();
  readonly #stateListeners = new Set<() => void>();
  /** Of what there is since the last change. */
  #list: readonly Item[] | undefined;
  #synced = false;
  #health: Health = 'starting';
  readonly #settled = Promise.withResolvers<undefined>();
  /** Set by the reflector that feeds the store. */
  onWake: () => void = () => undefined;

  constructor(spec: WatchSpec<Item>, options: StoreOptions) {
    this.selection = spec.selection;
    this.name = options.name;
    this.#spec = spec;
    this.#options = options;
    this.#contents = new Contents(spec.equal ?? (() => false));
  }

  get synced(): boolean {
    return this.#synced;
  }

  get state(): Store<Item>['state'] {
    if (this.#health === 'missing' || this.#health === 'forbidden') return this.#health;
    return this.#synced ? 'synced' : 'syncing';
  }

  get size(): number {
    return this.#contents.entries.size;
  }

  get(name: string, namespace?: string): Item | undefined {
    return this.#contents.entries.get(keyOf(name, namespace))?.item;
  }

  list(): readonly Item[] {
    this.#list ??= Array.from(this.#contents.entries.values(), (entry) => entry.item);
    return this.#list;
  }

  onChange(listener: (key: StoreKey) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  onState(listener: () => void): void {
    this.#stateListeners.add(listener);
  }

  observe(object: KubeObject): void {
    const selected = selects(this.selection, object);
    const { name, namespace } = object.metadata;
    if (selected === false) return;
    if (selected === undefined && this.get(name, namespace) === undefined) return;
    this.#notify(this.#contents.observe(this.decode(object)));
  }

  observeDeleted(name: string, namespace: string | undefined, uid: string | undefined): void {
    // Without it nobody knows whether what is known now is what was deleted: the watch will tell.
    if (uid !== undefined) this.#notify(this.#contents.observeDeleted(keyOf(name, namespace), uid));
  }

  wake(): void {
    this.onWake();
  }

  /** Resolves when the state is `syncing` no more. */
  settled(): Promise<void> {
    return this.#settled.promise;
  }

  /** Whether `forbidden` is to be expected for now. */
  get grantedLater(): boolean {
    return this.#spec.grantedLater === true;
  }

  /** What is kept of an object. */
  decode(object: KubeObject): Entry<Item> {
    return decodeEntry(object, this.#spec.project, this.#options.keepManagedFields);
  }

  /** Takes in a change that the reflector decided on. */
  accept(change: Change<Item>): void {
    switch (change.kind) {
      case 'init':
        this.#contents.beginList(change.consistent);
        return;
      case 'init-put':
        this.#contents.listed(change.entry);
        return;
      case 'init-drop':
        this.#contents.unlisted(change.entry);
        return;
      case 'init-done': {
        const changed = this.#contents.endList(change.resourceVersion);
        this.#synced = true;
        this.#settled.resolve(undefined);
        this.#notify(changed);
        return;
      }
      case 'put':
        this.#notify(this.#contents.put(change.entry));
        return;
      case 'drop':
        this.#notify(this.#contents.drop(change.entry));
        return;
      case 'progress':
        this.#contents.progressed(change.resourceVersion);
        return;
      case 'health': {
        const before = this.state;
        this.#health = change.health;
        if (this.state !== 'syncing') this.#settled.resolve(undefined);
        if (this.state !== before) for (const listener of this.#stateListeners) listener();
        return;
      }
      case 'restart':
        return;
    }
  }

  #notify(keys: readonly StoreKey[]): void {
    if (keys.length === 0) return;
    this.#list = undefined;
    this.#options.observer.size(this.name, this.size);
    for (const key of keys) {
      for (const listener of this.#listeners) {
        try {
          listener(key);
        } catch (error) {
          this.#options.logger.error('a listener of a store failed', { store: this.name, key, error });
        }
      }
    }
  }
}
