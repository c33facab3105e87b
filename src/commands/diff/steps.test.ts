import { expect, test } from '@jest/globals';
import { refOf } from '../../apply/refs.ts';
import { describeSteps, reportSteps } from './steps.ts';
import type { Effect, Step, StepChange } from './types.ts';

const change = (kind: string, name: string, effect: Effect = { kind: 'none' }): StepChange => {
  const apiVersion = kind === 'DaemonSet' ? 'apps/v1' : 'v1';
  const ref = refOf({ apiVersion, kind, metadata: { name, namespace: 'x' } });
  return { ref, action: 'update', effect };
};
const step = (
  changes: readonly StepChange[],
  waitedFor: readonly string[] = [],
  after = 0,
): Step<StepChange> => ({ after, waitedFor, changes });

const rolls = change('DaemonSet', 'node', { kind: 'rolls', pods: 3, pace: 'one at a time' });
const settings = ['a', 'b', 'c', 'd', 'e'].map((name) => change('ConfigMap', name));

test('nothing is said of what is done at once', () => {
  expect(describeSteps([])).toEqual([]);
  expect(describeSteps([step([rolls])])).toEqual([]);
});

test('each step with what it does, when, and what it waits for; what has no pods is counted from the fourth on', () => {
  const made = { ...change('ConfigMap', 'f'), action: 'create' as const };
  const gone = { ...rolls, action: 'delete' as const, effect: { kind: 'stops', pods: 3 } as const };
  const steps = [
    step([...settings, rolls, made]),
    step([settings[0]!], ['It takes time.'], 100_000),
    step([gone]),
  ];
  expect(describeSteps(steps)).toEqual([
    'In 3 steps:',
    '  1. Creates ConfigMap x/f; changes DaemonSet x/node (rolls 3 pods, one at a time), ConfigMap x/a, ConfigMap x/b, ConfigMap x/c, 2 more.',
    '  2. Then, 100s later: changes ConfigMap x/a.',
    '     Until then: It takes time.',
    '  3. Then: deletes DaemonSet x/node (stops 3 pods).',
  ]);
});

test('a single step that has to wait', () => {
  expect(describeSteps([step([rolls], [], 600_000)])[1]).toMatch(/^ {2}1\. In 10m: changes DaemonSet/);
  expect(describeSteps([step([rolls], ['x is being deleted'])])).toEqual([
    'Not at once:',
    expect.stringMatching(/^ {2}1\. When what is under way is through: changes/),
    '     Until then: x is being deleted.',
  ]);
});

test('as data', () => {
  expect(reportSteps([step([rolls], ['it takes time'], 1500)])).toEqual([
    {
      afterSeconds: 2,
      waitedFor: ['it takes time'],
      objects: [{ kind: 'DaemonSet', namespace: 'x', name: 'node', action: 'update', effect: rolls.effect }],
    },
  ]);
});
