/**
 * Leader election on a Lease, by the rules of client-go: renew times are measured by the local monotonic clock from the
 * moment a change was seen, never read from the record. It is no fence. A leader whose process was frozen for longer
 * than lease − renewDeadline (5 s) may still act for a moment when it wakes up: writes have to be safe when done twice.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Clock } from '../clock.ts';
import type { Logger } from '../telemetry/types.ts';
import {
  type LeaseClient,
  type LeaseTimes,
  type Observation,
  acquiredRecord,
  defaultLeaseTimes,
  observe,
  releasedRecord,
  remaining,
  standbyDelay,
} from './lease.ts';

export interface ElectionOptions {
  readonly client: LeaseClient;
  /** Different for each process: `leaseIdentity()`. */
  readonly identity: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly times?: LeaseTimes;
}

/** Held leadership. */
export interface Leadership {
  /** Aborts, with the reason, when leadership is lost without being released. */
  readonly lost: AbortSignal;
  /** Whether it is held at this moment by the monotonic clock, also right after the process was frozen. */
  readonly held: () => boolean;
  /** Stops renewing and hands the lease over. Never rejects; at most `retryPeriod` long. */
  readonly release: () => Promise<void>;
}

/** An identity that no other process has: `<hostname>_<uuid>`. */
export function leaseIdentity(): string {
  return `${hostname()}_${randomUUID()}`;
}

/** Waits until this process is the leader. Errors are logged and tried again; nothing only when the signal aborts. */
export async function elect(options: ElectionOptions, signal: AbortSignal): Promise<Leadership | undefined> {
  const candidate = new Candidate(options);
  const times = options.times ?? defaultLeaseTimes;
  while (!signal.aborted) {
    const wait = await candidate.tryAcquire(signal);
    if (wait === 'acquired') return candidate.lead();
    const delay = Math.min(wait ?? Infinity, standbyDelay(times, options.clock.random()));
    await options.clock.sleep(delay, signal);
  }
  return undefined;
}

/** One process's view of the lease, from standby to leadership. */
class Candidate {
  readonly #client: LeaseClient;
  readonly #identity: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #times: LeaseTimes;
  readonly #lost = new AbortController();
  readonly #released = new AbortController();
  #observed: Observation | undefined;
  #holderSeen: string | undefined;
  /** Monotonic time at which the last successful write of ours was sent. */
  #renewed = -Infinity;
  #renewing: Promise<void> = Promise.resolve();

  constructor(options: ElectionOptions) {
    this.#client = options.client;
    this.#identity = options.identity;
    this.#clock = options.clock;
    this.#logger = options.logger.with({ identity: options.identity });
    this.#times = options.times ?? defaultLeaseTimes;
  }

  /** One attempt. Otherwise the milliseconds after which the lease may be free, if known. */
  async tryAcquire(signal: AbortSignal): Promise<'acquired' | number | undefined> {
    try {
      return await this.#withTimeout(signal, this.#requestTimeout, async (bounded) => {
        await this.#read(bounded);
        const wait = this.#observed === undefined ? 0 : this.#untilFree(this.#observed);
        if (wait > 0) return wait;
        await this.#write(bounded);
        return 'acquired';
      });
    } catch (error) {
      if (!signal.aborted) this.#logger.warn('Attempt to acquire the lease failed', { error });
      return undefined;
    }
  }

  /** Starts renewing. */
  lead(): Leadership {
    this.#logger.info('Became leader');
    this.#renewing = this.#renew();
    return {
      lost: this.#lost.signal,
      held: () => this.#held(),
      release: () => this.#release(),
    };
  }

  #held(): boolean {
    const withinDeadline = this.#clock.monotonic() < this.#renewed + this.#times.renewDeadline;
    return withinDeadline && !this.#lost.signal.aborted && !this.#released.signal.aborted;
  }

  #untilFree(observed: Observation): number {
    return remaining(observed, this.#identity, this.#clock.monotonic());
  }

  async #read(signal: AbortSignal): Promise<void> {
    const stored = await this.#client.get(signal);
    this.#observed =
      stored === undefined ? undefined : observe(this.#observed, stored, this.#clock.monotonic());
    const holder = stored?.record.holder;
    if (holder !== undefined && holder !== this.#holderSeen) {
      this.#holderSeen = holder;
      if (holder !== '' && holder !== this.#identity) this.#logger.info('Another process leads', { holder });
    }
  }

  async #write(signal: AbortSignal): Promise<void> {
    const sent = this.#clock.monotonic();
    const stored = this.#observed?.stored;
    const record = acquiredRecord(stored?.record, this.#identity, this.#times, this.#clock.now());
    const written =
      stored === undefined
        ? await this.#client.create(record, signal)
        : await this.#client.replace(stored.version, record, signal);
    this.#observed = { stored: written, since: this.#clock.monotonic() };
    this.#renewed = Math.max(this.#renewed, sent);
  }

  async #renew(): Promise<void> {
    const stop = AbortSignal.any([this.#lost.signal, this.#released.signal]);
    let deadline = this.#watchDeadline();
    while (await this.#clock.sleep(this.#times.retryPeriod, stop)) {
      try {
        await this.#withTimeout(stop, this.#requestTimeout, (bounded) => this.#renewOnce(bounded));
        deadline.cancel();
        deadline = this.#watchDeadline();
      } catch (error) {
        if (!stop.aborted) this.#logger.warn('Attempt to renew the lease failed', { error });
      }
    }
    deadline.cancel();
  }

  async #renewOnce(signal: AbortSignal): Promise<void> {
    try {
      await this.#write(signal);
      return;
    } catch (error) {
      if (signal.aborted) throw error;
      this.#logger.debug('Renewal was refused, reading the lease again', { error });
    }
    await this.#read(signal);
    const holder = this.#observed?.stored.record.holder ?? this.#identity;
    if (holder === this.#identity) await this.#write(signal);
    else this.#lose(holder === '' ? 'somebody emptied the lease' : `${holder} holds the lease`);
  }

  #watchDeadline(): { cancel(): void } {
    const left = this.#renewed + this.#times.renewDeadline - this.#clock.monotonic();
    return this.#clock.schedule(left, () => {
      this.#lose(`the lease could not be renewed for ${this.#times.renewDeadline / 1_000} s`);
    });
  }

  #lose(reason: string): void {
    if (this.#lost.signal.aborted || this.#released.signal.aborted) return;
    this.#logger.error('Lost leadership', { reason });
    this.#lost.abort(new Error(`leadership lost: ${reason}`));
  }

  async #release(): Promise<void> {
    if (this.#released.signal.aborted) return;
    const mine = !this.#lost.signal.aborted;
    this.#released.abort(new Error('leadership released'));
    await this.#renewing;
    if (!mine) return;
    try {
      const never = new AbortController().signal;
      await this.#withTimeout(never, this.#times.retryPeriod, (bounded) => this.#handOver(bounded));
      this.#logger.info('Released the lease');
    } catch (error) {
      this.#logger.warn('Release of the lease failed: the next leader waits until it runs out', { error });
    }
  }

  async #handOver(signal: AbortSignal): Promise<void> {
    for (let attemptsLeft = 2; ; attemptsLeft--) {
      await this.#read(signal);
      const stored = this.#observed?.stored;
      if (stored?.record.holder !== this.#identity) return;
      try {
        await this.#client.replace(stored.version, releasedRecord(stored.record, this.#clock.now()), signal);
        return;
      } catch (error) {
        // A renewal that was on its way when the release began may have come in between.
        if (attemptsLeft <= 1) throw error;
      }
    }
  }

  /** One round of requests. Half the deadline, so that a frozen connection costs one attempt, not the leadership. */
  get #requestTimeout(): number {
    return Math.max(1_000, this.#times.renewDeadline / 2);
  }

  async #withTimeout<T>(
    signal: AbortSignal,
    milliseconds: number,
    action: (bounded: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const bounded = new AbortController();
    const onAbort = (): void => bounded.abort(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const timer = this.#clock.schedule(milliseconds, () => {
      bounded.abort(new Error(`no answer within ${milliseconds / 1_000} s`));
    });
    try {
      return await Promise.race([rejectOnAbort(bounded.signal), action(bounded.signal)]);
    } finally {
      timer.cancel();
      signal.removeEventListener('abort', onAbort);
    }
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
