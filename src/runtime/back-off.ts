/** When a failed key may be tried again. The rules are those of client-go's default controller rate limiter. */
import type { Clock } from '../clock.ts';

/** Exponential back-off, in milliseconds. */
export interface BackOffOptions {
  readonly base: number;
  readonly factor: number;
  readonly cap: number;
}

/** 5 ms, 10 ms, 20 ms … up to 1000 s: some 20 attempts in the first hour of a lasting failure. */
export const defaultBackOff: BackOffOptions = { base: 5, factor: 2, cap: 1_000_000 };

/** The delay before the attempt that follows the `failures`-th failure in a row (1 or more), in milliseconds. */
export function backOffDelay(failures: number, options: BackOffOptions): number {
  return Math.min(options.cap, options.base * options.factor ** (failures - 1));
}

/** A rate over all keys, as events a second with a burst. */
export interface BucketOptions {
  readonly rate: number;
  readonly burst: number;
}

/** 10 retries a second over all keys, after a burst of 100. */
export const defaultBucket: BucketOptions = { rate: 10, burst: 100 };

/** A token bucket: `reserve` takes a token, if need be one of the future. */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #options: BucketOptions;
  #tokens: number;
  #updated: number;

  constructor(clock: Clock, options: BucketOptions) {
    this.#clock = clock;
    this.#options = options;
    this.#tokens = options.burst;
    this.#updated = clock.monotonic();
  }

  /** Takes one token; answers how many milliseconds its holder has to wait for it. */
  reserve(): number {
    const now = this.#clock.monotonic();
    const earned = ((now - this.#updated) / 1_000) * this.#options.rate;
    this.#tokens = Math.min(this.#options.burst, this.#tokens + earned) - 1;
    this.#updated = now;
    return this.#tokens >= 0 ? 0 : (-this.#tokens / this.#options.rate) * 1_000;
  }
}
