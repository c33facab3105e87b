/** Time and chance, injected: the only file that asks the system for them. */

/** Sources of time and randomness. Tests move a clock of their own. */
export interface Clock {
  /** Milliseconds since the epoch, for times that people see. */
  now(): number;
  /** Milliseconds on a clock that never goes back, for durations. */
  monotonic(): number;
  /** A number in [0, 1). */
  random(): number;
  /** Runs `action` once after `delay` milliseconds, unless cancelled. Never keeps the process alive by itself. */
  schedule(delay: number, action: () => void): { cancel(): void };
  /** Resolves after `delay` milliseconds, or at once with `false` when the signal aborts. */
  sleep(delay: number, signal?: AbortSignal): Promise<boolean>;
}

/** The system's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  schedule(delay, action) {
    const timer = setTimeout(action, Math.max(0, delay));
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
  sleep(delay, signal) {
    return new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve(false);
        return;
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve(true);
      }, delay);
      const onAbort = (): void => {
        clearTimeout(timer);
        resolve(false);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  },
};
