/** What is said to network settings of the Installation. */
import { bad, type Case, good, type Json, network, pool } from './case.ts';

const autodetection = (nodeAddressAutodetectionV4: Json): Json => network({ nodeAddressAutodetectionV4 });

export const networkCases: readonly Case[] = [
  bad(
    'IPIP without BGP',
    { calicoNetwork: { bgp: 'Disabled', ipPools: [{ cidr: '10.0.0.0/16', encapsulation: 'IPIP' }] } },
    'spec.calicoNetwork.bgp',
    'set bgp to Enabled, or encapsulation to VXLAN',
  ),
  good('IPIP without BGP, routed by Felix', {
    calicoNetwork: {
      bgp: 'Disabled',
      clusterRoutingMode: 'Felix',
      ipPools: [{ cidr: '10.0.0.0/16', encapsulation: 'IPIP' }],
    },
  }),
  bad(
    'None without BGP',
    {
      cni: { type: 'Calico' },
      calicoNetwork: { bgp: 'Disabled', ipPools: [{ cidr: '10.0.0.0/16', encapsulation: 'None' }] },
    },
    'encapsulation None',
    'set bgp to Enabled',
  ),
  good('None without BGP, plugin of the platform', {
    calicoNetwork: { bgp: 'Disabled', ipPools: [{ cidr: '10.0.0.0/16', encapsulation: 'None' }] },
  }),
  bad(
    'VXLAN with HostLocal',
    { cni: { type: 'Calico', ipam: { type: 'HostLocal' } }, ...pool({ encapsulation: 'VXLAN' }) },
    'HostLocal',
  ),
  bad(
    'VXLAN with another plugin',
    { cni: { type: 'GKE' }, ...pool({ encapsulation: 'VXLAN' }) },
    'set encapsulation to None, or cni.type to Calico',
  ),
  bad(
    'pools by node with another plugin',
    { cni: { type: 'AmazonVPC' }, ...pool({ nodeSelector: 'has(x)' }) },
    'set nodeSelector to all()',
  ),
  bad(
    'BGP with another plugin',
    { cni: { type: 'AzureVNET' }, ...network({ bgp: 'Enabled' }) },
    'spec.calicoNetwork.bgp',
    'leave bgp out',
  ),
  bad(
    'logging of another plugin',
    { cni: { type: 'GKE' }, logging: { cni: { logSeverity: 'Debug' } } },
    'spec.logging.cni',
    'leave it out, or set cni.type to Calico',
  ),
  bad(
    'an MTU that IPv6 does not know',
    network({ mtu: 1000, ipPools: [{ cidr: 'fd00::/48' }] }),
    'spec.calicoNetwork.mtu',
    'at least 1280',
  ),
  good('a small MTU beside IPv6 for Services', {
    calicoNetwork: {
      mtu: 1000,
      ipPools: [{ cidr: '10.0.0.0/16' }, { cidr: 'fd00::/48', allowedUses: ['LoadBalancer'] }],
    },
  }),
  bad(
    'BPF that does not look for IPv4 addresses',
    network({
      linuxDataplane: 'BPF',
      nodeAddressAutodetectionV4: { firstFound: false },
      ipPools: [{ cidr: '10.0.0.0/16' }],
    }),
    'spec.calicoNetwork.nodeAddressAutodetectionV4',
    'set firstFound to true',
  ),
  bad(
    'BPF that does not look for IPv6 addresses',
    network({ linuxDataplane: 'BPF', nodeAddressAutodetectionV6: {}, ipPools: [{ cidr: 'fd00::/48' }] }),
    'spec.calicoNetwork.nodeAddressAutodetectionV6',
    'set firstFound to true',
  ),
  good('BPF of IPv6 alone', {
    calicoNetwork: {
      linuxDataplane: 'BPF',
      nodeAddressAutodetectionV4: {},
      nodeAddressAutodetectionV6: { interface: 'eth0' },
      ipPools: [{ cidr: 'fd00::/48' }],
    },
  }),
  bad(
    'host ports with another plugin',
    { cni: { type: 'GKE' }, ...network({ hostPorts: 'Enabled' }) },
    'spec.calicoNetwork.hostPorts',
    'leave hostPorts out',
  ),
  bad(
    'forwarding with another plugin',
    { cni: { type: 'GKE' }, ...network({ containerIPForwarding: 'Enabled' }) },
    'containerIPForwarding',
  ),
  bad(
    'Multus with another plugin',
    { cni: { type: 'GKE' }, ...network({ multiInterfaceMode: 'Multus' }) },
    'multiInterfaceMode',
  ),
  bad(
    'VPP with another plugin',
    { cni: { type: 'GKE' }, ...network({ linuxDataplane: 'VPP' }) },
    'linuxDataplane VPP needs CNI Calico',
  ),
  bad('VPP without BGP', network({ linuxDataplane: 'VPP', bgp: 'Disabled' }), 'VPP needs BGP'),
  bad(
    'VPP without host ports',
    network({ linuxDataplane: 'VPP', hostPorts: 'Disabled' }),
    'set hostPorts to Enabled',
  ),
  bad(
    'VPP with a policy timeout',
    network({ linuxDataplane: 'VPP', linuxPolicySetupTimeoutSeconds: 5 }),
    'leave it out',
  ),
  good(
    'a policy timeout of 0, as defaults were once written',
    network({ linuxDataplane: 'VPP', linuxPolicySetupTimeoutSeconds: 0 }),
  ),
  bad(
    'negative policy timeout',
    network({ linuxPolicySetupTimeoutSeconds: -1 }),
    'linuxPolicySetupTimeoutSeconds',
  ),
  bad(
    'bootstrap without BPF',
    network({ linuxDataplane: 'Iptables', bpfNetworkBootstrap: 'Enabled' }),
    'bpfNetworkBootstrap is for linuxDataplane BPF',
  ),
  good(
    'BPF with everything',
    network({ linuxDataplane: 'BPF', bpfNetworkBootstrap: 'Enabled', kubeProxyManagement: 'Enabled' }),
  ),
  bad(
    'Windows with IPIP',
    {
      calicoNetwork: {
        windowsDataplane: 'HNS',
        ipPools: [{ cidr: 'fd00::/48' }, { cidr: '10.0.0.0/16', encapsulation: 'IPIP' }],
      },
    },
    'Windows nodes need',
  ),
  good('Windows with VXLAN', {
    calicoNetwork: { windowsDataplane: 'HNS', ipPools: [{ cidr: '10.0.0.0/16', encapsulation: 'VXLAN' }] },
  }),
  bad('negative MTU', network({ mtu: -1 }), 'spec.calicoNetwork.mtu'),
  bad('tiny MTU', network({ mtu: 60 }), 'at least 68'),
  bad('huge MTU', network({ mtu: 70000 }), '65535'),
  good('MTU 0', network({ mtu: 0 })),
  bad(
    'a forbidden sysctl',
    network({ sysctl: [{ key: 'net.ipv4.ip_forward', value: '1' }] }),
    'sysctl[0].key',
    'net.ipv4.tcp_keepalive_time',
  ),
  bad(
    'a sysctl that is no number',
    network({ sysctl: [{ key: 'net.ipv4.tcp_keepalive_time', value: 'long' }] }),
    "'long' is not a whole number",
  ),
  bad(
    'a sysctl twice',
    network({
      sysctl: [
        { key: 'net.ipv4.tcp_keepalive_time', value: '1' },
        { key: 'net.ipv4.tcp_keepalive_time', value: '2' },
      ],
    }),
    'Duplicate',
  ),
];

export const autodetectionCases: readonly Case[] = [
  good('expressions for interfaces', autodetection({ skipInterface: '^br-.*, docker[0-9]+,' })),
  bad(
    'no expression for interfaces',
    autodetection({ interface: 'eth(' }),
    'interface',
    'must be a regular expression',
  ),
  bad(
    'one expression of several that is none',
    autodetection({ skipInterface: 'a,*' }),
    'must be a regular expression',
  ),
  good('a name to reach', autodetection({ canReach: 'gateway.example.com' })),
  bad(
    'two names to reach',
    autodetection({ canReach: 'a b' }),
    'canReach',
    'neither an IP address nor a name',
  ),
  bad('a range to reach', autodetection({ canReach: '10.0.0.0/8' }), 'neither an IP address nor a name'),

  bad(
    'two methods',
    autodetection({ firstFound: true, interface: 'eth0' }),
    'nodeAddressAutodetectionV4',
    'one method only',
  ),
  bad(
    'ranges and a node address',
    autodetection({ cidrs: ['10.0.0.0/8'], kubernetes: 'NodeInternalIP' }),
    'one method only',
  ),
  good(
    'methods switched off do not count',
    autodetection({ firstFound: false, canReach: '', cidrs: [], interface: 'eth.*' }),
  ),
  good('nothing chosen', autodetection({})),
  bad(
    'a range that is none',
    autodetection({ cidrs: ['10.0.0.0/8', '10.0.0.0'] }),
    'cidrs[1]',
    "'10.0.0.0' is not",
  ),
  bad('an unknown node address', autodetection({ kubernetes: 'NodeExternalIP' }), 'NodeInternalIP'),
];

export const cniCases: readonly Case[] = [
  bad(
    'plugins above',
    { cni: { type: 'Calico', binDir: '/opt/../bin' } },
    'cni.binDir',
    'must not lead upwards',
  ),
  bad(
    'configuration above',
    { cni: { type: 'Calico', confDir: '/..' } },
    'cni.confDir',
    'must not lead upwards',
  ),

  bad('no type', { cni: { binDir: '/opt/cni/bin' } }, 'spec.cni.type', 'Required'),
  bad('unknown type', { cni: { type: 'Flannel' } }, 'spec.cni.type', 'AmazonVPC'),
  ...(
    [
      ['Calico', 'AmazonVPC', 'use Calico or HostLocal'],
      ['GKE', 'Calico', 'use HostLocal'],
      ['AmazonVPC', 'Calico', 'use AmazonVPC'],
      ['AzureVNET', 'HostLocal', 'use AzureVNET'],
    ] as const
  ).map(([type, ipam, cure]) =>
    bad(
      `${type} with IPAM ${ipam}`,
      { cni: { type, ipam: { type: ipam } } },
      `${ipam} does not go with type ${type}`,
      cure,
    ),
  ),
  ...(
    [
      ['Calico', 'Calico'],
      ['Calico', 'HostLocal'],
      ['GKE', 'HostLocal'],
      ['AmazonVPC', 'AmazonVPC'],
      ['AzureVNET', 'AzureVNET'],
    ] as const
  ).map(([type, ipam]) => good(`${type} with IPAM ${ipam}`, { cni: { type, ipam: { type: ipam } } })),
  bad(
    'plugin of another platform',
    { kubernetesProvider: 'AKS', cni: { type: 'AmazonVPC' } },
    'exists on EKS only',
  ),
  bad('Azure on Kind', { kubernetesProvider: 'Kind', cni: { type: 'AzureVNET' } }, 'exists on AKS only'),
  bad('GKE on EKS', { kubernetesProvider: 'EKS', cni: { type: 'GKE' } }, 'exists on GKE only'),
  bad(
    'relative directory',
    { cni: { type: 'Calico', binDir: 'opt/cni/bin' } },
    'spec.cni.binDir',
    'not an absolute path',
  ),
  good('empty directories', { cni: { type: 'Calico', binDir: '', confDir: '' } }),
];
