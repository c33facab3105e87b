import { expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../../api/installation.ts';
import { defaultSnapshot, mustResolve } from '../../../resolve/testing.ts';
import type { EffectiveSpec } from '../../../resolve/types.ts';
import type { Concern } from '../types.ts';
import { specConcerns } from './spec.ts';

const effective = (spec: InstallationSpec): EffectiveSpec => mustResolve(defaultSnapshot({ spec })).spec;
const between = (before: InstallationSpec, after: InstallationSpec): readonly Concern[] =>
  specConcerns(effective(before), effective(after));
const network = (calicoNetwork: NonNullable<InstallationSpec['calicoNetwork']>): InstallationSpec => ({
  calicoNetwork: { ipPools: [{ cidr: '10.244.0.0/16', encapsulation: 'VXLAN' }], ...calicoNetwork },
});

test('nothing can be hurt on the first run, nor where nothing changes', () => {
  expect(specConcerns(undefined, effective(network({ linuxDataplane: 'BPF' })))).toEqual([]);
  expect(between(network({ mtu: 0 }), network({}))).toEqual([]);
  expect(between({}, { nodeMetricsPort: 9091, registry: 'registry.example.com/' })).toEqual([]);
});

test.each<[string, InstallationSpec, InstallationSpec, Partial<Concern>]>([
  [
    'another data plane',
    network({}),
    network({ linuxDataplane: 'Nftables' }),
    {
      severity: 'disruptive',
      field: 'Installation spec.calicoNetwork.linuxDataplane',
      from: 'Iptables',
      to: 'Nftables',
    },
  ],
  [
    'BGP off',
    network({ bgp: 'Enabled' }),
    network({ bgp: 'Disabled' }),
    { severity: 'disruptive', field: 'Installation spec.calicoNetwork.bgp' },
  ],
  ['BGP on', network({ bgp: 'Disabled' }), network({ bgp: 'Enabled' }), { severity: 'note', topic: 'BGP' }],
  [
    'another MTU',
    network({ mtu: 1450 }),
    network({ mtu: 1400 }),
    { severity: 'disruptive', from: '1450', to: '1400' },
  ],
  [
    'no MTU of its own any more',
    network({ mtu: 1450 }),
    network({}),
    { severity: 'disruptive', to: '0', because: expect.stringMatching(/found out on each node/) as never },
  ],
  [
    'another way to find the address of a node',
    network({ nodeAddressAutodetectionV4: { firstFound: true } }),
    network({ nodeAddressAutodetectionV4: { interface: 'eth1' } }),
    { severity: 'disruptive', topic: 'node address V4', to: '{"interface":"eth1"}' },
  ],
  [
    'no host ports',
    network({}),
    network({ hostPorts: 'Disabled' }),
    { severity: 'disruptive', from: 'Enabled' },
  ],
  [
    'kernel parameters of pods',
    network({}),
    network({ sysctl: [{ key: 'net.ipv4.tcp_keepalive_time', value: '40' }] }),
    { severity: 'note', topic: 'sysctl' },
  ],
  [
    'another program for routes',
    network({}),
    network({ clusterRoutingMode: 'Felix' }),
    { severity: 'disruptive', from: 'BIRD', to: 'Felix' },
  ],
  [
    'another directory for CNI configuration',
    {},
    { cni: { type: 'Calico', confDir: '/etc/elsewhere' } },
    { severity: 'disruptive', field: 'Installation spec.cni.confDir', to: '/etc/elsewhere' },
  ],
])('%s', (_name, before, after, concern) => {
  expect(between(before, after)).toEqual([expect.objectContaining(concern)]);
});

test('another CNI plugin: every pod has to be started again', () => {
  const computed = effective({});
  const after = {
    ...computed,
    cni: { ...computed.cni, type: 'AmazonVPC', ipam: { type: 'AmazonVPC' } },
  } as const;
  expect(specConcerns(computed, after).map(({ topic, severity }) => [topic, severity])).toEqual([
    ['CNI plugin', 'disruptive'],
    ['IPAM', 'disruptive'],
  ]);
});
