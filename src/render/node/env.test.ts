import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../api/installation.ts';
import type { Provider } from '../../resolve/types.ts';
import { type Changes, envOf, podOf } from './testing.ts';

type Network = NonNullable<InstallationSpec['calicoNetwork']>;
const network = (calicoNetwork: Network): InstallationSpec => ({ calicoNetwork });
const hostLocal = { type: 'Calico', ipam: { type: 'HostLocal' } } as const;
const pool = { cidr: '10.0.0.0/16' };
/** Variables that speak of the CNI plugin, in any way. */
const aboutCni = [
  'CALICO_MANAGE_CNI',
  'CALICO_NETWORKING_BACKEND',
  'FELIX_BPFEXTTOSERVICECONNMARK',
  'FELIX_INTERFACEPREFIX',
  'FELIX_IPTABLESFILTERALLOWACTION',
  'FELIX_IPTABLESMANGLEALLOWACTION',
  'FELIX_ROUTESOURCE',
  'FELIX_WIREGUARDHOSTENCRYPTIONENABLED',
  'USE_POD_CIDR',
];

const only = (env: Readonly<Record<string, string | undefined>>, wanted: readonly string[]) =>
  Object.fromEntries(Object.entries(env).filter(([name]) => wanted.includes(name)));

describe('plugins', () => {
  const amazon = {
    CALICO_MANAGE_CNI: 'false',
    CALICO_NETWORKING_BACKEND: 'none',
    FELIX_BPFEXTTOSERVICECONNMARK: '0x80',
    FELIX_INTERFACEPREFIX: 'eni',
    FELIX_IPTABLESMANGLEALLOWACTION: 'Return',
    FELIX_ROUTESOURCE: 'WorkloadIPs',
  };
  const azure = {
    CALICO_MANAGE_CNI: 'false',
    CALICO_NETWORKING_BACKEND: 'none',
    FELIX_INTERFACEPREFIX: 'azv',
    FELIX_ROUTESOURCE: 'WorkloadIPs',
  };
  const hostEncryption = { FELIX_WIREGUARDHOSTENCRYPTIONENABLED: 'true' };

  test.each<[string, InstallationSpec, object]>([
    ['Calico', {}, { CALICO_MANAGE_CNI: 'true', CALICO_NETWORKING_BACKEND: 'bird' }],
    [
      'Calico with host-local IPAM',
      { cni: hostLocal, ...network({ ipPools: [pool] }) },
      { CALICO_MANAGE_CNI: 'true', CALICO_NETWORKING_BACKEND: 'bird', USE_POD_CIDR: 'true' },
    ],
    ['AmazonVPC anywhere', { cni: { type: 'AmazonVPC' } }, amazon],
    ['AmazonVPC on EKS', { kubernetesProvider: 'EKS' }, { ...amazon, ...hostEncryption }],
    ['AzureVNET anywhere', { cni: { type: 'AzureVNET' } }, azure],
    ['AzureVNET on AKS', { kubernetesProvider: 'AKS' }, { ...azure, ...hostEncryption }],
    [
      'GKE',
      { kubernetesProvider: 'GKE' },
      {
        CALICO_MANAGE_CNI: 'false',
        CALICO_NETWORKING_BACKEND: 'none',
        FELIX_INTERFACEPREFIX: 'gke',
        FELIX_IPTABLESFILTERALLOWACTION: 'Return',
        FELIX_IPTABLESMANGLEALLOWACTION: 'Return',
        FELIX_ROUTESOURCE: 'WorkloadIPs',
        USE_POD_CIDR: 'true',
      },
    ],
    [
      'Calico on AKS: nothing of its own plugin',
      { kubernetesProvider: 'AKS', cni: { type: 'Calico' } },
      { CALICO_MANAGE_CNI: 'true', CALICO_NETWORKING_BACKEND: 'bird' },
    ],
  ])('%s', (_name, spec, expected) => {
    expect(only(envOf(spec), aboutCni)).toEqual(expected);
  });
});

test.each<
  [NonNullable<Network['bgp']>, InstallationSpec['cni'], NonNullable<Network['linuxDataplane']>, string]
>([
  ['Disabled', hostLocal, 'Iptables', 'none'],
  ['Disabled', { type: 'Calico' }, 'Iptables', 'vxlan'],
  ['Disabled', { type: 'Calico' }, 'Nftables', 'vxlan'],
  ['Disabled', { type: 'Calico' }, 'BPF', 'vxlan'],
  ['Disabled', { type: 'AmazonVPC' }, 'Iptables', 'none'],
  ['Enabled', { type: 'Calico' }, 'VPP', 'none'],
  ['Enabled', { type: 'Calico' }, 'BPF', 'bird'],
  ['Enabled', { type: 'Calico' }, 'Nftables', 'bird'],
  ['Enabled', hostLocal, 'Iptables', 'bird'],
])('BGP %s, plugin %j, data plane %s: backend %s', (bgp, cni, linuxDataplane, backend) => {
  const spec = { cni, ...network({ bgp, linuxDataplane, ipPools: cni?.type === 'Calico' ? [pool] : [] }) };
  expect(envOf(spec as InstallationSpec)).toHaveProperty('CALICO_NETWORKING_BACKEND', backend);
});

test.each<[NonNullable<Network['clusterRoutingMode']>]>([['BIRD'], ['Felix']])(
  'routing by %s does not change what runs in calico-node',
  (clusterRoutingMode) => {
    expect(envOf(network({ clusterRoutingMode }))).toEqual(envOf({}));
  },
);

test.each<[Provider, InstallationSpec['cni'], string]>([
  ['', undefined, 'k8s,operator,bgp'],
  ['Kind', undefined, 'k8s,operator,bgp'],
  ['TKG', undefined, 'k8s,operator,bgp'],
  ['RKE2', undefined, 'k8s,operator,bgp'],
  ['DockerEnterprise', undefined, 'k8s,operator,bgp'],
  ['OpenShift', undefined, 'k8s,operator,openshift,bgp'],
  ['EKS', undefined, 'k8s,operator,ecs'],
  ['EKS', { type: 'Calico' }, 'k8s,operator,ecs'],
  ['GKE', undefined, 'k8s,operator,gke'],
  ['GKE', { type: 'Calico' }, 'k8s,operator,gke,bgp'],
  ['AKS', undefined, 'k8s,operator,aks'],
])('cluster type on %j with plugin %j: %s', (kubernetesProvider, cni, type) => {
  const cluster = kubernetesProvider === 'OpenShift' ? { openShiftClusterNetworks: ['10.128.0.0/14'] } : {};
  const spec = { kubernetesProvider, ...(cni === undefined ? {} : { cni }) };
  expect(envOf(spec, { cluster })).toHaveProperty('CLUSTER_TYPE', type);
});

describe('VPP', () => {
  const vpp = network({ linuxDataplane: 'VPP' });
  const names = ['FELIX_USEINTERNALDATAPLANEDRIVER', 'FELIX_DATAPLANEDRIVER', 'FELIX_XDPENABLED'];

  test('brings its driver', () => {
    expect(only(envOf(vpp), [...names, 'FELIX_AWSSRCDSTCHECK'])).toEqual({
      FELIX_USEINTERNALDATAPLANEDRIVER: 'false',
      FELIX_DATAPLANEDRIVER: '/usr/local/bin/felix-plugins/felix-api-proxy',
      FELIX_XDPENABLED: 'false',
    });
    expect(podOf(vpp).volumes).toContainEqual({
      name: 'felix-plugins',
      hostPath: { path: '/var/lib/calico/felix-plugins' },
    });
  });

  test('on EKS lets machines send for others', () => {
    const spec: InstallationSpec = {
      kubernetesProvider: 'EKS',
      cni: { type: 'Calico' },
      ...network({ linuxDataplane: 'VPP', bgp: 'Enabled' }),
    };
    expect(envOf(spec)).toHaveProperty('FELIX_AWSSRCDSTCHECK', 'Disable');
  });

  test('other data planes get none of it', () => {
    for (const linuxDataplane of ['Iptables', 'Nftables', 'BPF'] as const) {
      expect(only(envOf(network({ linuxDataplane })), names)).toEqual({});
    }
  });
});

describe('MTU', () => {
  const names = (env: object) => Object.keys(env).filter((name) => name.includes('MTU'));
  const ipv4 = ['FELIX_VXLANMTU', 'FELIX_WIREGUARDMTU', 'FELIX_IPINIPMTU'];
  const ipv6 = ['FELIX_VXLANMTUV6', 'FELIX_WIREGUARDMTUV6'];

  test.each<[string, Network, readonly string[]]>([
    ['unset: none', {}, []],
    ['0: found out on each node', { mtu: 0 }, []],
    ['IPv4', { mtu: 1450 }, ipv4],
    ['both families', { mtu: 1450, ipPools: [pool, { cidr: 'fd00::/48' }] }, [...ipv4, ...ipv6]],
    [
      'IPIP without BGP, where Felix routes',
      { mtu: 1450, bgp: 'Disabled', clusterRoutingMode: 'Felix' },
      ipv4,
    ],
  ])('%s', (_name, calicoNetwork, expected) => {
    const env = envOf(network(calicoNetwork));
    expect(names(env)).toEqual(expected);
    for (const name of expected) expect(env).toHaveProperty(name, '1450');
  });
});

test('metrics are offered on the port asked for, and collectors are told', () => {
  expect(envOf({ nodeMetricsPort: 9091 })).toMatchObject({
    FELIX_PROMETHEUSMETRICSENABLED: 'true',
    FELIX_PROMETHEUSMETRICSPORT: '9091',
  });
  expect(podOf({ nodeMetricsPort: 9091 }).annotations).toMatchObject({
    'prometheus.io/scrape': 'true',
    'prometheus.io/port': '9091',
  });
  expect(Object.keys(envOf({})).filter((name) => name.includes('PROMETHEUS'))).toEqual([]);
  expect(Object.keys(podOf({}).annotations).filter((key) => key.startsWith('prometheus'))).toEqual([]);
});

test.each([
  ['unset', undefined, undefined],
  ['0', 0, undefined],
  ['5', 5, '/var/run/calico'],
])('policy setup time-out %s', (_name, seconds, path) => {
  const spec = seconds === undefined ? {} : network({ linuxPolicySetupTimeoutSeconds: seconds });
  expect(envOf(spec)['FELIX_ENDPOINTSTATUSPATHPREFIX']).toBe(path);
});

test('cipher suites are joined, on main containers only', () => {
  const spec: InstallationSpec = {
    tlsCipherSuites: [{ name: 'TLS_AES_256_GCM_SHA384' }, { name: 'TLS_AES_128_GCM_SHA256' }],
  };
  const suites = { name: 'TLS_CIPHER_SUITES', value: 'TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384' };
  const { containers, initContainers = [] } = podOf(spec);
  expect(containers[0]?.env).toContainEqual(suites);
  expect(initContainers.flatMap(({ env = [] }) => env)).not.toContainEqual(suites);
  expect(envOf({ tlsCipherSuites: [] })).not.toHaveProperty('TLS_CIPHER_SUITES');
});

describe('health checks ask where Felix answers', () => {
  const withHost = (healthHost?: string): Changes => ({
    live: {
      felix: {
        apiVersion: 'crd.projectcalico.org/v1',
        kind: 'FelixConfiguration',
        metadata: { name: 'default' },
        spec: healthHost === undefined ? {} : { healthHost },
      },
    },
  });

  test.each([
    [undefined, 'localhost', undefined],
    ['', 'localhost', undefined],
    ['0.0.0.0', 'localhost', undefined],
    ['::', 'localhost', undefined],
    ['127.0.0.2', '127.0.0.2', '127.0.0.2'],
    ['fd00::1', 'fd00::1', undefined],
  ])('healthHost %j: probe %s, variable %j', (healthHost, host, variable) => {
    const changes = withHost(healthHost);
    expect(podOf({}, changes).containers[0]?.livenessProbe?.httpGet?.host).toBe(host);
    expect(envOf({}, changes)['FELIX_HEALTHHOST']).toBe(variable);
  });
});

test.each(['httpProxy', 'httpsProxy', 'noProxy'] as const)('%s is not for calico-node', (field) => {
  expect(podOf({ proxy: { [field]: 'http://proxy:3128' } })).toEqual(podOf({}));
});
