import { describe, expect, test } from '@jest/globals';
import type { IPPool } from '../../../api/calico.ts';
import type { KubeObject } from '../../../api/kubernetes.ts';
import { refOf } from '../../../apply/refs.ts';
import { linuxNodes } from '../../../resolve/testing.ts';
import type { Change, Concern } from '../types.ts';
import { objectConcerns, type Surrounding } from './objects.ts';
import { poolsAfter } from './pools.ts';

const object = (kind: string, name: string, content: object = {}, apiVersion = 'apps/v1'): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name },
  ...content,
});
const update = (before: KubeObject, after: KubeObject): Change => ({
  ref: refOf(after),
  action: 'update',
  before,
  after,
});
const gone = (before: KubeObject): Change => ({ ref: refOf(before), action: 'delete', before });
const made = (after: KubeObject): Change => ({ ref: refOf(after), action: 'create', after });

const typhaThat = (wanted: boolean) => ({ wanted, switchOnAbove: 50 });
const noPools = { before: [], after: [] };
const surroundingWith = (surrounding: Partial<Surrounding> = {}): Surrounding => ({
  nodes: linuxNodes(3),
  pools: noPools,
  typha: typhaThat(false),
  servedByBpf: false,
  ...surrounding,
});
const concernsOf = (change: Change, nodes = 3, typha = true): readonly Concern[] =>
  objectConcerns(change, surroundingWith({ nodes: linuxNodes(nodes), typha: typhaThat(typha) }));
const topics = (concerns: readonly Concern[]): readonly string[] =>
  concerns.map(({ severity, topic }) => `${severity}: ${topic}`);

describe('pools', () => {
  const pool = (name: string, spec: Partial<NonNullable<IPPool['spec']>> = {}): IPPool => ({
    apiVersion: 'crd.projectcalico.org/v1',
    kind: 'IPPool',
    metadata: { name },
    spec: { cidr: '10.244.0.0/16', vxlanMode: 'Always', natOutgoing: true, ...spec },
  });
  const changed = (
    before: Partial<NonNullable<IPPool['spec']>>,
    after: Partial<NonNullable<IPPool['spec']>>,
    others: readonly IPPool[] = [],
  ): readonly Concern[] => {
    const change = update(pool('a', before), pool('a', after));
    const pools = poolsAfter([pool('a', before), ...others], [change]);
    return objectConcerns(change, surroundingWith({ pools }));
  };

  test('another encapsulation', () => {
    expect(changed({}, { vxlanMode: 'Never', ipipMode: 'Always' })).toMatchObject([
      { severity: 'disruptive', object: 'IPPool a', field: 'encapsulation', from: 'VXLAN', to: 'IPIP' },
    ]);
  });

  test('out of service: another pool takes over, or none does', () => {
    const other = pool('b', { cidr: '10.77.0.0/16' });
    const otherFamily = pool('c', { cidr: 'fd00::/48' });
    expect(changed({}, { disabled: true }, [other])).toMatchObject([
      { severity: 'disruptive', because: expect.stringMatching(/one of another pool/) as unknown },
    ]);
    expect(changed({}, { disabled: true }, [otherFamily])).toMatchObject([
      { severity: 'disruptive', because: expect.stringMatching(/no pod starts/) as unknown },
    ]);
    expect(changed({ disabled: true }, {})).toEqual([]);
  });

  test.each([
    [{ natOutgoing: false }, ['disruptive']],
    [{ nodeSelector: "rack == 'a'" }, ['disruptive']],
    [{ disableBGPExport: true }, ['disruptive']],
    [{ assignmentMode: 'Manual' as const }, ['disruptive']],
    [{ allowedUses: ['Tunnel' as const] }, ['disruptive']],
    [{ natOutgoing: true, blockSize: 26 }, []],
  ])('%j', (after, severities) => {
    expect(changed({}, after).map(({ severity }) => severity)).toEqual(severities);
  });

  test('turning address translation on harms nobody', () => {
    expect(changed({ natOutgoing: false }, {}).map(({ severity }) => severity)).toEqual(['note']);
  });

  test('a new pool hurts nobody', () => {
    const change = made(pool('a'));
    const pools = poolsAfter([], [change]);
    expect(objectConcerns(change, surroundingWith({ pools }))).toEqual([]);
  });
});

describe('FelixConfiguration', () => {
  const felix = (spec: object): KubeObject =>
    object('FelixConfiguration', 'default', { spec }, 'crd.projectcalico.org/v1');

  test('what changes under running nodes', () => {
    const change = update(
      felix({ bpfEnabled: false, vxlanPort: 4789 }),
      felix({ bpfEnabled: true, vxlanPort: 1 }),
    );
    expect(topics(concernsOf(change))).toEqual(['disruptive: data plane', 'disruptive: VXLAN']);
  });

  test('a default that is written down is no change', () => {
    expect(concernsOf(update(felix({}), felix({ vxlanPort: 4789, nftablesMode: 'Disabled' })))).toEqual([]);
  });
});

const affinity = (rack: string) => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'rack', operator: 'In', values: [rack] }] }],
    },
  },
});

describe('workloads', () => {
  const node = (spec: object): KubeObject =>
    object('DaemonSet', 'calico-node', { spec: { template: { spec } } });

  test('calico-node that may not run everywhere any more', () => {
    const change = update(
      node({ nodeSelector: { os: 'linux' } }),
      node({ nodeSelector: { os: 'linux', rack: 'a' } }),
    );
    expect(concernsOf(change)).toMatchObject([
      { severity: 'disruptive', field: 'spec.template.spec.nodeSelector' },
    ]);
    expect(concernsOf(update(node({ a: 1 }), node({ a: 2 })))).toEqual([]);
  });

  test.each([
    ['another toleration', { tolerations: [{ key: 'a' }] }, { tolerations: [{ key: 'a' }, { key: 'b' }] }, 0],
    ['a toleration less', { tolerations: [{ key: 'a' }, { key: 'b' }] }, { tolerations: [{ key: 'a' }] }, 1],
    ['a selector less', { nodeSelector: { os: 'linux', rack: 'a' } }, { nodeSelector: { os: 'linux' } }, 0],
    ['an affinity that is asked for', {}, { affinity: affinity('a') }, 1],
    ['an affinity that is not any more', { affinity: affinity('a') }, {}, 0],
  ])('%s', (_, before, after, count) => {
    expect(concernsOf(update(node(before), node(after)))).toHaveLength(count);
  });

  test.each([
    [{ ...gone(node({})) }, 3, ['disruptive: calico-node']],
    [{ ...update(node({}), node({})), action: 'recreate' as const }, 3, ['disruptive: calico-node']],
    [gone(object('DaemonSet', 'csi-node-driver')), 3, ['disruptive: CSI driver']],
    [gone(object('Deployment', 'calico-typha')), 3, ['note: Typha']],
    [gone(object('Deployment', 'calico-typha')), 500, ['disruptive: Typha']],
    [made(object('Deployment', 'calico-typha')), 500, ['note: Typha']],
    [made(object('Deployment', 'calico-kube-controllers')), 3, []],
  ])('%#', (change, nodes, expected) => {
    expect(topics(concernsOf(change, nodes))).toEqual(expected);
  });
});

describe('kube-proxy', () => {
  const kubeProxy = (nodeSelector: object): KubeObject => {
    const { metadata, ...content } = object('DaemonSet', 'kube-proxy', {
      spec: { template: { spec: { nodeSelector } } },
    });
    return { ...content, metadata: { ...metadata, namespace: 'kube-system' } };
  };
  const off = kubeProxy({ 'operator.tigera.io/disable-kube-proxy': 'true' });
  const on = kubeProxy({});

  test.each([
    ['goes', update(on, off), true, 'disruptive', /BPF alone serves Services/],
    ['comes back while BPF stays', update(off, on), true, 'note', /beside BPF/],
    ['comes back and BPF goes', update(off, on), false, 'disruptive', /serves Services again/],
  ])('%s', (_, change, servedByBpf, severity, because) => {
    expect(objectConcerns(change, surroundingWith({ servedByBpf }))).toEqual([
      expect.objectContaining({
        severity,
        because: expect.stringMatching(because) as unknown,
        object: 'DaemonSet kube-system/kube-proxy',
        field: 'spec.template.spec.nodeSelector',
      }),
    ]);
  });
});

test('another authority is followed in steps', () => {
  const secret = (certificate: string): KubeObject =>
    object('Secret', 'tigera-ca-private', { data: { 'tls.crt': certificate } }, 'v1');
  expect(topics(concernsOf(update(secret('a'), secret('b'))))).toEqual(['note: certificates']);
  expect(concernsOf(update(secret('a'), secret('b')), 3, false)).toEqual([]);
  expect(concernsOf(update(secret('a'), secret('a')))).toEqual([]);
});
