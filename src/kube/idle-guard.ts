/** Ends what has been silent for too long. */
import type { Clock } from '../clock.ts';

/** Aborts a stream that has been silent for too long, or whose reader gave up. */
export class IdleGuard {
  readonly #abort = new AbortController();
  readonly #clock: Clock;
  readonly #limit: () => number;
  readonly #outer: AbortSignal;
  readonly #onAbort = (): void => this.#abort.abort();
  #last: number;
  #timer: { cancel(): void } | undefined;
  /** True once silence, and not `outer`, ended the stream. */
  idle = false;

  /** `limit` in milliseconds, asked for anew at each check; `outer` ends the stream as well. */
  constructor(clock: Clock, limit: () => number, outer: AbortSignal) {
    this.#clock = clock;
    this.#limit = limit;
    this.#outer = outer;
    this.#last = clock.monotonic();
    if (this.#outer.aborted) this.#abort.abort();
    else this.#outer.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** For the request to be ended. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Something came. The first call starts the guard; cheap, since the timer is not set anew for each chunk. */
  touch(): void {
    this.#last = this.#clock.monotonic();
    this.#timer ??= this.#clock.schedule(this.#limit(), () => this.#check());
  }

  #check(): void {
    const left = this.#last + this.#limit() - this.#clock.monotonic();
    if (left > 0) {
      this.#timer = this.#clock.schedule(left, () => this.#check());
      return;
    }
    this.idle = true;
    this.#abort.abort();
  }

  /** The stream is over, or nobody reads it any more: it is cut. */
  end(): void {
    this.#timer?.cancel();
    this.#outer.removeEventListener('abort', this.#onAbort);
    this.#abort.abort();
  }
}
