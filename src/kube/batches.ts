/** Takes from a stream what has come together, instead of waking up for each piece of it. */
import type { Clock } from '../clock.ts';
import type { ByteStream } from './transport.ts';

/** A stream that pauses no longer than this still has more to give, in milliseconds. */
const lull = 2;

/** A batch is handed over when it has grown to this, however much more there is. */
const batchBytes = 1024 * 1024;

/** How a stream is read. */
export interface Reading {
  readonly clock: Clock;
  /**
   * After each batch, nothing is read for this many milliseconds: what comes meanwhile waits in the kernel without waking the
   * process, and makes the next batch. What comes after a longer silence is handed over at once. Asked for anew each time;
   * 0: every chunk by itself, as it comes.
   */
  readonly pace: () => number;
  /** Ends a pause. Leaving the iteration does not end the stream: whoever opened it aborts its request. */
  readonly signal: AbortSignal;
}

/** The chunks of a stream, in batches that are never empty. */
export async function* batches(
  stream: ByteStream,
  { clock, pace, signal }: Reading,
): AsyncGenerator<readonly Uint8Array[], void, undefined> {
  const chunks = stream[Symbol.asyncIterator]();
  const take = (): Promise<IteratorResult<Uint8Array, undefined>> => {
    const next = chunks.next();
    // It is awaited later, or by nobody if the reader leaves.
    next.catch(() => undefined);
    return next;
  };
  let next = take();
  for (;;) {
    const batch: Uint8Array[] = [];
    let size = 0;
    do {
      const result = await next;
      if (result.done === true) break;
      batch.push(result.value);
      size += result.value.length;
      next = take();
    } while (pace() > 0 && size < batchBytes && (await comesSoon(next, clock)));
    if (batch.length === 0) return;
    yield batch;
    if (pace() > 0) await clock.sleep(pace(), signal);
  }
}

/** False when nothing comes for a while, or a failure: what came before it is told first. */
function comesSoon(next: Promise<unknown>, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const answer = (comes: boolean): void => {
      timer.cancel();
      resolve(comes);
    };
    const timer = clock.schedule(lull, () => answer(false));
    next.then(
      () => answer(true),
      () => answer(false),
    );
  });
}
