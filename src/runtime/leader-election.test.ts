import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FakeClock, settle } from '../fake-clock.ts';
import { silentLogger } from '../telemetry/types.ts';
import { type Leadership, elect, leaseIdentity } from './leader-election.ts';
import type { LeaseClient, LeaseRecord, StoredLease } from './lease.ts';

/** A Lease on a server that all candidates share. Faults are injected by each candidate's client. */
class FakeLeaseStore {
  stored: StoredLease | undefined;
  #version = 0;

  put(record: LeaseRecord): StoredLease {
    this.#version += 1;
    this.stored = { version: String(this.#version), record };
    return this.stored;
  }

  client(fault: () => Promise<void> = () => Promise.resolve()): LeaseClient {
    return {
      get: async () => {
        await fault();
        return this.stored;
      },
      create: async (record) => {
        await fault();
        if (this.stored !== undefined) throw new Error('409 AlreadyExists');
        return this.put(record);
      },
      replace: async (version, record) => {
        await fault();
        if (this.stored === undefined) throw new Error('404 NotFound');
        if (this.stored.version !== version) throw new Error('409 Conflict');
        return this.put(record);
      },
    };
  }
}

function setUp() {
  const clock = new FakeClock();
  const store = new FakeLeaseStore();
  const stop = new AbortController();
  const candidate = (identity: string, client: LeaseClient = store.client(), ownClock = clock) =>
    elect({ client, identity, clock: ownClock, logger: silentLogger }, stop.signal);
  return { clock, store, stop, candidate };
}

/** What a promise resolved to, if it did. */
function watch<T>(promise: Promise<T>): { value?: T } {
  const seen: { value?: T } = {};
  void promise.then((value) => (seen.value = value));
  return seen;
}

async function advanceUntil(clock: FakeClock, condition: () => boolean, limit: number): Promise<number> {
  const from = clock.monotonic();
  while (!condition()) {
    if (clock.monotonic() - from > limit) throw new Error(`not within ${limit} ms`);
    await clock.advance(50);
  }
  return clock.monotonic() - from;
}

describe('acquiring', () => {
  test('a free lease is taken at once and written as client-go writes it', async () => {
    const { clock, store, candidate } = setUp();
    clock.setWall(Date.UTC(2030, 1, 2, 3, 4, 5, 6));
    const leadership = await candidate('a');
    expect(leadership?.held()).toBe(true);
    expect(store.stored?.record).toEqual({
      holder: 'a',
      durationSeconds: 15,
      acquireTime: '2030-02-02T03:04:05.006000Z',
      renewTime: '2030-02-02T03:04:05.006000Z',
      transitions: 0,
    });
    await leadership?.release();
  });

  test('an empty holder is taken at once; the transition is counted', async () => {
    const { store, candidate } = setUp();
    store.put({ holder: '', durationSeconds: 1, acquireTime: '', renewTime: '', transitions: 4 });
    const leadership = await candidate('a');
    expect(store.stored?.record).toMatchObject({ holder: 'a', transitions: 5 });
    await leadership?.release();
  });

  test('a process that finds its own identity goes on without a transition', async () => {
    const { store, candidate } = setUp();
    store.put({ holder: 'a', durationSeconds: 15, acquireTime: 'then', renewTime: 'then', transitions: 4 });
    const leadership = await candidate('a');
    expect(store.stored?.record).toMatchObject({ holder: 'a', acquireTime: 'then', transitions: 4 });
    await leadership?.release();
  });

  test.each([
    ['far in the past', '1970-01-01T00:00:00.000000Z'],
    ['far in the future', '2099-01-01T00:00:00.000000Z'],
  ])(
    'clocks differ: a renew time %s is not believed, 15 s of local silence are',
    async (_name, renewTime) => {
      const { clock, store, candidate } = setUp();
      store.put({ holder: 'dead', durationSeconds: 15, acquireTime: renewTime, renewTime, transitions: 0 });
      const seen = watch(candidate('a'));
      const took = await advanceUntil(clock, () => seen.value !== undefined, 20_000);
      expect(took).toBeGreaterThanOrEqual(15_000);
      expect(took).toBeLessThanOrEqual(17_000);
      await seen.value?.release();
    },
  );

  test('errors are waited out, and an abort ends the waiting with nothing', async () => {
    const { clock, store, stop, candidate } = setUp();
    let down = true;
    const client = store.client(() => (down ? Promise.reject(new Error('ECONNREFUSED')) : Promise.resolve()));
    const first = watch(candidate('a', client));
    await clock.advance(60_000);
    expect(first.value).toBeUndefined();
    down = false;
    await advanceUntil(clock, () => first.value !== undefined, 2_000);
    const second = candidate('b');
    stop.abort();
    expect(await second).toBeUndefined();
    await first.value?.release();
    expect(clock.pending).toBe(0);
  });

  test('of two that find it free at the same moment one leads', async () => {
    const { clock, store, candidate } = setUp();
    const seen = [watch(candidate('a')), watch(candidate('b'))];
    await clock.advance(60_000);
    const leaders = seen.flatMap((each) => each.value ?? []);
    expect(leaders).toHaveLength(1);
    expect(store.stored?.record.transitions).toBe(0);
    await leaders[0]?.release();
  });
});

describe('handing over', () => {
  test('after a release the standby leads within 2 s', async () => {
    for (let offset = 0; offset < 2_000; offset += 130) {
      const { clock, store, candidate } = setUp();
      const leader = await candidate('a');
      const standby = watch(candidate('b'));
      await clock.advance(30_000 + offset);
      expect(standby.value).toBeUndefined();
      await leader?.release();
      expect(store.stored?.record.holder).toBe('');
      expect(leader?.held()).toBe(false);
      expect(await advanceUntil(clock, () => standby.value !== undefined, 5_000)).toBeLessThanOrEqual(2_050);
      await standby.value?.release();
    }
  });

  test('after a crash the standby leads within 20 s, and not before the old leader would have given up', async () => {
    for (let offset = 0; offset < 2_000; offset += 190) {
      const { clock, store, candidate } = setUp();
      let crashed = false;
      const never = new Promise<void>(() => undefined);
      const leader = await candidate(
        'a',
        store.client(() => (crashed ? never : Promise.resolve())),
      );
      const standby = watch(candidate('b'));
      await clock.advance(30_000 + offset);
      crashed = true;
      const lostAt = watch(
        new Promise<number>((resolve) => {
          leader?.lost.addEventListener('abort', () => resolve(clock.monotonic()));
        }),
      );
      expect(await advanceUntil(clock, () => standby.value !== undefined, 20_000)).toBeLessThanOrEqual(
        20_000,
      );
      expect(lostAt.value).toBeLessThanOrEqual(clock.monotonic() - 3_000);
      await standby.value?.release();
    }
  });

  test('a release that meets a late renewal of its own tries again', async () => {
    const { store, candidate } = setUp();
    const base = store.client();
    let interfere = false;
    const leader = await candidate('a', {
      ...base,
      replace: (version, record, signal) => {
        if (interfere && record.holder === '') {
          interfere = false;
          store.put(store.stored!.record);
        }
        return base.replace(version, record, signal);
      },
    });
    interfere = true;
    await leader?.release();
    expect(store.stored?.record.holder).toBe('');
  });

  test('a release never empties a lease that somebody else holds, and fails quietly', async () => {
    const { store, candidate } = setUp();
    const leader = await candidate('a');
    store.put({ ...store.stored!.record, holder: 'b' });
    await leader?.release();
    expect(store.stored?.record.holder).toBe('b');
  });

  test('a release against a frozen server ends after 2 s', async () => {
    const { clock, store, candidate } = setUp();
    let frozen = false;
    const never = new Promise<void>(() => undefined);
    const leader = await candidate(
      'a',
      store.client(() => (frozen ? never : Promise.resolve())),
    );
    frozen = true;
    const released = watch(leader!.release().then(() => true));
    await clock.advance(1_999);
    expect(released.value).toBeUndefined();
    await clock.advance(1);
    expect(released.value).toBe(true);
  });
});

describe('renewing', () => {
  test('one write each 2 s, no read', async () => {
    const { clock, store, candidate } = setUp();
    const calls: string[] = [];
    const base = store.client();
    const leader = await candidate('a', {
      get: (signal) => (calls.push('get'), base.get(signal)),
      create: (record, signal) => (calls.push('create'), base.create(record, signal)),
      replace: (version, record, signal) => (calls.push('replace'), base.replace(version, record, signal)),
    });
    calls.length = 0;
    await clock.advance(20_000);
    expect(calls).toEqual(Array.from({ length: 10 }, () => 'replace'));
    expect(leader?.lost.aborted).toBe(false);
    await leader?.release();
  });

  test('transient errors shorter than the deadline lose nothing', async () => {
    const { clock, store, candidate } = setUp();
    let down = false;
    const client = store.client(() => (down ? Promise.reject(new Error('503')) : Promise.resolve()));
    const leader = await candidate('a', client);
    for (let outage = 0; outage < 5; outage++) {
      down = true;
      await clock.advance(7_000);
      down = false;
      await clock.advance(5_000);
    }
    expect([leader?.held(), leader?.lost.aborted]).toEqual([true, false]);
    await leader?.release();
  });

  test('a longer outage loses the leadership 10 s after the last renewal was sent', async () => {
    const { clock, store, candidate } = setUp();
    let down = false;
    const client = store.client(() => (down ? Promise.reject(new Error('503')) : Promise.resolve()));
    const leader = await candidate('a', client);
    await clock.advance(4_000);
    down = true;
    await clock.advance(9_999);
    expect([leader?.held(), leader?.lost.aborted]).toEqual([true, false]);
    await clock.advance(1);
    expect([leader?.held(), leader?.lost.aborted]).toEqual([false, true]);
    expect(String(leader?.lost.reason)).toContain('could not be renewed for 10 s');
    await leader?.release();
    expect(clock.pending).toBe(0);
  });

  test('a write that was carried out without an answer does not cost the leadership', async () => {
    const { clock, store, candidate } = setUp();
    const base = store.client();
    let drop = false;
    const leader = await candidate('a', {
      ...base,
      replace: async (version, record, signal) => {
        const stored = await base.replace(version, record, signal);
        if (drop) {
          drop = false;
          throw new Error('connection reset');
        }
        return stored;
      },
    });
    drop = true;
    await clock.advance(30_000);
    expect([drop, leader?.held()]).toEqual([false, true]);
    await leader?.release();
  });

  test('a lease that somebody took is given up at the next renewal, naming the holder', async () => {
    const { clock, store, candidate } = setUp();
    const leader = await candidate('a');
    store.put({ ...store.stored!.record, holder: 'b' });
    await clock.advance(2_000);
    expect(leader?.held()).toBe(false);
    expect(String(leader?.lost.reason)).toContain('b holds the lease');
  });

  test('a deleted lease is written again', async () => {
    const { clock, store, candidate } = setUp();
    const leader = await candidate('a');
    store.stored = undefined;
    await clock.advance(2_000);
    expect(store.stored).toMatchObject({ record: { holder: 'a' } });
    expect(leader?.held()).toBe(true);
    await leader?.release();
  });

  test('a jump of the wall clock means nothing', async () => {
    const { clock, candidate } = setUp();
    const leader = await candidate('a');
    const standby = watch(candidate('b'));
    for (const jump of [86_400_000, -2 * 86_400_000]) {
      clock.setWall(clock.now() + jump);
      await clock.advance(20_000);
      expect([leader?.held(), standby.value]).toEqual([true, undefined]);
    }
    await leader?.release();
  });
});

test('three candidates under delays, errors, crashes and skewed clocks: never two leaders, and one in the end', async () => {
  const trouble = fc.record({
    at: fc.nat({ max: 120_000 }),
    who: fc.nat({ max: 2 }),
    what: fc.constantFrom('errors', 'slow', 'frozen', 'release'),
    for: fc.nat({ max: 30_000 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(trouble, { maxLength: 8 }), fc.integer(), async (troubles, seed) => {
      const clock = new FakeClock();
      const store = new FakeLeaseStore();
      const stop = new AbortController();
      const leaders = new Map<number, Leadership>();
      const state = ['', '', ''];
      let random = Math.abs(seed % 1_000) / 1_000;
      const candidate = async (who: number): Promise<void> => {
        const fault = async (): Promise<void> => {
          if (state[who] === 'errors') throw new Error('503');
          if (state[who] === 'slow') await clock.sleep(4_000);
          if (state[who] === 'frozen') await clock.sleep(60_000);
        };
        const skewed = Object.assign(Object.create(clock) as FakeClock, {
          now: () => clock.now() + (who - 1) * 3_600_000,
          random: () => (random = (random * 7.13 + 0.31) % 1),
          monotonic: () => clock.monotonic(),
          schedule: clock.schedule.bind(clock),
          sleep: clock.sleep.bind(clock),
        });
        while (!stop.signal.aborted) {
          const leadership = await elect(
            { client: store.client(fault), identity: `c${who}`, clock: skewed, logger: silentLogger },
            stop.signal,
          );
          if (leadership === undefined) return;
          leaders.set(who, leadership);
          await new Promise((resolve) => leadership.lost.addEventListener('abort', resolve));
          leaders.delete(who);
        }
      };
      for (const who of [0, 1, 2]) void candidate(who);
      for (const each of troubles) {
        clock.schedule(each.at, () => {
          if (each.what === 'release') void leaders.get(each.who)?.release();
          else state[each.who] = each.what;
        });
        clock.schedule(each.at + each.for, () => (state[each.who] = ''));
      }
      const held = (): number => [...leaders.values()].filter((each) => each.held()).length;
      for (let time = 0; time < 160_000; time += 500) {
        await clock.advance(500);
        expect(held()).toBeLessThanOrEqual(1);
      }
      const released = troubles.some((each) => each.what === 'release');
      await clock.advance(90_000);
      if (!released) expect(held()).toBe(1);
      stop.abort();
      await settle();
    }),
    { numRuns: 15 },
  );
});

test('identities of two processes on one host differ', () => {
  expect(leaseIdentity()).not.toBe(leaseIdentity());
  expect(leaseIdentity()).toMatch(/^.+_[0-9a-f-]{36}$/);
});
