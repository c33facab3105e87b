import { describe, expect, test } from '@jest/globals';
import type { Refusal } from '../api/refusal.ts';
import {
  componentJudgements,
  conditionTime,
  installationJudgements,
  judge,
  withTimes,
} from './conditions.ts';
import { componentStatus, installationStatus, type Running } from './installation-status.ts';
import { type ComponentReport, emptyReport, joinReports, type RolloutFacts } from './types.ts';

const refusal: Refusal = {
  reason: 'InvalidConfigurationError',
  object: 'Installation default',
  field: 'spec.x',
  value: 'v',
  problem: 'is wrong',
  cure: 'Set y',
};
const rollout = (progressing: readonly string[], failing: readonly string[] = []): RolloutFacts => ({
  object: 'DaemonSet a/b',
  desired: 1,
  available: 0,
  progressing,
  failing,
  mark: { fingerprint: '', since: 0 },
});
const report = (more: Partial<ComponentReport>): ComponentReport => ({ ...emptyReport, ...more });
const shown = (found: ComponentReport) =>
  installationJudgements(judge(found)).map(({ type, status, reason }) => `${type} ${status} ${reason}`);

describe('what a report amounts to', () => {
  test.each([
    [
      'nothing to tell',
      {},
      [
        'Ready True AllObjectsAvailable',
        'Progressing False AllObjectsAvailable',
        'Degraded False AllObjectsAvailable',
      ],
    ],
    [
      'a rollout',
      { rollouts: [rollout(['p'])] },
      [
        'Ready False ResourceNotReady',
        'Progressing True ResourceNotReady',
        'Degraded False ResourceNotReady',
      ],
    ],
    [
      'failing pods',
      { rollouts: [rollout([], ['f'])] },
      ['Ready False PodFailure', 'Progressing False PodFailure', 'Degraded True PodFailure'],
    ],
    [
      'both',
      { rollouts: [rollout(['p'], ['f'])] },
      ['Ready False PodFailure', 'Progressing True ResourceNotReady', 'Degraded True PodFailure'],
    ],
    [
      'a failed write',
      { problems: [{ reason: 'PermissionDenied' as const, message: 'm' }] },
      [
        'Ready False PermissionDenied',
        'Progressing False PermissionDenied',
        'Degraded True PermissionDenied',
      ],
    ],
    [
      'a deletion',
      { waiting: [{ reason: 'Terminating' as const, message: 'm' }] },
      ['Ready False Terminating', 'Progressing True Terminating', 'Degraded False Terminating'],
    ],
    [
      'a refusal, graver than all else',
      { refusals: [refusal], rollouts: [rollout(['p'], ['f'])] },
      [
        'Ready False InvalidConfigurationError',
        'Progressing True ResourceNotReady',
        'Degraded True InvalidConfigurationError',
        'Stalled True InvalidConfigurationError',
      ],
    ],
  ])('%s', (_name, more, expected) => {
    expect(shown(report(more))).toEqual(expected);
  });

  test('messages name field, value and cure, and say all that is wrong', () => {
    const { degraded } = judge(
      report({ refusals: [refusal], rollouts: [rollout([], ['one', 'two', 'one'])] }),
    );
    expect(degraded?.message).toBe('Installation default: spec.x "v": is wrong. Set y.\none\ntwo');
  });

  test('messages are bounded', () => {
    const failing = Array.from({ length: 50 }, (_, index) => `${index} ${'x'.repeat(1000)}`);
    const message = judge(report({ rollouts: [rollout([], failing)] })).degraded?.message ?? '';
    expect(message.length).toBeLessThanOrEqual(4096);
    expect(
      judge(
        report({
          rollouts: [
            rollout(
              [],
              failing.map((_, i) => `${i}`),
            ),
          ],
        }),
      ).degraded?.message,
    ).toMatch(/and 42 more$/);
  });

  test('what is customised is told in a good state, before warnings', () => {
    const customised = ['calicoNodeDaemonSet', 'typhaDeployment'];
    expect(judge(report({ customised, warnings: [refusal] })).ready.message).toBe(
      'All objects available; customised: calicoNodeDaemonSet, typhaDeployment; Installation default: spec.x "v": is wrong. Set y.',
    );
    expect(joinReports([report({ customised }), emptyReport]).customised).toEqual(customised);
  });

  test('warnings are told in a good state', () => {
    expect(judge(report({ warnings: [refusal] })).ready).toMatchObject({
      holds: true,
      message: expect.stringContaining('All objects available; Installation default'),
    });
  });

  test('a TigeraStatus says Available, and has three conditions always', () => {
    expect(componentJudgements(judge(report({ refusals: [refusal] }))).map(({ type }) => type)).toEqual([
      'Available',
      'Progressing',
      'Degraded',
    ]);
  });

  test('components are joined', () => {
    expect(shown(joinReports([emptyReport, report({ rollouts: [rollout(['p'])] })]))[0]).toBe(
      'Ready False ResourceNotReady',
    );
  });
});

describe('times', () => {
  const [t0, t1] = ['2030-01-01T00:00:00Z', '2030-01-01T00:00:05Z'];
  const ready = (status: 'True' | 'False', message = '') => [{ type: 'Ready', status, reason: 'R', message }];

  test('move when the status does, and not for a message or a generation', () => {
    const first = withTimes(ready('False'), [], 1, t0);
    expect(withTimes(ready('False', 'other'), first, 2, t1)).toMatchObject([
      { lastTransitionTime: t0, observedGeneration: 2, message: 'other' },
    ]);
    expect(withTimes(ready('True'), first, 2, t1)).toMatchObject([{ lastTransitionTime: t1 }]);
  });

  test('are in seconds', () => {
    expect(conditionTime(Date.parse('2030-01-01T00:00:00.999Z'))).toBe(t0);
  });
});

describe('the status', () => {
  const running: Running = { variant: 'Calico', calicoVersion: 'v3.32.1', mtu: 0, imageSet: '' };
  const decided = { computed: { variant: 'Calico' as const } };
  const base = { generation: 3, previous: undefined, decided, running, now: 0 };

  test('says what runs once everything is available', () => {
    expect(installationStatus({ ...base, report: emptyReport })).toMatchObject({
      observedGeneration: 3,
      ...decided,
      ...running,
    });
  });

  test('before, it says what was decided and keeps what ran', () => {
    const busy = report({ rollouts: [rollout(['p'])] });
    expect(installationStatus({ ...base, report: busy })).not.toHaveProperty('calicoVersion');
    const previous = { calicoVersion: 'v3.31.0', variant: 'Calico' as const };
    expect(installationStatus({ ...base, report: busy, previous })).toMatchObject({
      calicoVersion: 'v3.31.0',
      ...decided,
    });
  });

  test('a refused spec leaves what was decided before', () => {
    const refused = report({ refusals: [refusal] });
    expect(
      installationStatus({ ...base, report: refused, decided: undefined, previous: decided }),
    ).toMatchObject(decided);
  });

  test('what is customised follows the decision, and stays while a spec is refused', () => {
    const customised = [{ block: 'typhaDeployment', changes: ['tolerations'] }];
    const previous = installationStatus({
      ...base,
      report: emptyReport,
      decided: { ...decided, customised },
    });
    expect(previous.customised).toEqual(customised);
    const refused = { report: report({ refusals: [refusal] }), decided: undefined };
    expect(installationStatus({ ...base, ...refused, previous }).customised).toEqual(customised);
    expect(installationStatus({ ...base, report: emptyReport, previous })).not.toHaveProperty('customised');
  });

  test('the same input gives the same status, so nothing is written', () => {
    const previous = installationStatus({ ...base, report: emptyReport });
    expect(installationStatus({ ...base, report: emptyReport, previous, now: 99_000 })).toEqual(previous);
    const component = componentStatus(emptyReport, 3, undefined, 0);
    expect(componentStatus(emptyReport, 3, component, 99_000)).toEqual(component);
  });
});
