/** What failed writes mean for the next pass. */
import type { FailedWrites } from '../../apply/failed-writes.ts';
import type { Outcome } from '../../apply/types.ts';
import { isOutage } from '../../kube/errors.ts';
import type { Result } from '../../runtime/workers.ts';

/** Milliseconds between two attempts while the API server is out: an hour of it must not make us late when it is back. */
const outageDelay = 2_000;

/** The result of a pass that failed: tried again after the key's back-off, or soon where the API server is out. */
export function retryAfter(error: Error): Extract<Result, { kind: 'retry' }> {
  return { kind: 'retry', error, ...(isOutage(error) ? { delay: outageDelay } : {}) };
}

/** The result of a pass in which writes failed, now or before; undefined if none did. */
export function failureOf(
  outcomes: readonly Outcome[],
  failedWrites: Pick<FailedWrites, 'dueIn'>,
): Extract<Result, { kind: 'retry' | 'backingOff' }> | undefined {
  const failed = outcomes.filter((outcome) => outcome.kind === 'failed');
  if (failed.length === 0) return undefined;
  const tried = failed.find(({ recalled }) => recalled !== true);
  const delay = failedWrites.dueIn(failed);
  // Without one, another write has succeeded since: what was not tried may go at once, else the key's back-off counts.
  if (tried === undefined) return { kind: 'backingOff', delay: delay ?? 0 };
  return { ...retryAfter(tried.error), ...(delay === undefined ? {} : { delay }) };
}
