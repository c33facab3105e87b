/** A clock that tests move by hand. Never imported by the program. */
import type { Clock } from './clock.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly action: () => void;
}

/** How a fake clock starts. */
export interface FakeClockOptions {
  /** Wall time at the start, milliseconds since the epoch. Wall and monotonic time differ by it. */
  readonly wall?: number;
  /** What `random()` answers; default is a fixed sequence, so that a test sees the same numbers each time. */
  readonly random?: () => number;
}

/** Time stands still until `advance`. Timers fire in the order of their time, and promises settle between them. */
export class FakeClock implements Clock {
  #elapsed = 0;
  #wall: number;
  #order = 0;
  #seed = 1;
  readonly #timers = new Set<Timer>();
  readonly #random: (() => number) | undefined;

  constructor(options: FakeClockOptions = {}) {
    this.#wall = options.wall ?? Date.UTC(2030, 0, 1);
    this.#random = options.random;
  }

  now(): number {
    return this.#wall + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  random(): number {
    if (this.#random !== undefined) return this.#random();
    this.#seed = (this.#seed * 48_271) % 2_147_483_647;
    return this.#seed / 2_147_483_647;
  }

  schedule(delay: number, action: () => void): { cancel(): void } {
    const timer: Timer = { at: this.#elapsed + Math.max(0, delay), order: this.#order++, action };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  sleep(delay: number, signal?: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve(false);
        return;
      }
      const onAbort = (): void => {
        timer.cancel();
        resolve(false);
      };
      const timer = this.schedule(delay, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve(true);
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Timers that have not fired. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves only the wall clock, as an administrator or NTP does. */
  setWall(now: number): void {
    this.#wall = now - this.#elapsed;
  }

  /** Moves time on, firing what falls due. Resolves when everything that this caused has settled. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#elapsed + milliseconds;
    await settle();
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#timers.delete(timer);
      this.#elapsed = timer.at;
      timer.action();
      await settle();
    }
    this.#elapsed = end;
  }

  #next(end: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at > end) continue;
      if (next === undefined || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) {
        next = timer;
      }
    }
    return next;
  }
}

/** Lets every promise that can settle without I/O or time do so. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
