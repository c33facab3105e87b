import { describe, expect, test } from '@jest/globals';
import type { DaemonSet } from '../../../api/kubernetes.ts';
import { decideKubeProxy, disableSelector, isSwitchedOff, type KubeProxyFacts } from './decide.ts';

interface State {
  readonly off?: boolean;
  readonly available?: number;
  readonly observed?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

function kubeProxy({
  off = false,
  available = 3,
  observed = 4,
  labels = {},
  annotations = {},
}: State = {}): DaemonSet {
  const nodeSelector = { 'kubernetes.io/os': 'linux', ...(off ? { [disableSelector]: 'true' } : {}) };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'kube-proxy', namespace: 'kube-system', generation: 4, labels, annotations },
    spec: { selector: {}, template: { spec: { containers: [], nodeSelector } } },
    status: {
      observedGeneration: observed,
      desiredNumberScheduled: off ? 0 : 3,
      currentNumberScheduled: off ? 0 : 3,
      updatedNumberScheduled: off ? 0 : 3,
      numberAvailable: off ? 0 : available,
      numberMisscheduled: 0,
      numberReady: 0,
    },
  };
}

const run = { kind: 'run', refusals: [] } as const;
const stop = { kind: 'stop' } as const;
const stay = { kind: 'stay', waiting: 'soon', changesIn: 5 } as const;
const argo = {
  annotations: { 'argocd.argoproj.io/tracking-id': 'proxies:apps/DaemonSet:kube-system/kube-proxy' },
};

const decide = (facts: Partial<KubeProxyFacts>) =>
  decideKubeProxy({ managed: true, leaves: true, heldOn: false, demand: stop, ...facts });

const nothing = { refusals: [], waiting: [] };

describe('on the way to BPF', () => {
  test('is left alone until it has to go', () => {
    expect(decide({ demand: stay, daemonSet: kubeProxy() })).toEqual({
      ...nothing,
      away: false,
      finished: false,
      waiting: ['soon'],
      changesIn: 5,
    });
  });

  test('is switched off once', () => {
    expect(decide({ daemonSet: kubeProxy() })).toEqual({
      ...nothing,
      change: 'set',
      away: true,
      finished: false,
    });
    expect(decide({ daemonSet: kubeProxy({ off: true }) })).toEqual({
      ...nothing,
      away: true,
      finished: false,
    });
  });
});

describe('on the way back', () => {
  const back = { leaves: false, heldOn: true, demand: run };

  test('is switched on first', () => {
    expect(decide({ ...back, daemonSet: kubeProxy({ off: true }) })).toMatchObject({
      change: 'remove',
      away: true,
      finished: false,
      waiting: ['kube-proxy is started again on every node'],
    });
  });

  test.each<[string, State, number]>([
    ['its controller has not seen the change', { observed: 3 }, 0],
    ['a pod is not available', { available: 2 }, 2],
  ])('BPF has to serve while %s', (_, state, done) => {
    expect(decide({ ...back, daemonSet: kubeProxy(state) })).toEqual({
      ...nothing,
      away: true,
      finished: false,
      waiting: [`Waiting for kube-proxy to serve Services on every node: it does on ${done} of 3`],
    });
  });

  test('BPF may go when it serves everywhere', () => {
    expect(decide({ ...back, daemonSet: kubeProxy() })).toEqual({ ...nothing, away: false, finished: false });
  });

  test('nothing is waited for where BPF is off, or stays on', () => {
    expect(decide({ ...back, heldOn: false, daemonSet: kubeProxy({ available: 2 }) })).toEqual({
      ...nothing,
      away: false,
      finished: false,
    });
  });
});

describe('when it is not managed any more', () => {
  const left = { managed: false, leaves: false, demand: run };

  test('is given back, and that is all', () => {
    expect(decide({ ...left, daemonSet: kubeProxy({ off: true }) })).toMatchObject({
      change: 'remove',
      finished: false,
    });
    expect(decide({ ...left, daemonSet: kubeProxy({ available: 2 }) })).toEqual({
      ...nothing,
      away: false,
      finished: true,
    });
  });

  test('together with BPF: BPF still waits for it', () => {
    const both = { ...left, heldOn: true };
    expect(decide({ ...both, daemonSet: kubeProxy({ available: 2 }) })).toMatchObject({
      away: true,
      finished: false,
    });
    expect(decide({ ...both, daemonSet: kubeProxy() })).toMatchObject({ away: false, finished: true });
  });

  test.each<[string, DaemonSet | undefined]>([
    ['there is none', undefined],
    ['another tool keeps it', kubeProxy({ off: true, ...argo })],
  ])('nothing is left to do where %s', (_, daemonSet) => {
    expect(decide({ ...left, heldOn: true, ...(daemonSet === undefined ? {} : { daemonSet }) })).toEqual({
      ...nothing,
      away: false,
      finished: true,
    });
  });
});

describe('refusals', () => {
  test('a missing kube-proxy, and BPF has to serve', () => {
    expect(decide({})).toMatchObject({
      away: true,
      finished: false,
      refusals: [{ reason: 'ResourceNotFound' }],
    });
  });

  test.each<[string, State, string]>([
    [
      'a chart',
      { labels: { 'app.kubernetes.io/managed-by': 'Helm' } },
      'metadata.labels[app.kubernetes.io/managed-by]',
    ],
    [
      'the add-on manager',
      { labels: { 'addonmanager.kubernetes.io/mode': 'Reconcile' } },
      'metadata.labels[addonmanager.kubernetes.io/mode]',
    ],
    ['Argo CD', argo, 'metadata.annotations[argocd.argoproj.io/tracking-id]'],
  ])('one that %s keeps is refused in either direction, with what to write there', (_, state, field) => {
    const off = decide({ daemonSet: kubeProxy(state) });
    expect(off.change).toBeUndefined();
    expect(off.refusals).toMatchObject([
      { reason: 'ResourceValidationError', object: 'DaemonSet kube-system/kube-proxy', field },
    ]);
    expect(off.refusals[0]?.cure).toMatch(
      /^Add operator.tigera.io\/disable-kube-proxy: "true" to spec.template.spec.nodeSelector/,
    );
    const on = decide({
      leaves: false,
      heldOn: true,
      demand: run,
      daemonSet: kubeProxy({ off: true, ...state }),
    });
    expect(on).toMatchObject({ away: true, refusals: [{ field }] });
    expect(on.change).toBeUndefined();
    expect(on.refusals[0]?.cure).toMatch(/^Take operator.tigera.io\/disable-kube-proxy: "true" out of/);
  });

  test('is told before anything is done', () => {
    const demand = { kind: 'run', refusals: [], waiting: 'later' } as const;
    expect(decide({ demand, daemonSet: kubeProxy(argo) }).refusals).toHaveLength(1);
  });

  test('nothing is refused where the other tool has it as wanted', () => {
    expect(decide({ daemonSet: kubeProxy({ off: true, ...argo }) }).refusals).toEqual([]);
    expect(decide({ leaves: false, demand: run, daemonSet: kubeProxy(argo) }).refusals).toEqual([]);
  });

  test('what the demand refuses is told', () => {
    const refusal = { reason: 'ResourceValidationError', object: 'o', problem: 'p', cure: 'c' };
    const demand = { kind: 'run', refusals: [refusal] } as const;
    expect(decide({ leaves: false, demand, daemonSet: kubeProxy() }).refusals).toEqual([refusal]);
    expect(decide({ leaves: false, demand, daemonSet: kubeProxy({ off: true }) })).toMatchObject({
      change: 'remove',
      refusals: [refusal],
    });
  });
});

test('only our own selector counts', () => {
  expect(isSwitchedOff(kubeProxy({ off: true }))).toBe(true);
  expect(isSwitchedOff(kubeProxy())).toBe(false);
  expect(isSwitchedOff(undefined)).toBe(false);
});
