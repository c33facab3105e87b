import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FakeClock } from '../fake-clock.ts';
import { WorkQueue, type WorkQueueOptions, priorities } from './work-queue.ts';

function setUp(options: Partial<WorkQueueOptions> = {}) {
  const clock = new FakeClock();
  return { clock, queue: new WorkQueue({ clock, ...options }) };
}

async function takeAll(queue: WorkQueue): Promise<string[]> {
  const keys: string[] = [];
  while (queue.depth > 0) {
    const taken = await queue.take();
    keys.push(taken!.key);
    queue.done(taken!.key);
  }
  return keys;
}

describe('order and de-duplication', () => {
  test('a key waits once, however often it is added', async () => {
    const { queue } = setUp();
    for (const key of ['a', 'b', 'a', 'a']) queue.add(key);
    expect(await takeAll(queue)).toEqual(['a', 'b']);
  });

  test('a change overtakes the first list, and raises a key that waits already', async () => {
    const { queue } = setUp();
    for (const key of ['a', 'b', 'c']) queue.add(key, priorities.background);
    queue.add('d');
    queue.add('c');
    queue.add('c', priorities.background);
    expect(await takeAll(queue)).toEqual(['d', 'c', 'a', 'b']);
  });

  test('a key added during its work is worked on once more, after it and not beside it', async () => {
    const { queue } = setUp();
    queue.add('a');
    await queue.take();
    queue.add('a');
    queue.add('a', priorities.background);
    expect(queue.depth).toBe(0);
    queue.done('a');
    expect(await queue.take()).toEqual({ key: 'a', priority: priorities.change });
    queue.done('a');
    expect(queue.depth).toBe(0);
  });

  test('a waiting worker gets the key at once; an aborted one gets nothing and takes nothing', async () => {
    const { queue } = setUp();
    const leaving = new AbortController();
    const left = queue.take(leaving.signal);
    const stays = queue.take();
    leaving.abort();
    expect(await left).toBeUndefined();
    queue.add('a');
    expect(await stays).toEqual({ key: 'a', priority: 0 });
    expect(await queue.take(AbortSignal.abort())).toBeUndefined();
  });
});

describe('delays and retries', () => {
  test('of several wishes the earliest counts', async () => {
    const { clock, queue } = setUp();
    queue.addAfter('a', 100);
    queue.addAfter('a', 50);
    queue.addAfter('a', 80);
    await clock.advance(49);
    expect(queue.depth).toBe(0);
    await clock.advance(1);
    expect(await takeAll(queue)).toEqual(['a']);
    await clock.advance(1_000);
    expect(queue.depth).toBe(0);
  });

  test('a later wish of higher priority lends it to the earlier one', async () => {
    const { clock, queue } = setUp();
    queue.addAfter('a', 50, priorities.background);
    queue.addAfter('a', 90, priorities.change);
    await clock.advance(50);
    expect(await queue.take()).toEqual({ key: 'a', priority: priorities.change });
  });

  test('each failure doubles the wait, success forgets them and the retry that was planned', async () => {
    const { clock, queue } = setUp();
    const waits: number[] = [];
    for (let failure = 0; failure < 4; failure++) {
      queue.retry('a');
      const from = clock.monotonic();
      while (queue.depth === 0) await clock.advance(1);
      waits.push(clock.monotonic() - from);
      await takeAll(queue);
    }
    expect(waits).toEqual([5, 10, 20, 40]);
    queue.retry('a');
    expect(queue.failures('a')).toBe(5);
    queue.forget('a');
    await clock.advance(10_000);
    expect([queue.failures('a'), queue.depth]).toEqual([0, 0]);
  });

  test('forgetting failures keeps a look that was asked for', async () => {
    const { clock, queue } = setUp();
    queue.addAfter('a', 500);
    queue.retry('a');
    queue.forget('a');
    await clock.advance(500);
    expect(queue.depth).toBe(1);
  });

  test('an event does not wait for the back-off', async () => {
    const { queue } = setUp({ backOff: { base: 60_000, factor: 2, cap: 60_000 } });
    queue.retry('a');
    queue.add('a');
    expect(await takeAll(queue)).toEqual(['a']);
  });

  test('the bucket limits retries of many keys, but no adding', async () => {
    const { clock, queue } = setUp({ bucket: { rate: 10, burst: 2 } });
    for (let index = 0; index < 12; index++) queue.retry(`r${index}`);
    for (let index = 0; index < 50; index++) queue.add(`e${index}`);
    expect((await takeAll(queue)).length).toBe(50);
    await clock.advance(5);
    expect((await takeAll(queue)).length).toBe(2);
    await clock.advance(500);
    expect((await takeAll(queue)).length).toBe(5);
  });

  test('a delay longer than a timer can keep does not become none', async () => {
    const { clock, queue } = setUp();
    queue.addAfter('renew-certificate', 90 * 86_400_000);
    await clock.advance(86_400_000);
    expect(queue.depth).toBe(0);
  });

  test('debounce gathers events of one cause, and is not pushed on by a stream of them', async () => {
    const { clock, queue } = setUp({ debounce: 10 });
    queue.add('a');
    for (let index = 0; index < 5; index++) {
      await clock.advance(2);
      if (index < 4) queue.add('a');
    }
    expect(clock.monotonic()).toBe(10);
    expect(await takeAll(queue)).toEqual(['a']);
    await clock.advance(100);
    expect(queue.depth).toBe(0);
  });
});

describe('closing', () => {
  test('takes nothing more, lets waiting workers go, and waits for work in progress', async () => {
    const { clock, queue } = setUp();
    queue.add('running');
    await queue.take();
    const waiting = queue.take();
    queue.addAfter('later', 10);
    queue.retry('again');
    let closed = false;
    const closing = queue.close().then(() => (closed = true));
    expect(await waiting).toBeUndefined();
    queue.add('late');
    queue.add('running');
    await clock.advance(1_000);
    expect([queue.depth, closed, clock.pending]).toEqual([0, false, 0]);
    queue.done('running');
    await closing;
    expect(await queue.take()).toBeUndefined();
  });
});

test('the observer hears depth, adds, waits and retries', async () => {
  const heard: string[] = [];
  const { clock, queue } = setUp({
    observer: {
      depth: (keys) => heard.push(`depth ${keys}`),
      added: () => heard.push('added'),
      taken: (seconds) => heard.push(`taken after ${seconds}`),
      retried: (seconds) => heard.push(`waits for ${seconds}`),
      recovered: () => heard.push('recovered'),
    },
  });
  queue.add('a');
  queue.add('a');
  await clock.advance(1_500);
  await queue.take();
  queue.retry('a');
  queue.retry('a', priorities.change, 7_000);
  queue.forget('a');
  queue.forget('a');
  expect(heard).toEqual([
    ...['added', 'depth 1', 'depth 1', 'depth 0', 'taken after 1.5'],
    ...['waits for 0.005', 'waits for 7', 'recovered'],
  ]);
});

const step = fc.record({
  do: fc.constantFrom('add', 'addAfter', 'finish', 'fail', 'advance', 'take'),
  key: fc.constantFrom('a', 'b', 'c'),
  n: fc.nat({ max: 50 }),
});

describe('whatever happens in whatever order', () => {
  test.each([0, 7])(
    'with a debounce of %i ms a key is never worked on twice at once, and no add is lost',
    async (debounce) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
          const { clock, queue } = setUp({ debounce });
          const running = new Set<string>();
          /** Keys with an add or failure that no later start has answered yet. */
          const owed = new Set<string>();
          const take = async (): Promise<void> => {
            if (queue.depth === 0) return;
            const taken = await queue.take();
            expect(running.has(taken!.key)).toBe(false);
            running.add(taken!.key);
            owed.delete(taken!.key);
          };
          const finish = (name: string, failed: boolean): void => {
            if (!running.delete(name)) return;
            if (failed) {
              queue.retry(name);
              owed.add(name);
            } else {
              queue.forget(name);
            }
            queue.done(name);
          };
          for (const item of steps) {
            switch (item.do) {
              case 'advance':
                await clock.advance(item.n);
                break;
              case 'take':
                await take();
                break;
              case 'finish':
              case 'fail':
                finish(item.key, item.do === 'fail');
                break;
              case 'add':
                owed.add(item.key);
                queue.add(item.key);
                break;
              case 'addAfter':
                owed.add(item.key);
                queue.addAfter(item.key, item.n);
                break;
            }
          }
          for (let round = 0; round < 20; round++) {
            for (const name of [...running]) {
              running.delete(name);
              queue.done(name);
            }
            await clock.advance(100_000);
            while (queue.depth > 0) await take();
          }
          expect([...owed]).toEqual([]);
        }),
        { numRuns: 150 },
      );
    },
  );
});
