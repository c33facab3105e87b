import { describe, expect, test } from '@jest/globals';
import type { FelixConfiguration } from '../../../api/calico.ts';
import type { DaemonSet } from '../../../api/kubernetes.ts';
import { inputFor } from '../../../render/fixtures.ts';
import { type DemandFacts, felixRestart, isReachable, kubeProxyDemand } from './demand.ts';

const switchedOn = Date.parse('2026-01-01T12:00:00Z');

function felix(
  bpfEnabled: boolean,
  { manager = 'calico-operator/installation', fields = ['bpfEnabled'] } = {},
): FelixConfiguration {
  return {
    apiVersion: 'crd.projectcalico.org/v1',
    kind: 'FelixConfiguration',
    metadata: {
      name: 'default',
      managedFields: [
        {
          manager,
          operation: 'Apply',
          time: '2026-01-01T12:00:00Z',
          fieldsV1: { 'f:spec': Object.fromEntries(fields.map((field) => [`f:${field}`, {}])) },
        },
      ],
    },
    spec: { bpfEnabled },
  };
}

function node({ available = 3, lenient = false, made = '2025-01-01T00:00:00Z' } = {}): DaemonSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'calico-node', generation: 2, creationTimestamp: made },
    spec: {
      selector: {},
      template: {
        spec: {
          containers: [],
          initContainers: [
            {
              name: 'ebpf-bootstrap',
              command: ['calico-node', '-init', ...(lenient ? ['-best-effort'] : [])],
            },
          ],
          volumes: [{ name: 'bpffs' }],
        },
      },
    },
    status: {
      observedGeneration: 2,
      desiredNumberScheduled: 3,
      currentNumberScheduled: 3,
      updatedNumberScheduled: 3,
      numberAvailable: available,
      numberMisscheduled: 0,
      numberReady: available,
    },
  };
}

/** Everything is as it must be for kube-proxy to go. */
const settled: DemandFacts = {
  managed: true,
  wantsBpf: true,
  felix: felix(true),
  node: node(),
  reachable: true,
  isOff: false,
  now: switchedOn + felixRestart,
};

test('kube-proxy stops when BPF serves Services on every node', () => {
  expect(kubeProxyDemand(settled)).toEqual({ kind: 'stop' });
});

describe('kube-proxy runs', () => {
  test.each<[string, Partial<DemandFacts>]>([
    ['while it is not managed', { managed: false }],
    ['while the spec asks for another data plane', { wantsBpf: false }],
    ['again when the spec asks for another data plane', { wantsBpf: false, isOff: true }],
    ['again when it is not managed any more', { managed: false, isOff: true }],
  ])('%s', (_, facts) => {
    expect(kubeProxyDemand({ ...settled, ...facts })).toEqual({ kind: 'run', refusals: [] });
  });

  test.each<[string, Partial<DemandFacts>]>([
    ['until Felix is told', { felix: felix(false) }],
    ['again when somebody tells Felix otherwise', { felix: felix(false), isOff: true }],
  ])('%s', (_, facts) => {
    expect(kubeProxyDemand({ ...settled, ...facts })).toEqual({
      kind: 'run',
      refusals: [],
      waiting: 'kube-proxy runs until the BPF data plane is switched on',
    });
  });

  test.each([false, true])('with a refusal where nodes need it to find the API server (off: %s)', (isOff) => {
    const demand = kubeProxyDemand({ ...settled, reachable: false, isOff });
    expect(demand).toMatchObject({
      kind: 'run',
      refusals: [{ reason: 'ResourceValidationError', field: 'spec.calicoNetwork.kubeProxyManagement' }],
    });
  });
});

describe('kube-proxy stays as it is', () => {
  test.each<[string, Partial<DemandFacts>]>([
    ['while a pod of calico-node is not available', { node: node({ available: 2 }) }],
    ['while calico-node has the template of another data plane', { node: node({ lenient: true }) }],
  ])('%s', (_, facts) => {
    expect(kubeProxyDemand({ ...settled, ...facts })).toMatchObject({ kind: 'stay' });
  });

  test('while Felix may still restart, for so long', () => {
    expect(kubeProxyDemand({ ...settled, now: switchedOn + 1000 })).toMatchObject({
      kind: 'stay',
      changesIn: felixRestart - 1000,
    });
    expect(kubeProxyDemand({ ...settled, now: switchedOn + felixRestart - 1 })).toMatchObject({
      changesIn: 1,
    });
  });

  test('no longer than that when clocks differ', () => {
    expect(kubeProxyDemand({ ...settled, now: switchedOn - 3_600_000 })).toMatchObject({
      changesIn: felixRestart,
    });
  });

  test('once off, whatever happens to a node', () => {
    const facts = { ...settled, isOff: true, now: switchedOn, node: node({ available: 0 }) };
    expect(kubeProxyDemand(facts)).toEqual({ kind: 'stop' });
  });
});

test('no restart is waited for where every pod was made with BPF on', () => {
  const facts = { ...settled, now: switchedOn + 1 };
  expect(kubeProxyDemand({ ...facts, node: node({ made: '2026-01-01T12:00:00Z' }) })).toEqual({
    kind: 'stop',
  });
  expect(kubeProxyDemand({ ...facts, node: node({ made: '2026-01-01T11:59:59Z' }) })).toMatchObject({
    kind: 'stay',
  });
});

test.each([
  ['somebody else switched it on', felix(true, { manager: 'kubectl' })],
  ['the operator owns other fields only', felix(true, { fields: ['vxlanPort'] })],
])('it is not known since when: %s', (_, configuration) => {
  expect(kubeProxyDemand({ ...settled, felix: configuration, now: switchedOn })).toEqual({ kind: 'stop' });
});

describe('nodes find the API server without kube-proxy', () => {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes' },
    spec: { clusterIPs: ['10.96.0.1', 'fd00::1'] },
  } as const;
  const told = (host?: string, bpfNetworkBootstrap: 'Enabled' | 'Disabled' = 'Disabled') =>
    inputFor(
      { calicoNetwork: { linuxDataplane: 'BPF', bpfNetworkBootstrap } },
      {
        cluster: {
          apiServer: { services: ['10.96.0.1:443'], endpoints: ['10.0.0.1:6443'] },
          ...(host === undefined ? {} : { apiEndpoint: { host, port: '443' } }),
        },
      },
    ).resolved;

  test.each([
    ['with bootstrap', told(undefined, 'Enabled'), true],
    ['by another address', told('api.example.com'), true],
    ['not by that of the Service', told('10.96.0.1'), false],
    ['nor by its other one', told('fd00::1'), false],
    ['not when they are told nothing', told(), false],
  ])('%s', (_, resolved, expected) => expect(isReachable(resolved, service)).toBe(expected));

  test('not for sure while the Service is not known', () => {
    expect(isReachable(told('api.example.com'), undefined)).toBe(false);
  });
});
