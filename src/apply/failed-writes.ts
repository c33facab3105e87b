/**
 * What failed is not written again with every pass: a cluster that is busy gives cause to a pass several times a second,
 * and a write that an admission rule refuses would go along each time.
 */
import type { Clock } from '../clock.ts';
import { isOutage } from '../kube/errors.ts';
import { digest } from './digest.ts';
import { keyOf } from './refs.ts';
import type { Action, Outcome } from './types.ts';

interface Failure {
  /** Of what was to be written. */
  readonly wanted: string;
  readonly error: Error;
  /** In a row. */
  readonly count: number;
  /** Monotonic time of the next attempt. */
  readonly due: number;
}

/**
 * What a process remembers of its failed writes, but for those that an outage of the API server kept from it. As nothing
 * is written to anybody, a new process begins anew.
 */
export class FailedWrites {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #delayAfter: (failures: number) => number;
  readonly #failures = new Map<string, Failure>();

  /** @param delayAfter milliseconds to wait after so many failures in a row */
  constructor(clock: Pick<Clock, 'monotonic'>, delayAfter: (failures: number) => number) {
    this.#clock = clock;
    this.#delayAfter = delayAfter;
  }

  /** The error of the last attempt while it is too early for the next; something else wanted is never too early. */
  recall(action: Action): Error | undefined {
    const failure = this.#failures.get(keyOf(action.ref));
    if (failure === undefined || this.#clock.monotonic() >= failure.due) return undefined;
    return failure.wanted === fingerprint(action) ? failure.error : undefined;
  }

  /** Takes in what became of an action. A write that succeeds may be the cure of others: all of them may go at once. */
  record(outcome: Outcome): void {
    const { action } = outcome;
    if (outcome.kind === 'done' && action.kind !== 'none') this.#failures.clear();
    const key = keyOf(action.ref);
    if (outcome.kind === 'done') this.#failures.delete(key);
    if (outcome.kind !== 'failed' || outcome.recalled === true || isOutage(outcome.error)) return;
    const wanted = fingerprint(action);
    const before = this.#failures.get(key);
    const count = (before?.count ?? 0) + 1;
    const due = this.#clock.monotonic() + this.#delayAfter(count);
    this.#failures.set(key, { wanted, error: outcome.error, count, due });
  }

  /** Whole milliseconds after which one of the failed outcomes may be tried again; undefined if none has failed. */
  dueIn(outcomes: readonly Outcome[]): number | undefined {
    const waits = outcomes.flatMap(({ kind, action }) => {
      const failure = kind === 'failed' ? this.#failures.get(keyOf(action.ref)) : undefined;
      return failure === undefined
        ? []
        : [Math.max(0, Math.floor(failure.due - this.#clock.monotonic()) + 1)];
    });
    return waits.length === 0 ? undefined : Math.min(...waits);
  }

  /** Forgets everything: somebody has changed what may have been the cause. */
  forget(): void {
    this.#failures.clear();
  }
}

function fingerprint(action: Action): string {
  const { kind } = action;
  return 'object' in action ? `${kind} ${digest(action.object)}` : kind;
}
