import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';

export interface EventuallyOptions {
  /** Milliseconds until it gives up; default two minutes: it costs nothing where the condition comes to hold. */
  readonly timeout?: number;
  /** Milliseconds between two tries; default 100. */
  readonly interval?: number;
  /** What is waited for, for the message of the failure. */
  readonly description?: string;
  /** Ends the waiting, with the reason of the abort. */
  readonly signal?: AbortSignal;
}

/**
 * Waits until the condition holds: until it returns neither `false`, `undefined` nor `null`, and does not throw (an
 * `expect` inside is a condition too).
 * @returns what the condition returned at last.
 * @throws Error that tells what was waited for, how long, and what the last try returned or threw.
 */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<Exclude<T, false | null | undefined>> {
  const { timeout = 120_000, interval = 100, description, signal } = options;
  const started = performance.now();
  for (let tries = 1; ; tries++) {
    signal?.throwIfAborted();
    const attempt = await tryOnce(condition);
    if (attempt.holds) return attempt.value as Exclude<T, false | null | undefined>;
    const elapsed = performance.now() - started;
    if (elapsed + interval > timeout) {
      const what = description ?? 'the condition to hold';
      const message = `waited ${(elapsed / 1000).toFixed(1)} s (${tries} tries) for ${what}; the last try ${attempt.last}`;
      throw new Error(message, attempt.error === undefined ? {} : { cause: attempt.error });
    }
    await delay(interval);
  }
}

/**
 * Checks again and again that something stays true for a while; for "nothing more happens" where there is no event to
 * wait for.
 * @param duration milliseconds.
 * @throws what the check threw.
 */
export async function consistently(
  check: () => unknown,
  duration: number,
  interval = Math.min(200, duration / 5),
): Promise<void> {
  const started = performance.now();
  do {
    await check();
    await delay(interval);
  } while (performance.now() - started < duration);
  await check();
}

interface Attempt<T> {
  readonly holds: boolean;
  readonly value?: T;
  readonly error?: unknown;
  readonly last: string;
}

async function tryOnce<T>(condition: () => T | Promise<T>): Promise<Attempt<T>> {
  try {
    const value = await condition();
    const holds = value !== false && value !== undefined && value !== null;
    return { holds, value, last: `returned ${inspect(value, { depth: 3, breakLength: 120 })}` };
  } catch (error) {
    const message = error instanceof Error ? error.message : inspect(error);
    return { holds: false, error, last: `threw: ${message}` };
  }
}
