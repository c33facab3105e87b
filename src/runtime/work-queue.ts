/**
 * The queue between what changes and what reconciles: keys, never objects. A key waits at most once, is never worked
 * on twice at the same time, and one that is added during its work is worked on again afterwards.
 */
import type { Clock } from '../clock.ts';
import { type QueueObserver, silentQueueObserver } from '../telemetry/observers.ts';
import {
  type BackOffOptions,
  type BucketOptions,
  TokenBucket,
  backOffDelay,
  defaultBackOff,
  defaultBucket,
} from './back-off.ts';
import { ReadyList } from './ready-list.ts';

/** Priorities of keys: higher goes first. */
export const priorities = {
  /** Somebody changed something. */
  change: 0,
  /** First list after a start, and resyncs: nobody waits for them (the value is controller-runtime's). */
  background: -100,
} as const;

export interface WorkQueueOptions {
  readonly clock: Clock;
  readonly backOff?: BackOffOptions;
  /** Limits retries over all keys; adding is never limited. */
  readonly bucket?: BucketOptions;
  /** How long a key waits, from its first adding, for more events of the same cause. Milliseconds; 0 is none. */
  readonly debounce?: number;
  readonly observer?: QueueObserver;
}

/** A key handed to a worker, who owes the queue a `done`. */
export interface Taken {
  readonly key: string;
  readonly priority: number;
}

interface Delayed {
  readonly at: number;
  readonly priority: number;
  cancel(): void;
}

type Waiter = (taken: Taken | undefined) => void;

/** The longest delay that a timer keeps (24.8 days); what asks for more is worked on early, which does no harm. */
const longestDelay = 2 ** 31 - 1;

/** A keyed, de-duplicating queue with priorities, delays and back-off. */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #observer: QueueObserver;
  readonly #backOff: BackOffOptions;
  readonly #bucket: TokenBucket;
  readonly #debounce: number;
  readonly #ready = new ReadyList();
  /** Being worked on. */
  readonly #processing = new Set<string>();
  /** Added while being worked on, with their priority. */
  readonly #dirty = new Map<string, number>();
  /** Asked for at a later time; the earliest of several wishes counts. */
  readonly #delayed = new Map<string, Delayed>();
  /** Waiting for their next attempt; apart from `#delayed`, as success cancels them. */
  readonly #retries = new Map<string, Delayed>();
  readonly #failures = new Map<string, number>();
  readonly #waiters = new Set<Waiter>();
  readonly #idle = new Set<() => void>();
  #closed = false;

  constructor(options: WorkQueueOptions) {
    this.#clock = options.clock;
    this.#observer = options.observer ?? silentQueueObserver;
    this.#backOff = options.backOff ?? defaultBackOff;
    this.#bucket = new TokenBucket(options.clock, options.bucket ?? defaultBucket);
    this.#debounce = options.debounce ?? 0;
  }

  /** Keys that are ready and not yet taken. */
  get depth(): number {
    return this.#ready.size;
  }

  /** Failures in a row of a key. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** Asks for work on a key, as soon as possible. */
  add(key: string, priority: number = priorities.change): void {
    if (this.#closed) return;
    const waitsAlready = this.#ready.has(key) || this.#processing.has(key);
    if (this.#debounce > 0 && !waitsAlready) this.addAfter(key, this.#debounce, priority);
    else this.#makeReady(key, priority);
  }

  /** Asks for work on a key after `delay` milliseconds; the earliest of several such wishes is kept. */
  addAfter(key: string, delay: number, priority: number = priorities.change): void {
    if (this.#closed) return;
    if (delay <= 0) {
      this.#makeReady(key, priority);
      return;
    }
    this.#wait(this.#delayed, key, delay, priority);
  }

  /**
   * Asks for another attempt on a key whose work failed, after its back-off, or the delay that is given, in milliseconds;
   * and not before the common rate.
   */
  retry(key: string, priority: number = priorities.change, after?: number): void {
    if (this.#closed) return;
    const failures = this.failures(key) + 1;
    this.#failures.set(key, failures);
    this.#retries.get(key)?.cancel();
    this.#retries.delete(key);
    const delay = Math.max(after ?? backOffDelay(failures, this.#backOff), this.#bucket.reserve());
    this.#observer.retried(delay / 1_000);
    this.#wait(this.#retries, key, delay, priority);
  }

  /** Makes sure of the next attempt on a key that has failed: in `delay` milliseconds, if it is not planned for earlier. */
  retryBy(key: string, delay: number, priority: number = priorities.change): void {
    if (!this.#closed) this.#wait(this.#retries, key, delay, priority);
  }

  /** Forgets a key's failures, and the retry that was planned for them. */
  forget(key: string): void {
    if (this.#failures.delete(key)) this.#observer.recovered();
    this.#retries.get(key)?.cancel();
    this.#retries.delete(key);
  }

  /** The next key, once there is one; nothing when the signal aborts or the queue is closed. */
  take(signal?: AbortSignal): Promise<Taken | undefined> {
    if (this.#closed || signal?.aborted === true) return Promise.resolve(undefined);
    const taken = this.#takeReady();
    if (taken !== undefined) return Promise.resolve(taken);
    return new Promise((resolve) => {
      const finish: Waiter = (found) => {
        this.#waiters.delete(finish);
        signal?.removeEventListener('abort', onAbort);
        resolve(found);
      };
      const onAbort = (): void => finish(undefined);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiters.add(finish);
    });
  }

  /** Ends the work on a taken key. If it was added meanwhile, it is ready again. */
  done(key: string): void {
    this.#processing.delete(key);
    const priority = this.#dirty.get(key);
    this.#dirty.delete(key);
    if (priority !== undefined && !this.#closed) this.#makeReady(key, priority);
    if (this.#processing.size === 0) for (const resolve of [...this.#idle]) resolve();
  }

  /**
   * Takes no more keys and hands none out. Resolves when the work in progress is done. What still waits is dropped:
   * the next process lists everything anew.
   */
  close(): Promise<void> {
    this.#closed = true;
    for (const waiting of [...this.#delayed.values(), ...this.#retries.values()]) waiting.cancel();
    this.#delayed.clear();
    this.#retries.clear();
    this.#dirty.clear();
    this.#ready.clear();
    this.#observer.depth(0);
    for (const finish of [...this.#waiters]) finish(undefined);
    if (this.#processing.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.add(resolve));
  }

  #wait(waiting: Map<string, Delayed>, key: string, delay: number, priority: number): void {
    const at = this.#clock.monotonic() + Math.min(delay, longestDelay);
    const present = waiting.get(key);
    if (present !== undefined && present.at <= at && present.priority >= priority) return;
    present?.cancel();
    const due = Math.min(at, present?.at ?? at);
    const highest = Math.max(priority, present?.priority ?? priority);
    const timer = this.#clock.schedule(due - this.#clock.monotonic(), () => {
      waiting.delete(key);
      this.#makeReady(key, highest);
    });
    waiting.set(key, { at: due, priority: highest, cancel: () => timer.cancel() });
  }

  #makeReady(key: string, priority: number): void {
    if (this.#processing.has(key)) {
      this.#dirty.set(key, Math.max(priority, this.#dirty.get(key) ?? priority));
      return;
    }
    if (!this.#ready.has(key)) this.#observer.added();
    this.#ready.add(key, priority, this.#clock.monotonic());
    this.#observer.depth(this.#ready.size);
    for (const waiter of this.#waiters) {
      const taken = this.#takeReady();
      if (taken !== undefined) waiter(taken);
      return;
    }
  }

  #takeReady(): Taken | undefined {
    const next = this.#ready.take();
    if (next === undefined) return undefined;
    this.#processing.add(next.key);
    this.#observer.depth(this.#ready.size);
    this.#observer.taken((this.#clock.monotonic() - next.since) / 1_000);
    return { key: next.key, priority: next.priority };
  }
}
