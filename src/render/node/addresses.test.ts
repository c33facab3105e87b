import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../api/installation.ts';
import { cniOf, envOf, podOf } from './testing.ts';

type Network = NonNullable<InstallationSpec['calicoNetwork']>;
type Autodetection = NonNullable<Network['nodeAddressAutodetectionV4']>;
const network = (calicoNetwork: Network): InstallationSpec => ({ calicoNetwork });
const v4 = { cidr: '10.0.0.0/16' } as const;
const v6 = { cidr: 'fd00::/48' } as const;

const methods: readonly (readonly [Autodetection, string | undefined])[] = [
  [{ firstFound: true }, 'first-found'],
  [{ kubernetes: 'NodeInternalIP' }, 'kubernetes-internal-ip'],
  [{ interface: 'eth.*' }, 'interface=eth.*'],
  [{ skipInterface: '^br-.*,docker0' }, 'skip-interface=^br-.*,docker0'],
  [{ canReach: '8.8.8.8' }, 'can-reach=8.8.8.8'],
  [{ cidrs: ['10.0.0.0/24', '10.0.1.0/24'] }, 'cidr=10.0.0.0/24,10.0.1.0/24'],
  [{ firstFound: false }, undefined],
  [{}, undefined],
  [{ interface: '', cidrs: [] }, undefined],
];

describe('methods', () => {
  test.each(methods)('IPv4 %j: %s', (nodeAddressAutodetectionV4, method) => {
    const env = envOf(network({ nodeAddressAutodetectionV4 }));
    expect(env['IP']).toBe(method === undefined ? 'none' : 'autodetect');
    expect(env['IP_AUTODETECTION_METHOD']).toBe(method);
  });

  test.each(methods)('IPv6 %j: %s', (nodeAddressAutodetectionV6, method) => {
    const env = envOf(network({ nodeAddressAutodetectionV6 }));
    expect(env['IP6']).toBe(method === undefined ? 'none' : 'autodetect');
    expect(env['IP6_AUTODETECTION_METHOD']).toBe(method);
    expect(env['FELIX_IPV6SUPPORT']).toBe(String(method !== undefined));
  });
});

describe('families', () => {
  test.each<[string, Network, object]>([
    ['IPv4', { ipPools: [v4] }, { IP: 'autodetect', IP6: 'none', FELIX_IPV6SUPPORT: 'false' }],
    [
      'IPv6',
      { ipPools: [v6] },
      { IP: 'none', IP6: 'autodetect', FELIX_IPV6SUPPORT: 'true', CALICO_ROUTER_ID: 'hash' },
    ],
    ['IPv6 without BGP', { bgp: 'Disabled', ipPools: [v6] }, { IP: 'none', IP6: 'autodetect' }],
    ['both', { ipPools: [v4, v6] }, { IP: 'autodetect', IP6: 'autodetect', FELIX_IPV6SUPPORT: 'true' }],
    [
      'BPF of IPv6 alone looks for no IPv4 address, which would end calico-node',
      { linuxDataplane: 'BPF', ipPools: [v6] },
      { IP: 'none', IP6: 'autodetect', CALICO_ROUTER_ID: 'hash' },
    ],
    [
      'an IPv6 pool for Services only',
      { ipPools: [v4, { ...v6, allowedUses: ['LoadBalancer'] }] },
      { IP: 'autodetect', IP6: 'none' },
    ],
    [
      'an IPv6 pool that pods must name',
      { ipPools: [v4, { ...v6, assignmentMode: 'Manual' }] },
      { IP: 'autodetect', IP6: 'none' },
    ],
  ])('%s', (_name, calicoNetwork, expected) => {
    const env = envOf(network(calicoNetwork));
    expect(env).toMatchObject(expected);
    expect(env['CALICO_ROUTER_ID']).toBe('CALICO_ROUTER_ID' in expected ? 'hash' : undefined);
  });

  test.each<[string, Network, readonly string[]]>([
    ['IPv4', {}, ['-bird-ready']],
    ['both', { ipPools: [v4, v6] }, ['-bird-ready', '-bird6-ready']],
    ['IPv6', { ipPools: [v6] }, ['-bird-ready', '-bird6-ready']],
    ['both, without BGP', { bgp: 'Disabled', ipPools: [v4, v6] }, []],
    ['both, with VPP', { linuxDataplane: 'VPP', ipPools: [v4, v6] }, []],
  ])('calico-node is ready with the peers of each family: %s', (_name, calicoNetwork, checks) => {
    const probe = podOf(network(calicoNetwork)).containers[0]?.readinessProbe;
    expect(probe?.exec?.command).toEqual(['/bin/calico-node', ...checks, '-felix-ready']);
  });

  const ipv6Services = { dnsServiceAddresses: ['fd00:10:96::a'] };
  test.each<[string, InstallationSpec, object, string]>([
    ['by the address of DNS', { kubernetesProvider: 'EKS' }, ipv6Services, 'true'],
    ['by the spec', { kubernetesProvider: 'EKS', serviceCIDRs: ['fd00::/108'] }, {}, 'true'],
    ['not at all', { kubernetesProvider: 'EKS' }, { dnsServiceAddresses: ['10.96.0.10'] }, 'false'],
    ["with Calico's own plugin, by its pools only", {}, ipv6Services, 'false'],
  ])('policy covers the IPv6 addresses of a foreign plugin, told %s', (_name, spec, cluster, expected) => {
    expect(envOf(spec, { cluster })).toMatchObject({ IP6: 'none', FELIX_IPV6SUPPORT: expected });
  });
});

describe('addresses of pods', () => {
  const hostLocal = { type: 'Calico', ipam: { type: 'HostLocal' } } as const;
  const calicoIpam = (ipv4: string, ipv6: string) => ({
    type: 'calico-ipam',
    assign_ipv4: ipv4,
    assign_ipv6: ipv6,
  });

  test.each<[string, InstallationSpec, object]>([
    ['IPv4', network({ ipPools: [v4] }), calicoIpam('true', 'false')],
    ['IPv6', network({ ipPools: [v6] }), calicoIpam('false', 'true')],
    ['both', network({ ipPools: [v4, v6] }), calicoIpam('true', 'true')],
    [
      'not of a family whose only pool is for Services',
      network({ ipPools: [v4, { ...v6, allowedUses: ['LoadBalancer'] }] }),
      calicoIpam('true', 'false'),
    ],
    [
      'not of a family whose only pool is for tunnels',
      network({ ipPools: [v4, { ...v6, allowedUses: ['Tunnel'] }] }),
      calicoIpam('true', 'false'),
    ],
    [
      'not of a family whose only pool must be named: every pod that does not would fail',
      network({ ipPools: [v4, { ...v6, assignmentMode: 'Manual' }] }),
      calicoIpam('true', 'false'),
    ],
    [
      'of the pools that must be named where there are no others',
      network({ ipPools: [{ ...v4, assignmentMode: 'Manual' }] }),
      calicoIpam('true', 'false'),
    ],
    [
      'not of a family whose only pool gives out no more',
      network({ ipPools: [v4, { ...v6, disableNewAllocations: true }] }),
      calicoIpam('true', 'false'),
    ],
    [
      'host-local IPv4',
      { cni: hostLocal, ...network({ ipPools: [v4] }) },
      { type: 'host-local', subnet: 'usePodCidr' },
    ],
    [
      'host-local IPv6',
      { cni: hostLocal, ...network({ ipPools: [v6] }) },
      { type: 'host-local', subnet: 'usePodCidrIPv6' },
    ],
  ])('%s', (_name, spec, ipam) => {
    expect(cniOf(spec).plugins[0]?.['ipam']).toEqual(ipam);
  });
});
