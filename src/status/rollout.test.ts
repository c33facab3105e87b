import { describe, expect, test } from '@jest/globals';
import type { ObservedContainer, ObservedPod } from './pods.ts';
import { missingRollout, type ObservedWorkload, rolloutFacts } from './rollout.ts';
import type { RolloutFacts, RolloutMark } from './types.ts';

const start = Date.parse('2030-01-01T00:00:00Z');
const minute = 60_000;
const object = 'DaemonSet calico-system/calico-node';

function daemonSet(
  desired: number,
  updated: number,
  available: number,
  generation = 1,
  observedGeneration = generation,
): ObservedWorkload {
  return {
    kind: 'DaemonSet',
    metadata: { name: 'calico-node', namespace: 'calico-system', generation },
    status: {
      observedGeneration,
      desiredNumberScheduled: desired,
      updatedNumberScheduled: updated,
      numberAvailable: available,
    },
  };
}

const deployment = (replicas: number | undefined, updated: number, available: number): ObservedWorkload => ({
  kind: 'Deployment',
  metadata: { name: 'calico-kube-controllers', namespace: 'calico-system', generation: 1 },
  spec: replicas === undefined ? {} : { replicas },
  status: { observedGeneration: 1, updatedReplicas: updated, availableReplicas: available },
});

const pod = (
  node: string | undefined,
  container: Partial<ObservedContainer>,
  status: object = {},
): ObservedPod => ({
  metadata: { creationTimestamp: '2030-01-01T00:00:00Z' },
  spec: node === undefined ? {} : { nodeName: node },
  status: {
    phase: 'Running',
    containerStatuses: [{ name: 'calico-node', ready: false, ...container }],
    ...status,
  },
});
const waiting = (reason: string, message?: string) => ({
  state: { waiting: message === undefined ? { reason } : { reason, message } },
});
const crash = {
  ...waiting('CrashLoopBackOff'),
  restartCount: 3,
  lastState: { terminated: { reason: 'Error', exitCode: 1 } },
};
const facts = (
  workload: ObservedWorkload,
  pods: readonly ObservedPod[] = [],
  now = start,
  previous?: RolloutMark,
): RolloutFacts => rolloutFacts({ workload, pods, now, ...(previous === undefined ? {} : { previous }) });

describe('counts', () => {
  test.each([
    ['complete', daemonSet(3, 3, 3), []],
    ['no nodes at all', daemonSet(0, 0, 0), []],
    ['not observed', daemonSet(3, 3, 3, 2, 1), ['waiting for its controller to take in the latest change']],
    ['rolling', daemonSet(3, 1, 2), ['rolling out, 1 of 3 pods updated']],
    ['not all available', daemonSet(3, 3, 1), ['1 of 3 pods available']],
  ])('a DaemonSet that is %s', (_name, workload, expected) => {
    expect(facts(workload)).toMatchObject({
      object,
      failing: [],
      progressing: expected.map((line) => `${object}: ${line}`),
    });
  });

  test.each([
    [deployment(undefined, 1, 1), 0],
    [deployment(0, 0, 0), 0],
    [deployment(2, 2, 1), 1],
    [deployment(2, 1, 2), 1],
  ])('a Deployment %#', (workload, lines) => {
    expect(facts(workload).progressing).toHaveLength(lines);
  });

  test('a workload whose controller has said nothing has no pods', () => {
    const silent = { observedGeneration: 1 };
    expect(facts({ ...deployment(1, 1, 1), status: silent }).progressing).toEqual([
      'Deployment calico-system/calico-kube-controllers: rolling out, 0 of 1 pods updated',
    ]);
    const updated = { ...deployment(1, 1, 0), status: { ...silent, updatedReplicas: 1 } };
    expect(facts(updated).progressing).toEqual([
      'Deployment calico-system/calico-kube-controllers: 0 of 1 pods available',
    ]);
  });

  test('what is not there yet is waited for', () => {
    expect(missingRollout(object, start).progressing).toEqual([`${object}: not created yet`]);
  });
});

describe('pods', () => {
  const failing = (pods: readonly ObservedPod[], now = start) =>
    facts(daemonSet(3, 3, 3 - pods.length), pods, now).failing;
  const progressing = (pods: readonly ObservedPod[], now = start) =>
    facts(daemonSet(3, 3, 3 - pods.length), pods, now).progressing;

  test('a crash loop names node, container, reason and exit code, and is no progress', () => {
    expect(failing([pod('node-7', crash)])).toEqual([
      `${object}: container calico-node crash-loops (Error, exit code 1) on node node-7`,
    ]);
    expect(progressing([pod('node-7', crash)])).toEqual([]);
  });

  test.each([
    [
      'out of memory',
      { lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } } },
      '(OOMKilled, exit code 137)',
    ],
    [
      'a liveness probe',
      { lastState: { terminated: { reason: 'Error', exitCode: 137 } } },
      'killed: perhaps by its liveness probe',
    ],
  ])('%s is recognised', (_name, more, expected) => {
    expect(failing([pod('a', { ...crash, ...more })])[0]).toContain(expected);
  });

  test('the first restarts are part of a start, and so is the time between two crashes', () => {
    expect(failing([pod('a', { ...crash, restartCount: 2 })])).toEqual([]);
    expect(progressing([pod('a', { ...crash, restartCount: 2 })])[0]).toContain(
      'was restarted (Error, exit code 1) on node a',
    );
    expect(failing([pod('a', { ...crash, state: {}, restartCount: 4 })])).toHaveLength(1);
  });

  test.each([
    ['ErrImagePull', 'cannot pull its image quay.io/x:1: manifest unknown'],
    ['ImagePullBackOff', 'cannot pull its image quay.io/x:1: manifest unknown'],
    ['CreateContainerConfigError', 'cannot be created (CreateContainerConfigError): manifest unknown'],
  ])('%s', (reason, expected) => {
    expect(
      failing([pod('a', { image: 'quay.io/x:1', ...waiting(reason, 'manifest  unknown\n') })])[0],
    ).toContain(expected);
  });

  test('init containers count, failed pods count, pods that go do not', () => {
    const init = pod('a', {}, { initContainerStatuses: [{ name: 'install-cni', ...crash }] });
    expect(failing([init])[0]).toContain('container install-cni crash-loops');
    const failed = pod('a', {}, { phase: 'Failed', reason: 'Evicted', message: 'low on disk' });
    expect(failing([failed])[0]).toContain('pod has failed (Evicted): low on disk');
    expect(failing([{ ...failed, metadata: { deletionTimestamp: '2030-01-01T00:00:00Z' } }])).toEqual([]);
  });

  test('a pod that cannot be scheduled fails after a minute, with the words of the scheduler', () => {
    const conditions = [
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes are available' },
    ];
    const unscheduled = pod(undefined, {}, { phase: 'Pending', conditions });
    expect(progressing([unscheduled])[0]).toContain('pod cannot be scheduled: 0/3 nodes are available');
    expect(failing([unscheduled], start + minute)[0]).toBe(
      `${object}: pod cannot be scheduled: 0/3 nodes are available`,
    );
  });

  test('a pod that merely starts has five minutes, and the facts say when that is over', () => {
    const starting = facts(daemonSet(1, 1, 0), [pod('a', {})], start + 2 * minute);
    expect(starting).toMatchObject({ failing: [], changesIn: 3 * minute });
    expect(failing([pod('a', {})], start + 5 * minute)[0]).toContain(
      'container calico-node does not become ready on node a',
    );
  });

  test('the five minutes of a pod that was ready begin when it is not any more', () => {
    const conditions = [
      { type: 'Initialized', status: 'True', lastTransitionTime: '2029-01-01T00:00:00Z' },
      { type: 'Ready', status: 'False', lastTransitionTime: '2030-01-01T01:00:00Z' },
    ];
    const lost = pod('a', {}, { conditions });
    expect(failing([lost], start + 64 * minute)).toEqual([]);
    expect(failing([lost], start + 65 * minute)).toHaveLength(1);
  });

  test('equal troubles share a line with the first nodes by name', () => {
    const pods = Array.from({ length: 42 }, (_, index) =>
      pod(`node-${String(index).padStart(2, '0')}`, crash),
    );
    expect(facts(daemonSet(42, 42, 0), pods).failing).toEqual([
      `${object}: container calico-node crash-loops (Error, exit code 1) on nodes node-00, node-01, node-02, node-03, node-04 and 37 more`,
    ]);
  });
});

describe('stalls', () => {
  test('no movement for ten minutes is a failure, any movement starts anew', () => {
    const first = facts(daemonSet(3, 1, 2));
    expect(first.changesIn).toBe(10 * minute);
    const later = facts(daemonSet(3, 1, 2), [], start + 9 * minute, first.mark);
    expect(later).toMatchObject({ failing: [], changesIn: minute });
    const stalled = facts(daemonSet(3, 1, 2), [], start + 10 * minute, later.mark);
    expect(stalled.failing).toEqual([
      `${object}: no progress for 10 minutes: rolling out, 1 of 3 pods updated`,
    ]);
    expect(stalled.progressing).toEqual([]);
    expect(facts(daemonSet(3, 2, 2), [], start + 10 * minute, later.mark).failing).toEqual([]);
  });
});

describe('a cluster that grows', () => {
  const complete = facts(daemonSet(3, 3, 3)).mark;

  test('stays complete while pods of new nodes start', () => {
    expect(facts(daemonSet(5, 5, 3), [pod('new', {})], start, complete).progressing).toEqual([]);
    expect(facts(daemonSet(5, 4, 3), [pod('new', {})], start, complete).progressing).toEqual([]);
  });

  test('does not when a pod is lost, fails to start or the workload changes', () => {
    expect(facts(daemonSet(5, 5, 2), [], start, complete).progressing).toHaveLength(1);
    expect(facts(daemonSet(5, 5, 3, 2), [], start, complete).progressing).toHaveLength(1);
    expect(facts(daemonSet(5, 5, 3), [pod('new', crash)], start, complete).failing).toHaveLength(1);
  });
});
