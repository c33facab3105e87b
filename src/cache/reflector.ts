/** The loop around the state machine of `reflector-step.ts`: does what it asks for and tells it what came of it. */
import type { Clock } from '../clock.ts';
import type { WatchSource } from '../kube/watch.ts';
import type { WatchEvent } from '../kube/watch-events.ts';
import type { Logger } from '../telemetry/types.ts';
import { failureOf } from './failure.ts';
import type { CacheObserver } from './observer.ts';
import type { Action, Change, Health, Input } from './reflector-state.ts';
import { initialState, step } from './reflector-step.ts';
import type { WatchedStore } from './store.ts';
import type { Delivery } from './types.ts';

/** What a reflector works with. */
export interface ReflectorOptions {
  readonly source: WatchSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer: CacheObserver;
  readonly delivery: Delivery;
  /** Called after each change of the store's state. */
  readonly onHealth: () => void;
}

const pageSize = 250;
// Bookmarks come about once a minute: silence beyond that means a connection that carries nothing any more.
const watchIdle = 75_000;
// The initial state comes in one go. A server that does not know the request falls silent after it without saying so.
const initialIdle = 10_000;
const initialEndAnnotation = 'k8s.io/initial-events-end';

/** Keeps one store like the API server's state. It runs until it is stopped, whatever happens, and never runs again after. */
export class Reflector<Item> {
  readonly #store: WatchedStore<Item>;
  readonly #options: ReflectorOptions;
  readonly #abort = new AbortController();
  #loop: Promise<void> | undefined;
  #pause: AbortController | undefined;
  /** Somebody woke it while a request was on its way, whose answer may be older than the cause. */
  #woken = false;
  #state = initialState;
  #failingSince = 0;

  constructor(store: WatchedStore<Item>, options: ReflectorOptions) {
    this.#store = store;
    this.#options = options;
    store.onWake = () => {
      if (this.#pause === undefined) this.#woken = true;
      else this.#pause.abort();
    };
  }

  /** Begins to follow. Does nothing when it runs already; after `stop` it ends at once. */
  start(): void {
    this.#loop ??= this.#run();
  }

  /** Ends for good; resolves when nothing of it runs any more. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#loop;
  }

  #stopped(): boolean {
    return this.#abort.signal.aborted;
  }

  async #run(): Promise<void> {
    let action = this.#feed({ kind: 'proceed' });
    while (!this.#stopped()) {
      const start = this.#options.clock.monotonic();
      try {
        action = await this.#perform(action ?? { kind: 'wait', span: { from: 0, to: 0 } });
      } catch (error) {
        if (this.#stopped()) return;
        const alive = this.#options.clock.monotonic() - start;
        action = this.#feed({ kind: 'failed', failure: failureOf(error), alive });
      }
    }
  }

  #perform(action: Action): Promise<Action | undefined> {
    switch (action.kind) {
      case 'stream-list':
        return this.#watch(undefined);
      case 'watch':
        return this.#watch(action.resourceVersion);
      case 'read-page':
        return this.#readPage(action);
      case 'wait':
        return this.#wait(action);
    }
  }

  async #wait({ span }: Extract<Action, { kind: 'wait' }>): Promise<Action | undefined> {
    const { clock } = this.#options;
    if (this.#woken) {
      this.#woken = false;
      return this.#feed({ kind: 'woken' });
    }
    const delay = span.from + clock.random() * (span.to - span.from);
    this.#pause = new AbortController();
    const over = await clock.sleep(delay, AbortSignal.any([this.#abort.signal, this.#pause.signal]));
    this.#pause = undefined;
    return this.#stopped() ? undefined : this.#feed({ kind: over ? 'proceed' : 'woken' });
  }

  async #readPage(action: Extract<Action, { kind: 'read-page' }>): Promise<Action | undefined> {
    const { source, delivery } = this.#options;
    const { resourceVersion, continueToken } = action;
    const page = await source.page(this.#store.selection, {
      limit: pageSize,
      resourceVersion,
      continueToken,
      metadataOnly: delivery.metadataOnly,
      signal: this.#abort.signal,
    });
    return this.#feed({
      kind: 'page',
      entries: page.items.map((item) => this.#store.decode(item)),
      resourceVersion: page.resourceVersion,
      continueToken: page.continueToken,
    });
  }

  async #watch(resourceVersion: string | undefined): Promise<Action | undefined> {
    const { source, clock, delivery } = this.#options;
    const isInitial = (): boolean => this.#state.phase.kind === 'initial-watch';
    const start = clock.monotonic();
    const events = await source.watch(this.#store.selection, {
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      metadataOnly: delivery.metadataOnly,
      omitted: delivery.omitted,
      pace: () => (isInitial() ? 0 : (delivery.pace ?? 0)),
      // Spread, so that watches that began together do not all begin anew together.
      timeoutSeconds: Math.round(300 * (1 + clock.random())),
      idle: () => (isInitial() ? initialIdle : watchIdle),
      signal: this.#abort.signal,
    });
    this.#woken = false;
    this.#feed({ kind: 'opened' });
    for await (const event of events) {
      const action = this.#feed(this.#inputOf(event));
      if (action !== undefined) return action;
      if (this.#stopped()) return undefined;
    }
    return this.#feed({ kind: 'closed', alive: clock.monotonic() - start });
  }

  #inputOf(event: WatchEvent): Input<Item> {
    if (event.type === 'BOOKMARK') {
      const { resourceVersion, annotations } = event.object.metadata;
      return {
        kind: 'bookmark',
        resourceVersion: resourceVersion ?? '',
        initialEnd: annotations?.[initialEndAnnotation] === 'true',
      };
    }
    return { kind: event.type === 'DELETED' ? 'drop' : 'put', entry: this.#store.decode(event.object) };
  }

  #feed(input: Input<Item>): Action | undefined {
    const { state, changes, action } = step(this.#state, input);
    this.#state = state;
    for (const change of changes) {
      this.#store.accept(change);
      this.#tell(change);
    }
    return action;
  }

  #tell(change: Change<Item>): void {
    const { observer, onHealth } = this.#options;
    if (change.kind === 'restart') observer.restarted(this.#store.name, change.reason);
    if (change.kind !== 'health') return;
    observer.health(this.#store.name, change.health);
    this.#log(change.health, change.message);
    onHealth();
  }

  /** One line when the watch's health changes, none for the tries in between. */
  #log(health: Health, problem: string): void {
    const { clock, logger } = this.#options;
    const watch = this.#store.name;
    if (health === 'ok') {
      if (this.#failingSince === 0) {
        logger.debug('watch established', { watch, objects: this.#store.size });
        return;
      }
      const seconds = Math.round((clock.monotonic() - this.#failingSince) / 100) / 10;
      this.#failingSince = 0;
      logger.info('watch recovered', { watch, seconds, objects: this.#store.size });
      return;
    }
    if (this.#failingSince === 0) this.#failingSince = clock.monotonic();
    if (health === 'forbidden' && this.#store.grantedLater) {
      logger.info('watch waits for a permission that comes with the installation', { watch });
    } else logger.warn(lines[health], { watch, problem });
  }
}

const lines: Readonly<Record<Exclude<Health, 'ok'>, string>> = {
  starting: 'watch starts',
  failing: 'watch fails; what is known may be out of date until it recovers',
  missing: 'the API server does not know the resource; its CRD is to be installed',
  forbidden: 'the operator may not watch the resource; its ClusterRole is to be corrected',
};
