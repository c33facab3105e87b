import { describe, expect, test } from '@jest/globals';
import type { FelixConfiguration } from '../../../api/calico.ts';
import type { DaemonSet } from '../../../api/kubernetes.ts';
import { disableSelector } from './decide.ts';
import { type HandBackFacts, handBackManager, planHandBack } from './hand-back.ts';

const deleted = Date.parse('2026-01-01T12:00:00Z');
const installation = {
  apiVersion: 'operator.tigera.io/v1',
  kind: 'Installation',
  metadata: { name: 'default', deletionTimestamp: '2026-01-01T12:00:00Z' },
};

function kubeProxy({ off = false, available = 3, labels = {} } = {}): DaemonSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'kube-proxy', generation: 1, labels },
    spec: {
      selector: {},
      template: { spec: { containers: [], nodeSelector: off ? { [disableSelector]: 'true' } : {} } },
    },
    status: {
      observedGeneration: 1,
      desiredNumberScheduled: 3,
      currentNumberScheduled: 3,
      updatedNumberScheduled: 3,
      numberAvailable: available,
      numberMisscheduled: 0,
      numberReady: available,
    },
  };
}

function felix(bpfEnabled: boolean, { mark = String(bpfEnabled), stoppedAt = '' } = {}): FelixConfiguration {
  return {
    apiVersion: 'crd.projectcalico.org/v1',
    kind: 'FelixConfiguration',
    metadata: {
      name: 'default',
      annotations: { 'operator.tigera.io/bpfEnabled': mark },
      managedFields:
        stoppedAt === ''
          ? []
          : [{ manager: handBackManager, operation: 'Update', time: stoppedAt, fieldsV1: {} }],
    },
    spec: { bpfEnabled },
  };
}

/** As it is when somebody deletes an Installation with BPF and without kube-proxy. */
const begun: HandBackFacts = {
  installation,
  kubeProxy: kubeProxy({ off: true }),
  felix: felix(true),
  nodeRuns: true,
  now: deleted + 1000,
};
const plan = (facts: Partial<HandBackFacts>) => planHandBack({ ...begun, ...facts });
const without = (...names: readonly (keyof HandBackFacts)[]) =>
  Object.fromEntries(
    Object.entries(begun).filter(([name]) => !names.includes(name as keyof HandBackFacts)),
  ) as unknown as HandBackFacts;

describe('in this order', () => {
  test('kube-proxy is started', () => {
    expect(plan({})).toMatchObject({ kind: 'start kube-proxy' });
  });

  test('it serves everywhere', () => {
    expect(plan({ kubeProxy: kubeProxy({ available: 2 }) })).toEqual({
      kind: 'wait',
      message: 'Waiting for kube-proxy to serve Services on every node: it does on 2 of 3',
      retryAfter: 10_000,
    });
  });

  test('Felix is told', () => {
    expect(plan({ kubeProxy: kubeProxy() })).toEqual({ kind: 'stop BPF' });
  });

  test('Felix has its time', () => {
    const facts = { kubeProxy: kubeProxy(), felix: felix(false, { stoppedAt: '2026-01-01T12:00:10Z' }) };
    expect(plan({ ...facts, now: deleted + 15_000 })).toMatchObject({ kind: 'wait', retryAfter: 25_000 });
    expect(plan({ ...facts, now: deleted + 40_000 })).toEqual({ kind: 'done' });
  });
});

describe('it ends', () => {
  test('when kube-proxy does not come up, after two minutes', () => {
    const facts = { kubeProxy: kubeProxy({ available: 0 }) };
    expect(plan({ ...facts, now: deleted + 115_000 })).toMatchObject({ kind: 'wait', retryAfter: 5_000 });
    expect(plan({ ...facts, now: deleted + 120_000 })).toEqual({ kind: 'stop BPF' });
  });

  test('when kube-proxy cannot be changed, after two minutes', () => {
    expect(plan({ now: deleted + 120_000 })).toEqual({ kind: 'stop BPF' });
  });

  test('when kube-proxy is missing', () => {
    expect(planHandBack(without('kubeProxy'))).toEqual({ kind: 'stop BPF' });
  });

  test('when another tool keeps kube-proxy', () => {
    const labels = { 'app.kubernetes.io/managed-by': 'Helm' };
    expect(plan({ kubeProxy: kubeProxy({ off: true, labels }) })).toEqual({ kind: 'stop BPF' });
  });

  test('when clocks differ by more than there is to wait for', () => {
    const facts = { kubeProxy: kubeProxy(), felix: felix(false, { stoppedAt: '2026-01-01T13:00:00Z' }) };
    expect(plan(facts)).toEqual({ kind: 'done' });
  });

  test('when calico-node is gone already, but not before kube-proxy is back', () => {
    expect(plan({ nodeRuns: false })).toMatchObject({ kind: 'start kube-proxy' });
    expect(plan({ nodeRuns: false, kubeProxy: kubeProxy() })).toEqual({ kind: 'done' });
  });
});

test.each<[string, HandBackFacts]>([
  ['BPF never was on', { ...begun, kubeProxy: kubeProxy(), felix: felix(false) }],
  ['a user switched BPF on', { ...begun, kubeProxy: kubeProxy(), felix: felix(true, { mark: 'false' }) }],
  ['there is no FelixConfiguration', without('felix', 'kubeProxy')],
])('nothing is written where %s', (_, facts) => {
  expect(planHandBack(facts)).toEqual({ kind: 'done' });
});
