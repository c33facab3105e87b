/** Takes from a stream what has come together, instead of waking up for each piece of it. */
import type { Clock } from '../clock.ts';
import type { ByteStream } from './transport.ts';

/** A stream that pauses no longer than this still has more to give, in milliseconds; at twice as long it has not. */
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
  const take = (): Chunk => {
    const next = chunks.next();
    // It is awaited later, or by nobody if the reader leaves.
    next.catch(() => undefined);
    return next;
  };
  for (let next = take(); ; ) {
    const result = await next;
    if (result.done === true) return;
    const batch = [result.value];
    next = take();
    if (pace() > 0) ({ next } = await gather(batch, next, take, clock));
    yield batch;
    if (pace() > 0) await clock.sleep(pace(), signal);
  }
}

type Chunk = Promise<IteratorResult<Uint8Array, undefined>>;

/**
 * Adds to the batch what comes until nothing has come for a while, the batch is large, or the stream ends or fails. One timer
 * serves many chunks. Answers with the chunk that is still to come, the end, or the failure: what came before it is told first.
 */
function gather(
  batch: Uint8Array[],
  first: Chunk,
  take: () => Chunk,
  clock: Clock,
): Promise<{ readonly next: Chunk }> {
  let next = first;
  let size = batch.reduce((sum, { length }) => sum + length, 0);
  let isOver = false;
  const collect = async (): Promise<void> => {
    while (size < batchBytes) {
      const result = await next;
      if (isOver || result.done === true) return;
      batch.push(result.value);
      size += result.value.length;
      next = take();
    }
  };
  // In an object: a promise that resolves to one would wait for it.
  return new Promise((resolve) => {
    let counted = batch.length;
    const look = (): void => {
      if (batch.length === counted) finish();
      counted = batch.length;
      if (!isOver) timer = clock.schedule(lull, look);
    };
    let timer = clock.schedule(lull, look);
    const finish = (): void => {
      isOver = true;
      timer.cancel();
      resolve({ next });
    };
    collect().then(finish, finish);
  });
}
