/** What failed writes mean for the next pass. */
import type { FailedWrites } from '../../apply/failed-writes.ts';
import type { Outcome } from '../../apply/types.ts';
import type { Result } from '../../runtime/workers.ts';

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
  return { kind: 'retry', error: tried.error, ...(delay === undefined ? {} : { delay }) };
}
