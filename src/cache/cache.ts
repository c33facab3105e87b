/** All stores of the process and the reflectors that feed them. */
import type { ResourceType } from '../api/resources.ts';
import type { Clock } from '../clock.ts';
import { resourceName } from '../kube/request.ts';
import type { Selection } from '../kube/types.ts';
import type { WatchSource } from '../kube/watch.ts';
import type { Logger } from '../telemetry/types.ts';
import { ownManagers } from './entry.ts';
import type { ManagerFilter } from './entry.ts';
import { silentCacheObserver } from './observer.ts';
import type { CacheObserver } from './observer.ts';
import { DemandedStore } from './on-demand.ts';
import { Reflector } from './reflector.ts';
import { WatchedStore } from './store.ts';
import type { Cache, OnDemandStore, Store, WatchSpec } from './types.ts';

/** What a cache works with. */
export interface CacheOptions {
  readonly source: WatchSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer?: CacheObserver;
  /** Entries of `managedFields` to keep. Default: those of the operator's own managers. */
  readonly keepManagedFields?: ManagerFilter;
}

/** An empty cache: declare what to watch, then start it. */
export function createCache(options: CacheOptions): Cache {
  return new WatchCache(options);
}

interface Running {
  readonly store: Pick<WatchedStore<unknown>, keyof Store<unknown> | 'name' | 'grantedLater'>;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
}

class WatchCache implements Cache {
  readonly #options: CacheOptions;
  readonly #running: Running[] = [];
  readonly #demanded: (Store<unknown> & { stop(): Promise<void> })[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #stop = new AbortController();

  constructor(options: CacheOptions) {
    this.#options = options;
  }

  watch<Item>(spec: WatchSpec<Item>): Store<Item> {
    const { store, reflector } = this.#reflect(spec, this.#nameOf(spec.selection), () => this.#settle());
    this.#running.push({ store, start: () => reflector.start(), stop: () => reflector.stop() });
    return store;
  }

  watchOnDemand<Item>(spec: WatchSpec<Item>): OnDemandStore<Item> {
    const name = this.#nameOf(spec.selection);
    const store = new DemandedStore(spec.selection, () => {
      const { store: opened, reflector } = this.#reflect(spec, name, () => undefined);
      reflector.start();
      return { store: opened, stop: () => reflector.stop() };
    });
    this.#demanded.push(store);
    return store;
  }

  #reflect<Item>(spec: WatchSpec<Item>, name: string, onHealth: () => void) {
    const {
      source,
      clock,
      logger,
      observer = silentCacheObserver,
      keepManagedFields = ownManagers,
    } = this.#options;
    const store = new WatchedStore(spec, { name, logger, observer, keepManagedFields });
    const reflector = new Reflector(store, { source, clock, logger, observer, delivery: spec, onHealth });
    return { store, reflector };
  }

  async start(signal: AbortSignal): Promise<void> {
    const ended = AbortSignal.any([signal, this.#stop.signal]);
    const givenUp = (): Error => new Error(`the cache ended while waiting for ${this.unsynced().join(', ')}`);
    if (ended.aborted) throw givenUp();
    for (const { start } of this.#running) start();
    if (this.#isSettled()) return;
    await new Promise<void>((resolve, reject) => {
      const onEnd = (): void => {
        this.#waiting.delete(onSettled);
        reject(givenUp());
      };
      const onSettled = (): void => {
        ended.removeEventListener('abort', onEnd);
        resolve();
      };
      this.#waiting.add(onSettled);
      ended.addEventListener('abort', onEnd, { once: true });
    });
  }

  unsynced(): readonly string[] {
    // A resource that the server does not have is synced in its way: there is nothing to know.
    const unsynced = this.#running.filter(
      ({ store }) => store.state === 'syncing' || (store.state === 'forbidden' && !store.grantedLater),
    );
    return unsynced.map(({ store }) => store.name);
  }

  missing(): readonly string[] {
    const missing = this.#running.filter(({ store }) => store.state === 'missing');
    return missing.map(({ store }) => resourceName(store.selection.resource));
  }

  storesOf(resource: ResourceType): readonly Store<unknown>[] {
    return [...this.#running.map(({ store }) => store), ...this.#demanded].filter(({ selection }) =>
      isSame(selection.resource, resource),
    );
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all([...this.#running, ...this.#demanded].map((watch) => watch.stop()));
  }

  #isSettled(): boolean {
    return this.#running.every(({ store }) => store.state !== 'syncing');
  }

  #settle(): void {
    if (!this.#isSettled()) return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  /** `daemonsets.apps calico-system`; a number sets apart what differs only in its selectors. */
  #nameOf({ resource, namespace }: Selection): string {
    const name = namespace === undefined ? resourceName(resource) : `${resourceName(resource)} ${namespace}`;
    const alike = this.#running.filter(
      ({ store }) => store.name === name || store.name.startsWith(`${name} #`),
    );
    return alike.length === 0 ? name : `${name} #${alike.length + 1}`;
  }
}

function isSame(a: ResourceType, b: ResourceType): boolean {
  return a.group === b.group && a.version === b.version && a.plural === b.plural;
}
