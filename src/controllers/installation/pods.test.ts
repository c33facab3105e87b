import { expect, test } from '@jest/globals';
import type { KubeObject } from '../../api/kubernetes.ts';
import { forbidding } from '../../kube/members.fixture.ts';
import { projectPod, unreadOfPods } from './pods.ts';

const pod = (ready: 'True' | 'False', metadata: object = {}): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'calico-node-x',
      namespace: 'calico-system',
      labels: { 'k8s-app': 'calico-node' },
      ...metadata,
    },
    spec: { nodeName: 'n1', containers: [{ name: 'calico-node', env: [{ name: 'A', value: 'a' }] }] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: ready }],
      containerStatuses: [{ name: 'calico-node', ready: ready === 'True' }],
      podIPs: [{ ip: '10.0.0.1' }],
    },
  }) as unknown as KubeObject;

const known = { namespace: 'calico-system', name: 'calico-node-x', app: 'calico-node', node: 'n1' };

test('of a ready pod only whose and where it is, is kept', () => {
  expect(projectPod(pod('True'))).toEqual(known);
});

test('of others what tells the trouble, and nothing of their spec', () => {
  const { observed, ...facts } = projectPod(pod('False'));
  expect(facts).toEqual(known);
  expect(observed).toEqual({
    metadata: {},
    spec: { nodeName: 'n1' },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'False' }],
      containerStatuses: [{ name: 'calico-node', ready: false }],
    },
  });
});

test('a ready pod on its way out is no ready pod', () => {
  const deletionTimestamp = '2026-01-01T00:00:00Z';
  expect(projectPod(pod('True', { deletionTimestamp, deletionGracePeriodSeconds: 5 }))).toMatchObject({
    deletionTimestamp,
    deletionGracePeriodSeconds: 5,
    observed: { metadata: { deletionTimestamp } },
  });
});

test.each(['True', 'False'] as const)('what is called unread is not read, ready: %s', (ready) => {
  const object = pod(ready);
  expect(projectPod(forbidding(object, unreadOfPods))).toEqual(projectPod(object));
});
