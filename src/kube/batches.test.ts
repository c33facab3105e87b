import { expect, test } from '@jest/globals';
import { FakeClock } from '../fake-clock.ts';
import { batches } from './batches.ts';

/** A stream that gives what it is told to, when it is told to. */
class Source {
  reads = 0;
  readonly #chunks: (Uint8Array | Error | 'end')[] = [];
  #wake: () => void = () => undefined;

  say(...chunks: readonly (string | Error)[]): void {
    const end = (chunk: string | Error) => (chunk === 'end' ? chunk : undefined);
    this.#chunks.push(
      ...chunks.map((chunk) => end(chunk) ?? (chunk instanceof Error ? chunk : Buffer.from(chunk))),
    );
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
      else if (chunk instanceof Error) throw chunk;
      else if (chunk === 'end') return;
      else {
        this.reads += 1;
        yield chunk;
      }
    }
  }
}

/** What has come of a stream, as texts. */
function follow(pace: () => number) {
  const source = new Source();
  const clock = new FakeClock();
  const stop = new AbortController();
  const seen: string[] = [];
  const read = async (): Promise<void> => {
    for await (const batch of batches(source, { clock, pace, signal: stop.signal })) {
      expect(batch).not.toHaveLength(0);
      seen.push(Buffer.concat(batch).toString());
    }
    seen.push('end');
  };
  const done = read().catch((error: unknown) => void seen.push(String(error)));
  return { source, clock, stop, seen, done };
}

test('without a pace every chunk comes by itself, and at once', async () => {
  const { source, clock, seen, done } = follow(() => 0);
  source.say('a', 'b');
  await clock.advance(0);
  expect(seen).toEqual(['a', 'b']);
  source.say('c', 'end');
  await done;
  expect(seen).toEqual(['a', 'b', 'c', 'end']);
});

test('the first is told at once, what comes within the pace comes together after it', async () => {
  const { source, clock, seen } = follow(() => 1000);
  source.say('a');
  await clock.advance(2);
  expect(seen).toEqual(['a']);
  source.say('b');
  await clock.advance(500);
  source.say('c');
  await clock.advance(499);
  expect(seen).toEqual(['a']);
  await clock.advance(5);
  expect(seen).toEqual(['a', 'bc']);
  await clock.advance(5000);
  source.say('d');
  await clock.advance(2);
  expect(seen).toEqual(['a', 'bc', 'd']);
});

test('during a pause no more than one chunk is taken', async () => {
  const { source, clock, seen } = follow(() => 1000);
  source.say('a');
  await clock.advance(2);
  source.say('b', 'c', 'd');
  await clock.advance(900);
  expect(source.reads).toBe(2);
  await clock.advance(104);
  expect(seen).toEqual(['a', 'bcd']);
});

test('a flood is handed over piece by piece', async () => {
  const { source, clock, seen } = follow(() => 1);
  source.say('x'.repeat(1024 * 1024), 'y');
  await clock.advance(10);
  expect(seen.map((text) => text.length)).toEqual([1024 * 1024, 1]);
});

test('what came before a failure or the end is told first', async () => {
  const failing = follow(() => 1000);
  failing.source.say('a', new Error('cut'));
  await failing.clock.advance(5000);
  await failing.done;
  expect(failing.seen).toEqual(['a', 'Error: cut']);
  const ending = follow(() => 1000);
  ending.source.say('a', 'b', 'end');
  await ending.clock.advance(5000);
  await ending.done;
  expect(ending.seen).toEqual(['ab', 'end']);
});

test("an abort ends a pause, and a failure meanwhile is nobody else's", async () => {
  const { source, clock, stop, seen, done } = follow(() => 1000);
  source.say('a');
  await clock.advance(2);
  stop.abort();
  source.say(new Error('aborted'));
  await done;
  expect(seen).toEqual(['a', 'Error: aborted']);
  expect(clock.pending).toBe(0);
});

test('a reader that leaves is not held by what does not come', async () => {
  const source = new Source();
  const clock = new FakeClock();
  const reading = batches(source, { clock, pace: () => 1000, signal: new AbortController().signal });
  source.say('a');
  const first = reading.next();
  await clock.advance(2);
  expect((await first).done).toBe(false);
  expect(await reading.return()).toEqual({ done: true, value: undefined });
});
