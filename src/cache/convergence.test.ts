import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { KubeObject } from '../api/kubernetes.ts';
import { resources } from '../api/resources.ts';
import { FakeClock, settle } from '../fake-clock.ts';
import { StatusError, TransportError } from '../kube/errors.ts';
import { silentLogger } from '../telemetry/types.ts';
import { createCache } from './cache.ts';
import { FakeSource } from './fake-source.ts';

const status = (code: number, reason = '', retryAfter?: number): StatusError =>
  new StatusError(reason, { code, reason, retryAfter });
const faults: readonly Error[] = [
  status(401, 'Unauthorized'),
  status(403, 'Forbidden'),
  status(404, 'NotFound'),
  status(410, 'Expired'),
  status(422, 'Invalid'),
  status(429, 'TooManyRequests', 5000),
  status(500),
  status(504, 'Timeout'),
  new TransportError('x', 'refused', 'ECONNREFUSED'),
  new TransportError('x', 'reset', 'ECONNRESET'),
  new TransportError('x', 'idle', 'IDLE'),
  new TransportError('x', 'decode', 'DECODE'),
  new Error('a mistake of ours'),
];

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const fault = fc.constantFrom(...faults);
const command = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('put' as const), name, ours: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('remove' as const), name, ours: fc.boolean() }) },
  fc.record({ do: fc.constant('answer' as const) }),
  fc.record({ do: fc.constant('fail' as const), fault }),
  fc.record({ do: fc.constant('cut' as const), fault: fc.option(fault, { nil: undefined }) }),
  fc.record({ do: fc.constant('freeze' as const) }),
  fc.record({ do: fc.constant('bookmark' as const) }),
  fc.record({ do: fc.constant('compact' as const) }),
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pass' as const), time: fc.nat(3000) }) },
);
const streaming = fc.constantFrom('supported' as const, 'ignored' as const, status(422, 'Invalid'));

test('whatever happens, the copy ends like the original, and nobody misses a change', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(command, { maxLength: 40 }),
      streaming,
      fc.nat(5),
      async (commands, mode, lag) => {
        const clock = new FakeClock();
        const source = new FakeSource();
        source.expired = () => status(410, 'Expired');
        source.streaming = mode;
        source.lag = lag;
        source.put('a');
        source.put('b');
        const cache = createCache({ source, clock, logger: silentLogger });
        const store = cache.watch({
          selection: { resource: resources.ConfigMap, namespace: 'n' },
          project: ({ metadata }) => `${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`,
          equal: (a, b) => a === b,
        });
        // What a listener that looks at each changed key knows.
        const seen = new Map<string, string>();
        store.onChange((key) => {
          const item = store.get(key.slice(2), 'n');
          if (item === undefined) seen.delete(key);
          else seen.set(key, item);
        });
        const answers: (() => void)[] = [];
        const started = cache.start(new AbortController().signal);
        for (const step of commands) {
          switch (step.do) {
            case 'put': {
              const object = source.put(step.name);
              if (step.ours) answers.push(() => store.observe(object));
              break;
            }
            case 'remove': {
              const object: KubeObject | undefined = source.remove(step.name);
              if (step.ours) answers.push(() => store.observeDeleted(step.name, 'n', object?.metadata.uid));
              break;
            }
            case 'answer':
              answers.shift()?.();
              break;
            case 'fail':
              source.faults.push(step.fault);
              break;
            case 'cut':
              source.end(step.fault);
              break;
            case 'freeze':
              source.freeze();
              break;
            case 'bookmark':
              source.bookmark();
              break;
            case 'compact':
              source.compact();
              break;
            case 'pass':
              await clock.advance(step.time);
          }
        }
        for (const answer of answers) answer();
        source.faults.length = 0;
        source.end(new TransportError('silent', 'idle', 'IDLE'));
        await clock.advance(120_000);
        await started;
        const expected = [...source.state.values()]
          .map(({ metadata }) => `${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`)
          .sort();
        expect([...store.list()].sort()).toEqual(expected);
        expect([...seen.values()].sort()).toEqual(expected);
        expect([store.state, cache.unsynced()]).toEqual(['synced', []]);
        await cache.stop();
        await settle();
        expect(clock.pending).toBe(0);
      },
    ),
    { numRuns: 1000 },
  );
});
