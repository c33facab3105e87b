import { expect, test } from '@jest/globals';
import { resources } from '../api/resources.ts';
import { FakeClock, settle } from '../fake-clock.ts';
import { StatusError } from '../kube/errors.ts';
import type { WatchSource } from '../kube/watch.ts';
import type { WatchEvent } from '../kube/watch-events.ts';
import { silentLogger } from '../telemetry/types.ts';
import { createCache } from './cache.ts';

const notFound = (): Error => new StatusError('not found', { code: 404, reason: 'NotFound' });

test('who is woken while the answer is on its way asks once more, as the answer may be older than the cause', async () => {
  const answers: ((error: Error) => void)[] = [];
  const source: WatchSource = {
    page: () => Promise.reject(notFound()),
    watch: () => new Promise<AsyncIterable<WatchEvent>>((_, reject) => answers.push(reject)),
  };
  const clock = new FakeClock();
  const cache = createCache({ source, clock, logger: silentLogger });
  const store = cache.watch({ selection: { resource: resources.IPPool }, project: () => undefined });
  void cache.start(new AbortController().signal);
  await settle();
  expect(answers.length).toBe(1);
  store.wake();
  store.wake();
  answers[0]?.(notFound());
  await settle();
  expect(answers.length).toBe(2);
  answers[1]?.(notFound());
  await settle();
  expect(answers.length).toBe(2);

  store.wake();
  await settle();
  expect(answers.length).toBe(3);
  answers[2]?.(notFound());
  await settle();
  await cache.stop();
});
