import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../../api/kubernetes.ts';
import type { Refusal } from '../../api/refusal.ts';
import { refOf } from '../../apply/refs.ts';
import type { Outcome } from '../../apply/types.ts';
import type { DesiredObject } from '../../render/types.ts';
import type { WindowsDecision } from '../../resolve/types.ts';
import { judge } from '../../status/conditions.ts';
import { blockedReports, type Execution, executionReports, refusedReports, rolloutsOf } from './report.ts';

const refusal = (object: string, field?: string): Refusal => ({
  reason: 'InvalidConfigurationError',
  object,
  ...(field === undefined ? {} : { field }),
  problem: 'it is wrong',
  cure: 'Correct it',
});

const workload: DesiredObject = {
  object: {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'calico-node', namespace: 'calico-system' },
  },
  stage: 'workload',
  component: 'calico',
  ownership: 'owned',
};
const pool: DesiredObject = {
  object: { apiVersion: 'crd.projectcalico.org/v1', kind: 'IPPool', metadata: { name: 'main' } },
  stage: 'pools',
  component: 'ippools',
  ownership: 'shared',
};

const failed = (object: KubeObject): Outcome => ({
  kind: 'failed',
  action: { kind: 'create', ref: refOf(object), object, drift: false },
  error: new Error(`${object.kind} failed`),
});

const agent: DesiredObject = {
  object: {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'calico-node-windows', namespace: 'calico-system' },
  },
  stage: 'windows-workload',
  component: 'calico-windows',
  ownership: 'owned',
};

const nothingDone: Execution = {
  desired: [workload, pool],
  windows: { kind: 'off' },
  outcomes: [],
  refusals: [],
  warnings: [],
  customised: ['typhaDeployment'],
  pods: [],
  live: () => undefined,
  marks: new Map(),
  now: 0,
};

const reportsOf = (
  outcomes: readonly Outcome[],
  live?: KubeObject,
  windows: WindowsDecision = { kind: 'off' },
) =>
  executionReports({
    ...nothingDone,
    desired: [workload, pool, ...(windows.kind === 'on' ? [agent] : [])],
    windows,
    outcomes,
    live: () => live,
  });

describe('components', () => {
  test('get the mistakes of their fields', () => {
    const pools = refusal('Installation default', 'spec.calicoNetwork.ipPools[0].cidr');
    const other = refusal('Installation default', 'spec.registry');
    const foreign = refusal('IPPool main');
    const reports = refusedReports([pools, other, foreign], [other], { windows: false });
    expect(reports.ippools.refusals).toEqual([pools, foreign]);
    expect(reports.calico.refusals).toEqual([other]);
    expect([reports.calico.warnings, reports.ippools.warnings]).toEqual([[other], []]);
  });

  test('get the failures of their objects', () => {
    const { calico, ippools } = reportsOf([failed(workload.object), failed(pool.object)]);
    expect(calico.problems.map(({ message }) => message)).toEqual(['DaemonSet failed']);
    expect(ippools.problems.map(({ message }) => message)).toEqual(['IPPool failed']);
  });

  test('tell what is customised of workloads once', () => {
    const { calico, ippools } = reportsOf([]);
    expect([calico.customised, ippools.customised]).toEqual([['typhaDeployment'], []]);
  });

  test('that is calico has what is under way, and what is wrong besides', () => {
    const waiting = [{ reason: 'TyphaTransition', message: 'switching on' }] as const;
    const problems = [{ reason: 'ResourceScalingError', message: 'no node' }] as const;
    const { calico, ippools } = executionReports({ ...nothingDone, waiting, problems });
    expect(calico).toMatchObject({ waiting, problems });
    expect([ippools.waiting, ippools.problems]).toEqual([[], []]);
  });

  test('of workloads tell rollouts, of a missing one too', () => {
    expect(reportsOf([]).calico.rollouts).toMatchObject([
      {
        object: 'DaemonSet calico-system/calico-node',
        progressing: [expect.stringContaining('not created yet')],
      },
    ]);
    const live = {
      ...workload.object,
      status: { desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 1 },
    };
    expect(reportsOf([], live).calico.rollouts[0]?.progressing).toEqual([
      'DaemonSet calico-system/calico-node: 1 of 2 pods available',
    ]);
    expect(reportsOf([], live).ippools.rollouts).toEqual([]);
  });
});

describe('Windows', () => {
  const on: WindowsDecision = { kind: 'on', dnsServers: [], serviceCidrs: [], warnings: [] };
  const mistake = refusal('Installation default', 'spec.serviceCIDRs');

  test('is told of only where it is on', () => {
    expect(Object.keys(reportsOf([]))).toEqual(['calico', 'ippools']);
    expect(Object.keys(refusedReports([], [], { windows: false }))).toEqual(['calico', 'ippools']);
    expect(Object.keys(blockedReports('waiting', [], { windows: true }))).toContain('calico-windows');
  });

  test('has rollouts and failures of its own', () => {
    const reports = reportsOf([failed(agent.object)], undefined, on);
    expect(reports['calico-windows']).toMatchObject({
      problems: [{ message: 'DaemonSet failed' }],
      rollouts: [{ object: 'DaemonSet calico-system/calico-node-windows' }],
    });
    expect(reports.calico).toMatchObject({
      problems: [],
      rollouts: [{ object: 'DaemonSet calico-system/calico-node' }],
    });
    expect(rolloutsOf(reports)).toHaveLength(2);
  });

  test('is available without a Windows node', () => {
    const live = { ...agent.object, status: { desiredNumberScheduled: 0 } };
    const report = reportsOf([], live, on)['calico-windows'];
    expect(report && judge(report)).toMatchObject({ ready: { holds: true } });
  });

  test('a mistake, a remark and a wait of its own concern nothing else', () => {
    const refused = reportsOf([], undefined, { kind: 'refused', refusals: [mistake], warnings: [mistake] });
    expect(refused['calico-windows']).toMatchObject({ refusals: [mistake], warnings: [mistake] });
    expect(refused.calico).toMatchObject({ refusals: [], warnings: [] });
    const waiting = reportsOf([], undefined, { kind: 'waiting' });
    expect(waiting['calico-windows']?.waiting).toHaveLength(1);
    expect(waiting.calico.waiting).toEqual([]);
  });

  test('follows nothing while the whole Installation is refused, and says so', () => {
    expect(refusedReports([mistake], [], { windows: true })['calico-windows']?.refusals).toEqual([mistake]);
  });
});
