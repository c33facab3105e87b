import { describe, expect, test } from '@jest/globals';
import type { DaemonSet, Deployment, KubeObject } from '../../api/kubernetes.ts';
import { refOf } from '../../apply/refs.ts';
import { linuxNodes } from '../../resolve/testing.ts';
import { effectOf } from './rollout.ts';
import type { Change, Effect } from './types.ts';

const template = (image: string) => ({ spec: { containers: [{ name: 'a', image }] } });
const daemonSet = (image: string, spec: Partial<DaemonSet['spec']> = {}, pods = 50): KubeObject =>
  ({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'calico-node', namespace: 'calico-system' },
    spec: { template: template(image), ...spec },
    status: { desiredNumberScheduled: pods },
  }) as KubeObject;
const deployment = (image: string, spec: Partial<Deployment['spec']> = {}): KubeObject =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'calico-typha', namespace: 'calico-system' },
    spec: { template: template(image), replicas: 4, ...spec },
  }) as KubeObject;
const effect = (
  before: KubeObject | undefined,
  after: KubeObject | undefined,
  action: Change['action'] = 'update',
): Effect => {
  const some = after ?? before;
  if (some === undefined) throw new Error('nothing');
  const sides = { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
  return effectOf({ ref: refOf(some), action, ...sides }, linuxNodes(7));
};
const rolling = (rollingUpdate: object) => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } });

describe('the pace of a DaemonSet', () => {
  test.each([
    [{}, 'one at a time'],
    [rolling({ maxUnavailable: 5 }), '5 at a time'],
    [rolling({ maxUnavailable: '10%' }), '5 at a time'],
    [rolling({ maxUnavailable: '1%' }), 'one at a time'],
    [rolling({ maxUnavailable: '100%' }), 'all at once'],
    [
      rolling({ maxSurge: 2, maxUnavailable: 0 }),
      '2 at a time, each started before the one it replaces is stopped',
    ],
    [{ updateStrategy: { type: 'OnDelete' } }, 'each only when somebody deletes it'],
  ])('%j', (spec, pace) => {
    expect(effect(daemonSet('a'), daemonSet('b', spec))).toEqual({ kind: 'rolls', pods: 50, pace });
  });
});

describe('the pace of a Deployment', () => {
  test.each([
    [{}, '2 at a time'],
    [{ strategy: { rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } } }, 'one at a time'],
    [
      { strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } },
      'one at a time, each started before the one it replaces is stopped',
    ],
    [{ strategy: { type: 'Recreate' } }, 'all at once'],
  ])('%j', (spec, pace) => {
    expect(effect(deployment('a'), deployment('b', spec))).toEqual({ kind: 'rolls', pods: 4, pace });
  });
});

test('what is not in the template restarts nothing', () => {
  const labelled = { ...daemonSet('a'), metadata: { ...daemonSet('a').metadata, labels: { a: 'b' } } };
  expect(effect(daemonSet('a'), labelled)).toEqual({ kind: 'none' });
  expect(effect(daemonSet('a'), daemonSet('a', rolling({ maxUnavailable: 5 })))).toEqual({ kind: 'none' });
});

test('comings and goings', () => {
  expect(effect(undefined, { ...daemonSet('a'), status: {} } as KubeObject, 'create')).toEqual({
    kind: 'starts',
    pods: 7,
  });
  expect(effect(daemonSet('a'), undefined, 'delete')).toEqual({ kind: 'stops', pods: 50 });
  expect(effect(deployment('a'), deployment('a', { replicas: 2 }))).toEqual({
    kind: 'scales',
    from: 4,
    to: 2,
  });
  expect(effect(daemonSet('a'), daemonSet('a'), 'recreate')).toMatchObject({
    kind: 'rolls',
    pace: expect.stringMatching(/^all at once/) as unknown,
  });
});

test('other kinds restart nothing by themselves', () => {
  const config: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
  expect(effect(config, undefined, 'delete')).toEqual({ kind: 'none' });
});

test('a DaemonSet that is kept off all nodes stops, and comes back to all of them', () => {
  const off: KubeObject = daemonSet(
    'a',
    {
      template: {
        spec: { ...template('a').spec, nodeSelector: { 'operator.tigera.io/disable-kube-proxy': 'true' } },
      },
    },
    0,
  );
  expect(effect(daemonSet('a', {}, 50), off)).toEqual({ kind: 'stops', pods: 50 });
  expect(effect(off, { ...daemonSet('a', {}, 0) })).toEqual({ kind: 'starts', pods: 7 });
});
