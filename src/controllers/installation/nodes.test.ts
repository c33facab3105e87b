import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../../api/kubernetes.ts';
import { forbidding } from '../../kube/members.fixture.ts';
import { projectNode, summariseNodes, unreadOfNodes } from './nodes.ts';

const node = (labels: Readonly<Record<string, string>>, spec: object = {}, ready = 'True'): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n', labels },
    spec,
    status: { conditions: [{ type: 'Ready', status: ready }] },
  }) as KubeObject;

const linux = { 'kubernetes.io/os': 'linux' };
const summaryOf = (...nodes: readonly KubeObject[]) => summariseNodes(nodes.map(projectNode));

describe('of which nodes Typha has to serve, and which could run it', () => {
  test.each([
    ['a plain one', node(linux), 1, 1],
    ['a cordoned one: its pods and calico-node stay', node(linux, { unschedulable: true }), 1, 1],
    ['a tainted one', node(linux, { taints: [{ key: 'gpu', effect: 'NoSchedule' }] }), 1, 1],
    ['one that is not ready: it comes back', node(linux, {}, 'False'), 1, 1],
    ['one with Windows is served only', node({ 'kubernetes.io/os': 'windows' }), 1, 0],
    ['one of no known system as well', node({}), 1, 0],
    ['a virtual one', node({ ...linux, type: 'virtual-kubelet' }), 0, 0],
    [
      'a virtual one of AKS',
      node({ ...linux, 'kubernetes.azure.com/cluster': 'c', type: 'virtual-kubelet' }),
      0,
      0,
    ],
    ['a virtual one of EKS', node({ ...linux, 'eks.amazonaws.com/compute-type': 'fargate' }), 0, 0],
  ])('%s', (_name, object, served, hosts) => {
    const { summary } = summaryOf(object);
    expect([summary.total, summary.typhaCandidates, summary.typhaCandidatesLinux]).toEqual([
      1,
      served,
      hosts,
    ]);
    expect(summary.hosts).toHaveLength(hosts);
  });

  test('and how many of each system', () => {
    const { summary } = summaryOf(
      node(linux),
      node(linux),
      node({ 'kubernetes.io/os': 'windows' }),
      node({}),
    );
    expect(summary).toMatchObject({ total: 4, linux: 2, windows: 1 });
  });
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
    [
      'one by the new label',
      node({ 'node-role.kubernetes.io/control-plane': '', 'com.docker.ucp.manager': 'true' }),
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
  const [kept, then] = [projectNode(before), projectNode(heartbeat)];
  expect(then).toEqual(kept);
});

test('however many nodes there are with labels of their own, each keeps them', () => {
  const many = Array.from({ length: 2500 }, (_, i) => node({ ...linux, serial: String(i) }));
  const traits = many.map((object) => projectNode(object).traits);
  expect(new Set(traits).size).toBe(2500);
  expect(projectNode(many[0]!).traits).toBe(traits[0]);
});

test('what is called unread is not read', () => {
  const object = node({ ...linux, 'node-role.kubernetes.io/master': '' }, { providerID: 'kind://a' });
  expect(projectNode(forbidding(object, unreadOfNodes))).toEqual(projectNode(object));
});
