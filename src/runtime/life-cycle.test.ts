import { describe, expect, test } from '@jest/globals';
import { FakeClock, settle } from '../fake-clock.ts';
import { silentLogger } from '../telemetry/types.ts';
import type { Leadership } from './leader-election.ts';
import { type LifeCycleParts, type Service, runUntil } from './life-cycle.ts';

function setUp(overrides: Partial<LifeCycleParts> = {}) {
  const clock = new FakeClock();
  const order: string[] = [];
  const note = (what: string): Promise<void> => Promise.resolve(void order.push(what));
  const service = (name: string): Service => ({
    start: () => note(`${name} start`),
    stop: () => note(`${name} stop`),
  });
  const losers: AbortController[] = [];
  const elect = (): Promise<Leadership> => {
    order.push('elected');
    const lost = new AbortController();
    losers.push(lost);
    return Promise.resolve({
      lost: lost.signal,
      held: () => !lost.signal.aborted,
      release: () => note('lease released'),
    });
  };
  const parts: LifeCycleParts = {
    clock,
    logger: silentLogger,
    http: service('http'),
    caches: service('caches'),
    elect,
    lead: () => {
      order.push('workers start');
      return { stop: () => note('workers stop') };
    },
    onLeadership: (leading) => order.push(leading ? 'leading' : 'not leading'),
    ...overrides,
  };
  const stop = new AbortController();
  const running = runUntil(parts, stop.signal);
  return { clock, order, stop, running, lose: () => losers.at(-1)?.abort(new Error('lost')) };
}

const started = ['http start', 'caches start', 'elected', 'leading', 'workers start'];

describe('order', () => {
  test('probes, caches, election, workers; and back, the lease last', async () => {
    const { order, stop, running } = setUp();
    await settle();
    expect(order).toEqual(started);
    order.length = 0;
    stop.abort();
    await running;
    expect(order).toEqual(['not leading', 'workers stop', 'caches stop', 'http stop', 'lease released']);
  });

  test('without election the workers start at once', async () => {
    const order: string[] = [];
    const stop = new AbortController();
    const service: Service = { start: () => Promise.resolve(), stop: () => Promise.resolve() };
    const alone = runUntil(
      {
        clock: new FakeClock(),
        logger: silentLogger,
        http: service,
        caches: service,
        lead: () => {
          order.push('workers start');
          return { stop: () => Promise.resolve(void order.push('workers stop')) };
        },
      },
      stop.signal,
    );
    await settle();
    stop.abort();
    await alone;
    expect(order).toEqual(['workers start', 'workers stop']);
  });

  test('a standby is warm: caches run while it waits, and it stops without ever having led', async () => {
    const { order, stop, running } = setUp({
      elect: (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined))),
    });
    await settle();
    expect(order).toEqual(['http start', 'caches start']);
    stop.abort();
    await running;
    expect(order).toEqual(['http start', 'caches start', 'caches stop', 'http stop']);
  });
});

describe('leadership that is lost', () => {
  test('stops the workers, and is competed for again only after they have ended', async () => {
    let end = (): void => undefined;
    const { order, stop, running, lose } = setUp({
      lead: () => ({ stop: () => new Promise((resolve) => (end = resolve)) }),
    });
    await settle();
    lose();
    await settle();
    expect(order.slice(2)).toEqual(['elected', 'leading', 'not leading']);
    end();
    await settle();
    expect(order.slice(5)).toEqual(['lease released', 'elected', 'leading']);
    stop.abort();
    await settle();
    end();
    await running;
  });

  test('a stop does not wait for a worker that hangs since then', async () => {
    const { clock, order, stop, running, lose } = setUp({
      lead: () => ({ stop: () => new Promise(() => undefined) }),
    });
    await settle();
    lose();
    await clock.advance(3_600_000);
    expect(order.filter((each) => each === 'elected')).toHaveLength(1);
    stop.abort();
    await clock.advance(10_000);
    await running;
    expect(order).not.toContain('lease released');
  });

  test('aborts the signal that the workers got', async () => {
    const signals: AbortSignal[] = [];
    const { stop, running, lose } = setUp({
      lead: (signal) => {
        signals.push(signal);
        return { stop: () => Promise.resolve() };
      },
    });
    await settle();
    lose();
    await settle();
    expect(signals.map((signal) => signal.aborted)).toEqual([true, false]);
    stop.abort();
    await running;
    expect(signals[1]?.aborted).toBe(true);
  });
});

describe('trouble', () => {
  test('all stuck: over within 10 s, and the lease of a stuck worker is not let go', async () => {
    const stuck = (): Promise<void> => new Promise(() => undefined);
    const { clock, order, stop, running } = setUp({
      http: { start: () => Promise.resolve(), stop: stuck },
      caches: { start: () => Promise.resolve(), stop: stuck },
      lead: () => ({ stop: stuck }),
    });
    await settle();
    stop.abort();
    let over = false;
    void running.then(() => (over = true));
    await clock.advance(10_000);
    expect(over).toBe(true);
    expect(order).not.toContain('lease released');
  });

  test('a step that fails keeps no later step from its turn', async () => {
    const { order, stop, running } = setUp({
      caches: { start: () => Promise.resolve(), stop: () => Promise.reject(new Error('no')) },
    });
    await settle();
    stop.abort();
    await running;
    expect(order.slice(-2)).toEqual(['http stop', 'lease released']);
  });

  test('a port in use ends the start with its error; what of it listens is stopped, and nothing else has begun', async () => {
    const stopped: string[] = [];
    const { order, running } = setUp({
      http: {
        start: () => Promise.reject(new Error('address in use')),
        stop: () => Promise.resolve(void stopped.push('http stop')),
      },
    });
    await expect(running).rejects.toThrow('address in use');
    expect([stopped, order]).toEqual([['http stop'], ['caches stop']]);
  });

  test('workers that cannot start release the lease and stop the rest', async () => {
    const { order, running } = setUp({ lead: () => Promise.reject(new Error('bad wiring')) });
    await expect(running).rejects.toThrow('bad wiring');
    expect(order.slice(-3)).toEqual(['lease released', 'caches stop', 'http stop']);
  });

  test('a stop while the caches still sync is a clean end', async () => {
    const { order, stop, running } = setUp({
      caches: {
        start: (signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error));
          }),
        stop: () => Promise.resolve(),
      },
    });
    await settle();
    stop.abort();
    await running;
    expect(order).toEqual(['http start', 'http stop']);
  });
});
