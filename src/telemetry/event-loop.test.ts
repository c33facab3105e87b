import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { delays, registerEventLoop } from './event-loop.ts';

test('the time between two looks is no delay', () => {
  const milliseconds = { min: 99, max: 350, mean: 110, stddev: 20, p50: 100, p90: 120, p99: 300 };
  const { p50, p90, p99, ...rest } = milliseconds;
  const scaled = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, value * 1e6]));
  const percentile = (percent: number): number => ({ 50: p50, 90: p90, 99: p99 })[percent]! * 1e6;
  const found = delays({ ...(scaled as typeof rest), count: 5, percentile });
  expect(found).toEqual({ min: 0, max: 0.25, mean: 0.01, stddev: 0.02, p50: 0, p90: 0.02, p99: 0.2 });
});

test('before the first look there is none', () => {
  const nothing = { count: 0, min: 9e18, max: 0, mean: NaN, stddev: NaN, percentile: () => 0 };
  expect(new Set(Object.values(delays(nothing)))).toEqual(new Set([0]));
});

async function scrape(registry: Registry, name: string): Promise<number> {
  const line = (await registry.metrics()).split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.split(' ')[1]);
}

test('a loop that was held up is told once', async () => {
  const registry = new Registry();
  registerEventLoop(registry);
  // What follows on a scrape counts from the first look on.
  await registry.metrics();
  await delay(300);
  const end = performance.now() + 600;
  while (performance.now() < end);
  await delay(300);
  const told = (): Promise<number> => scrape(registry, 'nodejs_eventloop_lag_max_seconds');
  const held = await told();
  expect(held).toBeGreaterThan(0.4);
  // What follows is shorter, unless the machine itself stalls for as long.
  let next = await told();
  for (let tries = 1; tries < 20 && next >= held; tries += 1) next = await told();
  expect(next).toBeLessThan(held);
});
