import { describe, expect, test } from '@jest/globals';
import { FakeClock, settle } from '../fake-clock.ts';
import type { LogFields, Logger } from '../telemetry/types.ts';
import { WorkQueue } from './work-queue.ts';
import { type Reconciler, type Result, startWorkers } from './workers.ts';

interface Line extends Record<string, unknown> {
  readonly message: string;
}

function recordingLogger(lines: Line[], fixed: LogFields = {}): Logger {
  const write = (message: string, fields: LogFields = {}): void => {
    lines.push({ message, ...fixed, ...fields });
  };
  return {
    debug: write,
    info: write,
    warn: write,
    error: write,
    with: (fields) => recordingLogger(lines, { ...fixed, ...fields }),
  };
}

function setUp(reconcile: Reconciler, concurrency = 1) {
  const clock = new FakeClock();
  const queue = new WorkQueue({ clock });
  const lines: Line[] = [];
  const outcomes: string[] = [];
  const options = {
    controller: 'installation',
    queue,
    clock,
    concurrency,
    reconcile,
    logger: recordingLogger(lines),
    observer: { started: () => undefined, finished: (outcome: string) => void outcomes.push(outcome) },
  };
  return { clock, queue, lines, outcomes, options, workers: startWorkers(options) };
}

const error = new Error('no');

describe('outcomes', () => {
  test.each<[Result, string, number]>([
    [{ kind: 'done' }, 'success', 1],
    [{ kind: 'stalled', error }, 'stalled', 1],
    [{ kind: 'requeueAfter', delay: 400 }, 'requeue_after', 3],
    // 5 + 10 + 20 + … + 320 ms: the eighth attempt falls at 635 ms.
    [{ kind: 'retry', error }, 'error', 8],
  ])('%j is counted as %s and leads to %i attempts in a second', async (result, outcome, attempts) => {
    const { clock, queue, outcomes, workers } = setUp(() => Promise.resolve(result));
    queue.add('default');
    await clock.advance(1_000);
    expect(outcomes).toEqual(Array.from({ length: attempts }, () => outcome));
    await workers.stop();
  });

  test('a failure with a back-off of its own is tried again after that', async () => {
    const { clock, queue, outcomes, workers } = setUp(() =>
      Promise.resolve({ kind: 'retry', error, delay: 400 }),
    );
    queue.add('default');
    await clock.advance(1_000);
    expect(outcomes).toEqual(['error', 'error', 'error']);
    await workers.stop();
  });

  test('a pass that comes early, for another cause, is no failure and ends none', async () => {
    const results: Result[] = [
      { kind: 'retry', error, delay: 400 },
      { kind: 'backingOff', delay: 300 },
      { kind: 'done' },
    ];
    const { clock, queue, outcomes, workers } = setUp(() => Promise.resolve(results.shift()!));
    queue.add('default');
    await clock.advance(100);
    queue.add('default');
    await clock.advance(0);
    expect([outcomes, queue.failures('default')]).toEqual([['error', 'requeue_after'], 1]);
    await clock.advance(299);
    expect(outcomes).toHaveLength(2);
    await clock.advance(1);
    expect(outcomes).toEqual(['error', 'requeue_after', 'success']);
    await workers.stop();
  });

  test('a success after failures starts the back-off anew', async () => {
    let attempt = 0;
    const failures: number[] = [];
    const { clock, queue, workers } = setUp((_key, context) => {
      failures.push(context.failures);
      attempt += 1;
      return Promise.resolve(attempt === 3 ? { kind: 'done' } : { kind: 'retry', error });
    });
    queue.add('default');
    await clock.advance(15);
    queue.add('default');
    await clock.advance(5);
    expect(failures).toEqual([0, 1, 2, 0, 1]);
    await workers.stop();
  });

  test('a panic, thrown or rejected, is logged, counted and retried; the worker lives on', async () => {
    let attempt = 0;
    const { clock, queue, outcomes, lines, workers } = setUp(() => {
      attempt += 1;
      if (attempt === 1) throw new TypeError('x is undefined');
      if (attempt === 2) return Promise.reject(new TypeError('y is undefined'));
      return Promise.resolve({ kind: 'done' });
    });
    queue.add('default');
    await clock.advance(20);
    expect(outcomes).toEqual(['panic', 'panic', 'success']);
    expect(lines.map((line) => [line.message, (line.error as Error).message])).toEqual([
      ['Reconcile panicked', 'x is undefined'],
      ['Reconcile panicked', 'y is undefined'],
    ]);
    await workers.stop();
  });
});

test('each line carries controller, key and an id of its own for each attempt', async () => {
  const { clock, queue, lines, workers } = setUp((_key, { logger, reconcileId }) => {
    logger.info('Reconciling', { seen: reconcileId });
    return Promise.resolve({ kind: 'done' });
  });
  queue.add('default');
  await clock.advance(1);
  queue.add('default');
  await clock.advance(1);
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    expect(line).toMatchObject({ controller: 'installation', key: 'default' });
    expect(line.reconcileId).toBe(line.seen);
  }
  expect(lines[0]?.reconcileId).not.toBe(lines[1]?.reconcileId);
  await workers.stop();
});

test('several keys run side by side, up to the limit, and tell for how long', async () => {
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const { clock, queue, workers } = setUp(() => gate.then(() => ({ kind: 'done' })), 2);
  for (const key of ['a', 'b', 'c']) queue.add(key);
  await clock.advance(70);
  expect(workers.running()).toEqual([
    { controller: 'installation', key: 'a', elapsed: 70 },
    { controller: 'installation', key: 'b', elapsed: 70 },
  ]);
  release();
  await settle();
  expect(workers.running()).toEqual([]);
  await workers.stop();
});

test('stopping aborts what runs, waits for it, and leaves the key to the next workers', async () => {
  const { clock, queue, outcomes, lines, options, workers } = setUp(async (_key, { signal }) => {
    await new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
    return { kind: 'done' };
  });
  queue.add('default');
  await settle();
  await workers.stop();
  expect([outcomes, lines]).toEqual([['aborted'], []]);
  expect([queue.depth, queue.failures('default')]).toEqual([1, 0]);

  const seen: string[] = [];
  const next = startWorkers({
    ...options,
    reconcile: (key) => {
      seen.push(key);
      return Promise.resolve({ kind: 'done' });
    },
  });
  await clock.advance(1);
  expect(seen).toEqual(['default']);
  await next.stop();
});
