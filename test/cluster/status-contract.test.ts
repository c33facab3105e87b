import { describe, expect, test } from '@jest/globals';

import { emptyReport } from '../../src/status/types.ts';
import { installationStatus } from '../../src/status/installation-status.ts';
import { checkConditions, computeKStatus, type Conditioned } from './status-contract.ts';

const time = '2030-01-01T00:00:00Z';
const condition = (type: string, status: string, reason = 'AllObjectsAvailable', more: object = {}) => ({
  type,
  status,
  reason,
  message: 'm',
  lastTransitionTime: time,
  observedGeneration: 2,
  ...more,
});
const ready = [condition('Ready', 'True'), condition('Progressing', 'False'), condition('Degraded', 'False')];
const object = (conditions: readonly object[], more: object = {}): Conditioned =>
  ({
    kind: 'Installation',
    metadata: { uid: 'u', generation: 2 },
    status: { observedGeneration: 2, conditions, ...more },
  }) as Conditioned;

describe('kstatus', () => {
  test.each([
    ['ready', object(ready), 'Current'],
    ['without conditions', object([]), 'Current'],
    ['an older generation', object(ready, { observedGeneration: 1 }), 'InProgress'],
    ['not ready', object([condition('Ready', 'False')]), 'InProgress'],
    ['stalled', object([condition('Stalled', 'True'), condition('Ready', 'False')]), 'Failed'],
    ['reconciling', object([condition('Reconciling', 'True'), ...ready]), 'InProgress'],
    ['deleted', { ...object(ready), metadata: { generation: 2, deletionTimestamp: time } }, 'Terminating'],
  ])('%s', (_name, subject, expected) => {
    expect(computeKStatus(subject).status).toBe(expected);
  });
});

describe('conditions', () => {
  test('what the operator writes keeps the contract', () => {
    const status = installationStatus({
      report: emptyReport,
      generation: 2,
      previous: undefined,
      decided: undefined,
      running: undefined,
      now: Date.parse(time),
    });
    expect(checkConditions({ metadata: { uid: 'u', generation: 2 }, status })).toEqual([]);
  });

  const [, progressing, degraded] = ready;
  test.each([
    [
      'Ready beside trouble',
      [ready[0], progressing, condition('Degraded', 'True', 'PodFailure')],
      'True together with Degraded',
    ],
    [
      'not Ready for no reason',
      [condition('Ready', 'False', 'ResourceNotReady'), progressing, degraded],
      'False without anything',
    ],
    [
      'a bad reason for a good state',
      [condition('Ready', 'True', 'PodFailure'), progressing, degraded],
      'does not fit its status',
    ],
    [
      'an unknown reason',
      [condition('Ready', 'True', 'Whatever'), progressing, degraded],
      'not in the catalogue',
    ],
    ['a condition less', [ready[0], progressing], 'Degraded is missing'],
    ['a condition twice', [...ready, ready[0]], 'occurs twice'],
    [
      'no message',
      [condition('Ready', 'True', 'AllObjectsAvailable', { message: '' }), progressing, degraded],
      'no message',
    ],
    [
      'a time with fractions',
      [
        condition('Ready', 'True', 'AllObjectsAvailable', { lastTransitionTime: '2030-01-01T00:00:00.5Z' }),
        progressing,
        degraded,
      ],
      'no time in seconds',
    ],
    [
      'another generation',
      [condition('Ready', 'True', 'AllObjectsAvailable', { observedGeneration: 1 }), progressing, degraded],
      'differs from that of the status',
    ],
    [
      'Stalled alone',
      [
        condition('Ready', 'False', 'PodFailure'),
        progressing,
        degraded,
        condition('Stalled', 'True', 'PodFailure'),
      ],
      'Stalled without Degraded',
    ],
  ])('%s', (_name, conditions, expected) => {
    expect(checkConditions(object(conditions.map((c) => c ?? {}))).join('\n')).toContain(expected);
  });

  test('times move with the status and with nothing else', () => {
    const later = ready.map((c) => ({ ...c, lastTransitionTime: '2030-01-01T00:00:09Z' }));
    expect(checkConditions(object(later), object(ready))).toHaveLength(3);
    expect(checkConditions(object(ready), object(later)).join()).toContain('went back');
    expect(checkConditions(object(ready), object(ready))).toEqual([]);
  });
});
