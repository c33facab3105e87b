import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../../api/kubernetes.ts';
import { projectNode, summariseNodes } from './nodes.ts';

const node = (labels: Readonly<Record<string, string>>, spec: object = {}): KubeObject =>
  ({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', labels }, spec }) as KubeObject;

const linux = { 'kubernetes.io/os': 'linux' };
const summaryOf = (...nodes: readonly KubeObject[]) => summariseNodes(nodes.map(projectNode));

test('nodes are counted by system, and for Typha only where it may run', () => {
  const { summary } = summaryOf(
    node(linux),
    node(linux, { unschedulable: true }),
    node({ 'kubernetes.io/os': 'windows' }),
    node({ ...linux, 'kubernetes.azure.com/cluster': 'c', type: 'virtual-kubelet' }),
    node({}),
  );
  expect(summary).toEqual({ total: 5, linux: 3, windows: 1, typhaCandidates: 3, typhaCandidatesLinux: 1 });
});

describe('platforms are recognised by', () => {
  test.each([
    ['a label of GKE', node({ 'cloud.google.com/gke-nodepool': 'p' }), { gke: true }],
    ['the provider ID of kind', node({}, { providerID: 'kind://docker/c/n' }), { kind: true }],
    [
      'a master of Docker Enterprise',
      node({ 'node-role.kubernetes.io/master': '', 'com.docker.ucp.manager': 'true' }),
      { dockerEnterprise: true },
    ],
    ['not a worker of Docker Enterprise', node({ 'com.docker.ucp.manager': 'true' }), {}],
    ['nothing on a plain node', node(linux, { providerID: 'aws:///eu/i-1' }), {}],
  ])('%s', (_name, object, hints) => {
    expect(summaryOf(object).hints).toEqual({ gke: false, dockerEnterprise: false, kind: false, ...hints });
  });
});

test('a change of status changes nothing that is kept', () => {
  const before = node(linux);
  const heartbeat = { ...before, status: { conditions: [{ type: 'Ready', lastHeartbeatTime: 'now' }] } };
  expect(projectNode(heartbeat)).toBe(projectNode(before));
});
