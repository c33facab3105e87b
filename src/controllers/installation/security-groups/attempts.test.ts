import { expect, test } from '@jest/globals';
import type { Pod } from '../../../api/kubernetes.ts';
import { latestTrouble, projectAttempt } from './attempts.ts';

const pod = (status: object): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'x', creationTimestamp: '2030-01-01T00:00:00Z' },
    status,
  }) as unknown as Pod;
const container = (state: object) => ({ containerStatuses: [{ name: 'c', state }] });

test.each<[string, object, string | undefined]>([
  ['runs', { phase: 'Running', ...container({ running: {} }) }, undefined],
  ['came through', { phase: 'Succeeded', ...container({ terminated: { exitCode: 0 } }) }, undefined],
  [
    'failed, with its last words',
    { phase: 'Failed', ...container({ terminated: { exitCode: 1, message: 'first\n  the cause  \n\n' } }) },
    'the cause',
  ],
  ['was killed', { phase: 'Failed', ...container({ terminated: { reason: 'OOMKilled' } }) }, 'OOMKilled'],
  ['was evicted', { phase: 'Failed', reason: 'Evicted' }, 'Evicted'],
  ['is gone for no reason', { phase: 'Failed' }, 'its pod failed'],
  [
    'is being made',
    { phase: 'Pending', ...container({ waiting: { reason: 'ContainerCreating' } }) },
    undefined,
  ],
  [
    'finds no image',
    { phase: 'Pending', ...container({ waiting: { reason: 'ErrImagePull', message: 'no such image' } }) },
    'ErrImagePull: no such image',
  ],
  [
    'finds no machine',
    { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', message: 'no nodes' }] },
    'no nodes',
  ],
])('an attempt that %s', (_name, status, trouble) => {
  expect(projectAttempt(pod(status))).toEqual({
    began: '2030-01-01T00:00:00Z',
    failed: (status as { readonly phase: string }).phase === 'Failed',
    ...(trouble === undefined ? {} : { trouble }),
  });
});

test('the latest failure counts, whatever becomes of the attempt after it', () => {
  const at = (minute: number, trouble?: string, failed = true) => ({
    began: `2030-01-01T00:0${minute}:00Z`,
    failed: failed && trouble !== undefined,
    ...(trouble === undefined ? {} : { trouble }),
  });
  expect(latestTrouble([at(2, 'second'), at(3), at(1, 'first')])).toBe('second');
  expect(latestTrouble([at(1, 'first'), at(2, 'no nodes', false)])).toBe('first');
  expect(latestTrouble([at(1), at(2, 'no nodes', false)])).toBe('no nodes');
  expect(latestTrouble([at(1)])).toBeUndefined();
});
