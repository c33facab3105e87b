import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../api/kubernetes.ts';
import type { Warning } from '../api/refusal.ts';
import { FakeClock } from '../fake-clock.ts';
import { silentLogger } from '../telemetry/types.ts';
import { EventRecorder, eventOf, noticesOf } from './events.ts';

const condition = (type: string, status: string, reason: string, message = 'm') => ({
  type,
  status,
  reason,
  message,
});
const status = (...conditions: readonly ReturnType<typeof condition>[]) => ({
  observedGeneration: 1,
  conditions,
});
const warning: Warning = {
  reason: 'ConfigurationWarning',
  object: 'Installation default',
  problem: 'p',
  cure: 'c',
};
const installation: KubeObject = {
  apiVersion: 'operator.tigera.io/v1',
  kind: 'Installation',
  metadata: { name: 'default', uid: 'u', resourceVersion: '3' },
};

describe('which changes are told', () => {
  const told = (previous: ReturnType<typeof status> | undefined, next: ReturnType<typeof status>) =>
    noticesOf({ previous, next, warnings: [] }).map(({ type, reason }) => `${type} ${reason}`);

  test.each([
    [
      'the first status',
      undefined,
      status(condition('Ready', 'False', 'X'), condition('Progressing', 'True', 'ResourceNotReady')),
      ['Normal ResourceNotReady'],
    ],
    [
      'ready',
      status(condition('Ready', 'False', 'X')),
      status(condition('Ready', 'True', 'AllObjectsAvailable')),
      ['Normal AllObjectsAvailable'],
    ],
    [
      'trouble',
      status(condition('Degraded', 'False', 'X')),
      status(condition('Degraded', 'True', 'PodFailure')),
      ['Warning PodFailure'],
    ],
    [
      'another trouble',
      status(condition('Degraded', 'True', 'PodFailure')),
      status(condition('Degraded', 'True', 'ImageSetError')),
      ['Warning ImageSetError'],
    ],
    [
      'new wording',
      status(condition('Degraded', 'True', 'PodFailure', 'a')),
      status(condition('Degraded', 'True', 'PodFailure', 'b')),
      [],
    ],
    [
      'an end of progress',
      status(condition('Progressing', 'True', 'X')),
      status(condition('Progressing', 'False', 'Y')),
      [],
    ],
    ['what Degraded says already', undefined, status(condition('Stalled', 'True', 'X')), []],
  ])('%s', (_name, previous, next, expected) => {
    expect(told(previous, next)).toEqual(expected);
  });

  test('warnings are told once for each generation', () => {
    const next = { ...status(), observedGeneration: 2 };
    expect(noticesOf({ previous: status(), next, warnings: [warning] })).toMatchObject([
      { type: 'Warning', reason: 'ConfigurationWarning', note: 'Installation default: p. c.' },
    ]);
    expect(noticesOf({ previous: next, next, warnings: [warning] })).toEqual([]);
  });
});

test('an Event of a cluster-scoped object stands in namespace default and is within the bounds of the API', () => {
  const notice = { type: 'Normal', reason: 'R', note: 'n'.repeat(2000), action: 'Reconcile' } as const;
  const event = eventOf(installation, notice, {
    now: Date.parse('2030-01-01T00:00:00.120Z'),
    random: 0.5,
    instance: 'pod-1',
  });
  expect(event).toMatchObject({
    apiVersion: 'events.k8s.io/v1',
    metadata: { namespace: 'default' },
    eventTime: '2030-01-01T00:00:00.120000Z',
    reportingInstance: 'pod-1',
    regarding: { kind: 'Installation', name: 'default', uid: 'u' },
  });
  expect((event as unknown as { note: string }).note).toHaveLength(1024);
});

const notice = { type: 'Normal', reason: 'R', note: 'n', action: 'Reconcile' } as const;

/** A recorder whose Events are refused; their names are kept. */
function refusedRecorder(clock: FakeClock) {
  const created: string[] = [];
  const recorder = new EventRecorder({
    client: {
      create: (_resource, object) => {
        created.push(object.metadata.name);
        return Promise.reject(new Error('forbidden'));
      },
    },
    clock,
    logger: silentLogger,
    instance: 'pod-1',
  });
  return { created, recorder };
}

test('the same is not repeated for ten minutes, and a failure is only logged', async () => {
  const clock = new FakeClock();
  const { created, recorder } = refusedRecorder(clock);
  await recorder.record(installation, [notice]);
  await recorder.record(installation, [notice, { ...notice, note: 'other' }]);
  expect(created).toHaveLength(2);
  await clock.advance(600_000);
  await recorder.record(installation, [notice]);
  expect(new Set(created).size).toBe(3);
});

test('only the latest 500 are remembered, so that memory has a bound', async () => {
  const { created, recorder } = refusedRecorder(new FakeClock());
  const notices = Array.from({ length: 501 }, (_, index) => ({ ...notice, note: `n${index}` }));
  await recorder.record(installation, notices);
  await recorder.record(installation, notices.slice(1));
  expect(created).toHaveLength(501);
  await recorder.record(installation, notices.slice(0, 1));
  expect(created).toHaveLength(502);
});
