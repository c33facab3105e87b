import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FakeClock } from '../fake-clock.ts';
import { TokenBucket, backOffDelay, defaultBackOff } from './back-off.ts';

describe('back-off', () => {
  test('starts at 5 ms, doubles, and ends at 1000 s', () => {
    const delays = [1, 2, 3, 10, 18, 19, 1_000].map((n) => backOffDelay(n, defaultBackOff));
    expect(delays).toEqual([5, 10, 20, 2_560, 655_360, 1_000_000, 1_000_000]);
  });

  test('asks at most 25 attempts of the first hour of a lasting failure', () => {
    let elapsed = 0;
    let attempts = 1;
    for (; elapsed < 3_600_000; attempts++) elapsed += backOffDelay(attempts, defaultBackOff);
    expect(attempts).toBeLessThanOrEqual(25);
  });
});

describe('token bucket', () => {
  test('a burst is free, then tokens come at the rate', async () => {
    const clock = new FakeClock();
    const bucket = new TokenBucket(clock, { rate: 10, burst: 3 });
    expect(Array.from({ length: 5 }, () => bucket.reserve())).toEqual([0, 0, 0, 100, 200]);
    await clock.advance(300);
    expect(bucket.reserve()).toBe(0);
    expect(bucket.reserve()).toBe(100);
  });

  test('never lets more than burst + rate × time through', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 400 }), { maxLength: 60 }), async (pauses) => {
        const clock = new FakeClock();
        const bucket = new TokenBucket(clock, { rate: 10, burst: 5 });
        const starts: number[] = [];
        for (const pause of pauses) {
          await clock.advance(pause);
          starts.push(clock.monotonic() + bucket.reserve());
        }
        const last = Math.max(0, ...starts);
        expect(starts.length).toBeLessThanOrEqual(5 + (last * 10) / 1_000 + 1e-6);
      }),
      { numRuns: 30 },
    );
  });
});
