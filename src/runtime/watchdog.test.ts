import { expect, test } from '@jest/globals';
import { FakeClock } from '../fake-clock.ts';
import { reconcileCheck, startHeartbeat } from './watchdog.ts';

test('a reconcile beyond the limit is named', () => {
  let elapsed = 600_000;
  const check = reconcileCheck(() => [
    { controller: 'status', key: 'calico', elapsed: 20 },
    { controller: 'installation', key: 'default', elapsed },
  ]);
  expect(check()).toBeUndefined();
  elapsed = 661_000;
  expect(check()).toBe('installation has been reconciling default for 661 s');
});

test('a loop whose timers do not fire is reported after 30 s, one that turns never', async () => {
  const clock = new FakeClock();
  const heart = startHeartbeat(clock);
  await clock.advance(3_600_000);
  expect(heart.check()).toBeUndefined();
  heart.stop();
  await clock.advance(30_000);
  expect(heart.check()).toBeUndefined();
  await clock.advance(6_000);
  expect(heart.check()).toMatch(/^the event loop has not turned for 3\d s$/);
  expect(clock.pending).toBe(0);
});
