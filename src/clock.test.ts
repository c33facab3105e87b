import { describe, expect, test } from '@jest/globals';
import { systemClock } from './clock.ts';
import { FakeClock } from './fake-clock.ts';

describe('the system clock', () => {
  test('sleeps and says whether it slept through', async () => {
    const before = systemClock.monotonic();
    expect(await systemClock.sleep(5)).toBe(true);
    expect(systemClock.monotonic() - before).toBeGreaterThanOrEqual(4);
  });

  test('a sleep ends at once when its signal aborts, before or during it', async () => {
    expect(await systemClock.sleep(60_000, AbortSignal.abort())).toBe(false);
    const controller = new AbortController();
    const sleeping = systemClock.sleep(60_000, controller.signal);
    controller.abort();
    expect(await sleeping).toBe(false);
  });

  test('a finished sleep leaves no listener on its signal', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    signal.addEventListener = () => void (listeners += 1);
    signal.removeEventListener = () => void (listeners -= 1);
    await systemClock.sleep(1, signal);
    expect(listeners).toBe(0);
  });

  test('runs a scheduled action once, and never a cancelled one', async () => {
    const ran: string[] = [];
    systemClock.schedule(1, () => ran.push('cancelled')).cancel();
    await new Promise<void>((resolve) => {
      systemClock.schedule(1, () => {
        ran.push('kept');
        resolve();
      });
    });
    expect(ran).toEqual(['kept']);
  });

  test('wall time is the time of day and chance lies in [0, 1)', () => {
    const [before, now, after] = [Date.now(), systemClock.now(), Date.now()];
    expect(before <= now && now <= after).toBe(true);
    const chance = systemClock.random();
    expect(chance).toBeGreaterThanOrEqual(0);
    expect(chance).toBeLessThan(1);
  });
});

describe('the fake clock keeps the same contract', () => {
  test('timers fire in the order of their time, then of their making', async () => {
    const clock = new FakeClock();
    const fired: string[] = [];
    clock.schedule(20, () => fired.push(`c at ${clock.monotonic()}`));
    clock.schedule(10, () => fired.push(`a at ${clock.monotonic()}`));
    clock.schedule(10, () => fired.push(`b at ${clock.monotonic()}`));
    await clock.advance(15);
    expect(fired).toEqual(['a at 10', 'b at 10']);
    await clock.advance(5);
    expect(fired).toEqual(['a at 10', 'b at 10', 'c at 20']);
    expect(clock.monotonic()).toBe(20);
  });

  test('a timer set by a woken sleeper fires within the same advance', async () => {
    const clock = new FakeClock();
    const times: number[] = [];
    void (async () => {
      while (await clock.sleep(10)) times.push(clock.monotonic());
    })();
    await clock.advance(35);
    expect(times).toEqual([10, 20, 30]);
  });

  test('a set wall clock leaves durations alone', async () => {
    const clock = new FakeClock();
    await clock.advance(1_000);
    clock.setWall(42);
    expect([clock.now(), clock.monotonic()]).toEqual([42, 1_000]);
  });

  test('an aborted sleep leaves no timer', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const sleeping = clock.sleep(1_000, controller.signal);
    expect(clock.pending).toBe(1);
    controller.abort();
    expect(await sleeping).toBe(false);
    expect(clock.pending).toBe(0);
  });
});
