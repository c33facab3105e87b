import { describe, expect, test } from '@jest/globals';
import type { IPPool, IPPoolObjectSpec } from '../../api/calico.ts';
import type { InstallationSpec, IPPoolSpec } from '../../api/installation.ts';
import type { ConfigMap } from '../../api/kubernetes.ts';
import { resolve } from '../resolve.ts';
import { defaultSnapshot, mustResolve } from '../testing.ts';

const kubeadm = (text: string): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'kubeadm-config', namespace: 'kube-system' },
  data: { ClusterConfiguration: text },
});

const ownLabels = { 'app.kubernetes.io/managed-by': 'tigera-operator' };

const pool = (
  name: string,
  spec: IPPoolObjectSpec,
  labels: Readonly<Record<string, string>> = {},
): IPPool => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind: 'IPPool',
  metadata: { name, labels },
  spec,
});

const listing = (...ipPools: readonly IPPoolSpec[]): InstallationSpec => ({ calicoNetwork: { ipPools } });

describe('without a list, on a fresh cluster', () => {
  test.each<[string, string, readonly string[]]>([
    ['plain', 'networking:\n  podSubnet: 10.244.0.0/16\n', ['default-ipv4-ippool 10.244.0.0/16']],
    ['quoted', 'networking:\n  podSubnet: "10.244.0.0/16"\n', ['default-ipv4-ippool 10.244.0.0/16']],
    [
      'blanks and both families',
      "networking: {podSubnet: '10.244.0.0/16, fd00:10:244::/56'}",
      ['default-ipv4-ippool 10.244.0.0/16', 'default-ipv6-ippool fd00:10:244::/56'],
    ],
    [
      'several of one family',
      'networking:\n  podSubnet: 10.1.0.0/16,10.2.0.0/16,10.3.0.0/16',
      ['default-ipv4-ippool 10.1.0.0/16', '10.2.0.0-16 10.2.0.0/16', '10.3.0.0-16 10.3.0.0/16'],
    ],
    ['host bits', 'networking:\n  podSubnet: 10.244.0.1/16', ['default-ipv4-ippool 10.244.0.0/16']],
    ['no podSubnet', 'networking:\n  serviceSubnet: 10.96.0.0/12', ['default-ipv4-ippool 192.168.0.0/16']],
    ['empty podSubnet', 'networking:\n  podSubnet: ""', ['default-ipv4-ippool 192.168.0.0/16']],
    ['podSubnet elsewhere', 'other:\n  podSubnet: 10.244.0.0/16', ['default-ipv4-ippool 192.168.0.0/16']],
  ])('kubeadm-config with %s', (_name, text, expected) => {
    const { pools } = mustResolve(defaultSnapshot({ cluster: { kubeadmConfig: kubeadm(text) } }));
    expect(pools.map(({ name, cidr }) => `${name} ${cidr}`)).toEqual(expected);
  });

  test.each([
    ['no YAML', 'networking: [', 'data.ClusterConfiguration', undefined],
    ['no range', 'networking:\n  podSubnet: pods', 'data.ClusterConfiguration.networking.podSubnet', 'pods'],
    ['a number', 'networking:\n  podSubnet: 10', 'data.ClusterConfiguration.networking.podSubnet', '10'],
    [
      'octal',
      'networking:\n  podSubnet: 010.0.0.0/8',
      'data.ClusterConfiguration.networking.podSubnet',
      '010.0.0.0/8',
    ],
  ])('kubeadm-config with %s is refused, unless the user lists pools', (_name, text, field, value) => {
    const cluster = { kubeadmConfig: kubeadm(text) };
    const refusal = {
      object: 'ConfigMap kube-system/kubeadm-config',
      field,
      ...(value === undefined ? {} : { value }),
    };
    expect(resolve(defaultSnapshot({ cluster }))).toMatchObject({ kind: 'refused', refusals: [refusal] });
    const listed = resolve(defaultSnapshot({ cluster, spec: listing({ cidr: '10.1.0.0/16' }) }));
    expect(listed).toMatchObject({ kind: 'resolved', resolved: { warnings: [refusal] } });
  });

  test('OpenShift without a readable Network is refused, unless the user lists pools', () => {
    const spec = { kubernetesProvider: 'OpenShift' } as const;
    expect(resolve(defaultSnapshot({ spec }))).toMatchObject({
      kind: 'refused',
      refusals: [{ reason: 'ResourceNotFound', object: 'Network cluster' }],
    });
    expect(resolve(defaultSnapshot({ spec: { ...spec, ...listing({ cidr: '10.1.0.0/16' }) } })).kind).toBe(
      'resolved',
    );
  });

  test('host-local IPAM takes the platform range, and has no other default', () => {
    const spec: InstallationSpec = { cni: { type: 'Calico', ipam: { type: 'HostLocal' } } };
    const cluster = { kubeadmConfig: kubeadm('networking: {podSubnet: 10.244.0.0/16}') };
    expect(mustResolve(defaultSnapshot({ spec, cluster })).pools).toMatchObject([{ cidr: '10.244.0.0/16' }]);
    expect(resolve(defaultSnapshot({ spec }))).toMatchObject({
      kind: 'refused',
      refusals: [{ reason: 'ResourceNotFound', field: 'spec.calicoNetwork.ipPools' }],
    });
  });

  test("a cloud's own plugin needs no pool", () => {
    const resolved = mustResolve(defaultSnapshot({ spec: { kubernetesProvider: 'EKS' } }));
    expect(resolved).toMatchObject({ pools: [], poolsManagedElsewhere: true, enabledPools: [] });
    expect(resolved.spec.calicoNetwork.ipPools).toBeUndefined();
  });
});

describe('without a list, where pools exist', () => {
  const theirs = pool('theirs', { cidr: '10.9.0.0/16', vxlanMode: 'Always' });

  test("pools of others are theirs to keep, and give pods' addresses", () => {
    const resolved = mustResolve(defaultSnapshot({ pools: [theirs] }));
    expect(resolved).toMatchObject({
      pools: [],
      poolsManagedElsewhere: true,
      enabledPools: [{ cidr: '10.9.0.0/16', family: 4, encapsulation: 'VXLAN' }],
    });
    expect(resolved.spec.calicoNetwork.nodeAddressAutodetectionV4).toEqual({ firstFound: true });
  });

  test('and stay so when they are gone: no pool of another range appears by itself', () => {
    const first = mustResolve(defaultSnapshot({ pools: [theirs] }));
    const status = { computed: first.spec, defaulted: first.defaulted };
    expect(resolve(defaultSnapshot({ status }))).toMatchObject({
      kind: 'refused',
      refusals: [{ reason: 'ResourceNotFound' }],
    });
  });

  test('an interrupted first run is continued', () => {
    const cluster = { kubeadmConfig: kubeadm('networking: {podSubnet: "10.244.0.0/16,fd00::/56"}') };
    const fresh = mustResolve(defaultSnapshot({ cluster }));
    const half = pool(
      'default-ipv6-ippool',
      { cidr: 'fd00::/56', blockSize: 122, nodeSelector: 'all()', allowedUses: ['Workload', 'Tunnel'] },
      ownLabels,
    );
    const continued = mustResolve(defaultSnapshot({ cluster, pools: [half] }));
    expect(continued.pools).toEqual(fresh.pools);
    expect(continued.poolsManagedElsewhere).toBe(false);
  });

  test('pools that an operator made are kept as they are', () => {
    const kept = pool(
      'rack-a',
      {
        cidr: '10.5.0.0/16',
        ipipMode: 'CrossSubnet',
        natOutgoing: true,
        blockSize: 28,
        nodeSelector: "rack == 'a'",
      },
      ownLabels,
    );
    expect(mustResolve(defaultSnapshot({ pools: [theirs, kept] }))).toMatchObject({
      poolsManagedElsewhere: false,
      pools: [
        {
          name: 'rack-a',
          cidr: '10.5.0.0/16',
          encapsulation: 'IPIPCrossSubnet',
          natOutgoing: 'Enabled',
          blockSize: 28,
          nodeSelector: "rack == 'a'",
        },
      ],
      enabledPools: [{ cidr: '10.5.0.0/16' }, { cidr: '10.9.0.0/16' }],
    });
  });

  test("ownership is also found where Calico's API server keeps it", () => {
    const stored = pool('kept', { cidr: '10.5.0.0/16', natOutgoing: true });
    const annotations = { 'projectcalico.org/metadata': JSON.stringify({ labels: ownLabels }) };
    const snapshot = defaultSnapshot({ pools: [{ ...stored, metadata: { name: 'kept', annotations } }] });
    expect(mustResolve(snapshot).pools).toMatchObject([{ name: 'kept' }]);
  });

  test('disabled pools and those only for Services give pods nothing', () => {
    const pools = [
      theirs,
      pool('off', { cidr: '10.8.0.0/16', disabled: true }),
      pool('lb', { cidr: 'fd00::/64', allowedUses: ['LoadBalancer'] }),
    ];
    const { enabledPools, spec } = mustResolve(defaultSnapshot({ pools }));
    expect(enabledPools.map((each) => each.cidr)).toEqual(['10.9.0.0/16']);
    expect(spec.calicoNetwork.nodeAddressAutodetectionV6).toBeUndefined();
  });

  test('the order in which the cluster lists its pools does not matter', () => {
    const pools = ['c', 'a', 'b'].map((name, index) => pool(name, { cidr: `10.${index}.0.0/16` }));
    expect(resolve(defaultSnapshot({ pools }))).toEqual(
      resolve(defaultSnapshot({ pools: pools.toReversed() })),
    );
  });
});

describe('with a list', () => {
  test.each([
    ['of the operator that was left out for a while serves again', ownLabels, false],
    ['of somebody else stays out of service', {}, true],
  ])('a disabled pool %s', (_name, labels, disabled) => {
    const cidr = '10.8.0.0/16';
    const left = pool('default-ipv4-ippool', { cidr, disabled: true }, labels);
    const pools = [left, pool('other', { cidr: '10.9.0.0/16' })];
    const spec = listing({ cidr });
    expect(mustResolve(defaultSnapshot({ spec, pools })).pools).toMatchObject([
      { cidr, disableNewAllocations: disabled },
    ]);
  });

  test('host bits are dropped, with a word about it', () => {
    const { pools, warnings, spec } = mustResolve(
      defaultSnapshot({ spec: listing({ cidr: '10.244.0.1/16' }) }),
    );
    expect(pools).toMatchObject([{ cidr: '10.244.0.0/16' }]);
    expect(spec.calicoNetwork.ipPools).toMatchObject([{ cidr: '10.244.0.0/16' }]);
    expect(warnings).toMatchObject([
      { field: 'spec.calicoNetwork.ipPools[0].cidr', value: '10.244.0.1/16', cure: 'Write 10.244.0.0/16' },
    ]);
  });

  test.each<[string, readonly string[], readonly string[]]>([
    ['one', ['10.0.0.0/16'], ['default-ipv4-ippool']],
    ['one of IPv6', ['fd00::/48'], ['default-ipv6-ippool']],
    ['one of each family', ['fd00::/48', '10.0.0.0/16'], ['default-ipv6-ippool', 'default-ipv4-ippool']],
    ['two of one family', ['10.0.0.0/16', '10.1.0.0/16'], ['10.0.0.0-16', '10.1.0.0-16']],
  ])('names of %s', (_name, cidrs, names) => {
    const { pools } = mustResolve(defaultSnapshot({ spec: listing(...cidrs.map((cidr) => ({ cidr }))) }));
    expect(pools.map((each) => each.name)).toEqual(names);
  });

  test.each<[string, InstallationSpec, readonly IPPoolSpec[], readonly string[]]>([
    ['usually', {}, [{ cidr: '10.0.0.0/16' }, { cidr: 'fd00::/48' }], ['IPIP', 'None']],
    [
      'without BGP',
      { calicoNetwork: { bgp: 'Disabled' } },
      [{ cidr: '10.0.0.0/16' }, { cidr: 'fd00::/48' }],
      ['VXLAN', 'VXLAN'],
    ],
    [
      'without BGP, routed by Felix',
      { calicoNetwork: { bgp: 'Disabled', clusterRoutingMode: 'Felix' } },
      [{ cidr: '10.0.0.0/16' }],
      ['IPIP'],
    ],
    ['on EKS', { kubernetesProvider: 'EKS', cni: { type: 'Calico' } }, [{ cidr: '10.0.0.0/16' }], ['VXLAN']],
    [
      'with host-local IPAM and without BGP',
      { cni: { type: 'Calico', ipam: { type: 'HostLocal' } }, calicoNetwork: { bgp: 'Disabled' } },
      [{ cidr: '10.0.0.0/16' }],
      ['IPIP'],
    ],
    ["with a cloud's plugin", { cni: { type: 'AmazonVPC' } }, [{ cidr: '10.0.0.0/16' }], ['None']],
    [
      'for Services',
      {},
      [{ cidr: '10.0.0.0/16' }, { cidr: '10.1.0.0/16', allowedUses: ['LoadBalancer'] }],
      ['IPIP', 'None'],
    ],
  ])('default encapsulation %s', (_name, spec, ipPools, expected) => {
    const full: InstallationSpec = { ...spec, calicoNetwork: { ...spec.calicoNetwork, ipPools } };
    const { pools } = mustResolve(defaultSnapshot({ spec: full }));
    expect(pools.map((each) => each.encapsulation)).toEqual(expected);
  });

  test('with Windows nodes the first IPv4 pool gets an encapsulation that they know', () => {
    const spec: InstallationSpec = {
      serviceCIDRs: ['10.96.0.0/12'],
      calicoNetwork: { windowsDataplane: 'HNS', ipPools: [{ cidr: '10.0.0.0/16' }, { cidr: '10.1.0.0/16' }] },
    };
    const cluster = { apiEndpoint: { host: 'api', port: '6443' } };
    const { pools } = mustResolve(defaultSnapshot({ spec, cluster }));
    expect(pools.map((each) => each.encapsulation)).toEqual(['VXLAN', 'IPIP']);
  });

  test('a pool that is met in the cluster keeps its name and what nobody asks to change', () => {
    const found = pool('by-hand', {
      cidr: '10.0.0.0/16',
      vxlanMode: 'CrossSubnet',
      blockSize: 24,
      natOutgoing: false,
    });
    const snapshot = defaultSnapshot({ pools: [found], spec: listing({ cidr: '10.0.0.0/16' }) });
    expect(mustResolve(snapshot).pools).toMatchObject([
      { name: 'by-hand', encapsulation: 'VXLANCrossSubnet', blockSize: 24, natOutgoing: 'Disabled' },
    ]);
  });

  test('pools lie within the pod network of the platform, but for those of LoadBalancers', () => {
    const cluster = { kubeadmConfig: kubeadm('networking: {podSubnet: "10.244.0.0/16,fd00::/48"}') };
    const lb: IPPoolSpec = { cidr: '172.20.0.0/24', allowedUses: ['LoadBalancer'] };
    const inside = listing({ cidr: '10.244.128.0/17' }, { cidr: 'fd00::/56' }, lb);
    expect(resolve(defaultSnapshot({ cluster, spec: inside })).kind).toBe('resolved');
    const outside = resolve(defaultSnapshot({ cluster, spec: listing({ cidr: '192.168.0.0/16' }) }));
    expect(outside).toMatchObject({
      kind: 'refused',
      refusals: [{ field: 'spec.calicoNetwork.ipPools[0].cidr', value: '192.168.0.0/16' }],
    });
  });

  describe('on a running cluster', () => {
    const cluster = { kubeadmConfig: kubeadm('networking: {podSubnet: 10.244.0.0/16}') };
    const first = pool(
      'default-ipv4-ippool',
      { cidr: '10.244.0.0/16', ipipMode: 'Always', natOutgoing: true },
      ownLabels,
    );
    const spec = listing({ cidr: '10.244.0.0/16', name: 'default-ipv4-ippool' }, { cidr: '10.9.0.0/16' });

    test('a new pool outside of the pod network is refused with a cure', () => {
      expect(resolve(defaultSnapshot({ cluster, spec, pools: [first] }))).toMatchObject({
        kind: 'refused',
        refusals: [
          {
            field: 'spec.calicoNetwork.ipPools[1].cidr',
            value: '10.9.0.0/16',
            cure: expect.stringContaining('podSubnet of ConfigMap kube-system/kubeadm-config'),
          },
        ],
      });
    });

    test('a pool that the cluster has already is not refused', () => {
      const second = pool(
        '10-9-0-0-16',
        { cidr: '10.9.0.0/16', ipipMode: 'Always', natOutgoing: true },
        ownLabels,
      );
      expect(resolve(defaultSnapshot({ cluster, spec, pools: [first, second] })).kind).toBe('resolved');
    });
  });
});

describe('against pools of the cluster', () => {
  const kept = pool(
    'kept',
    { cidr: '10.0.0.0/16', ipipMode: 'Always', blockSize: 26, natOutgoing: true },
    ownLabels,
  );
  const theirs = pool('theirs', { cidr: '10.9.0.0/16', natOutgoing: true });

  test.each<[string, IPPoolSpec, object]>([
    [
      'block size',
      { cidr: '10.0.0.0/16', blockSize: 28 },
      { field: 'spec.calicoNetwork.ipPools[0].blockSize', reason: 'UnsafeChangeRefused' },
    ],
    [
      'name',
      { cidr: '10.0.0.0/16', name: 'other' },
      { field: 'spec.calicoNetwork.ipPools[0].name', reason: 'UnsafeChangeRefused' },
    ],
    [
      'range',
      { cidr: '10.0.0.0/17' },
      { field: 'spec.calicoNetwork.ipPools[0].cidr', reason: 'UnsafeChangeRefused' },
    ],
    [
      "a range of others'",
      { cidr: '10.9.1.0/24' },
      { field: 'spec.calicoNetwork.ipPools[0].cidr', reason: 'InvalidConfigurationError' },
    ],
    [
      "a pool of others' otherwise",
      { cidr: '10.9.0.0/16', encapsulation: 'VXLAN' },
      { field: 'spec.calicoNetwork.ipPools[0].encapsulation', reason: 'ForeignObject' },
    ],
  ])('%s', (_name, entry, refusal) => {
    const resolution = resolve(defaultSnapshot({ pools: [kept, theirs], spec: listing(entry) }));
    expect(resolution).toMatchObject({ kind: 'refused', refusals: [refusal] });
  });

  test("a pool of others' is taken over where the spec says what it says", () => {
    const entry: IPPoolSpec = { cidr: '10.9.0.0/16', natOutgoing: 'Enabled', encapsulation: 'None' };
    const resolution = resolve(defaultSnapshot({ pools: [theirs], spec: listing(entry) }));
    expect(resolution).toMatchObject({ kind: 'resolved', resolved: { pools: [{ name: 'theirs' }] } });
  });
});

test('a range that takes the place of another does not ask for its name', () => {
  const live = pool('default-ipv4-ippool', { cidr: '192.168.0.0/16', blockSize: 26 }, ownLabels);
  const { pools } = mustResolve(defaultSnapshot({ spec: listing({ cidr: '10.244.0.0/16' }), pools: [live] }));
  expect(pools.map(({ name }) => name)).toEqual(['10.244.0.0-16']);
});
