import { expect, test } from '@jest/globals';
import { FakeClock, settle } from '../fake-clock.ts';
import { createMemoryKeeper, systemCollector } from './memory.ts';

test('collects once, when nothing has happened for five seconds', async () => {
  const clock = new FakeClock();
  let collections = 0;
  const keeper = createMemoryKeeper(clock, () => collections++);
  keeper.touch();
  await clock.advance(4_000);
  keeper.touch();
  await clock.advance(4_999);
  expect(collections).toBe(0);
  await clock.advance(1);
  expect(collections).toBe(1);
  await clock.advance(60_000);
  expect(collections).toBe(1);
});

test('does not collect after the stop', async () => {
  const clock = new FakeClock();
  const keeper = createMemoryKeeper(clock, () => {
    throw new Error('collected');
  });
  keeper.touch();
  keeper.stop();
  await clock.advance(60_000);
});

test('the collector frees what nothing refers to', async () => {
  const collect = systemCollector();
  const makeGarbage = (): WeakRef<object> => new WeakRef({ garbage: true });
  const reference = makeGarbage();
  await settle();
  collect();
  expect(reference.deref()).toBeUndefined();
});
