/** `spec.calicoNetwork`. */
import { integer, mapList, object, oneOf, optional, type Rule, text, toggle } from '../kit.ts';
import { autodetection, selectsMethod } from './autodetection.ts';
import { givesPodsAddresses, ipPool } from './ip-pool.ts';

const overlap = (a: string, b: string) =>
  `${a}.cidr != ${b}.cidr && isCIDR(${a}.cidr) && isCIDR(${b}.cidr) && (cidr(${a}.cidr).containsCIDR(cidr(${b}.cidr)) || cidr(${b}.cidr).containsCIDR(cidr(${a}.cidr)))`;

/** Names the culprits among the first pools; CEL cannot afford to build a message from a search through all. */
const overlapMessage = (): string => {
  let message = '"pools overlap: give every pool a range of its own"';
  for (const [a, b] of [
    [2, 3],
    [1, 3],
    [1, 2],
    [0, 3],
    [0, 2],
    [0, 1],
  ] as const) {
    const [first, second] = [`self[${a}]`, `self[${b}]`];
    message = `self.size() > ${b} && ${overlap(first, second)} ? "pools " + ${first}.cidr + " and " + ${second}.cidr + " overlap: give every pool a range of its own" : (${message})`;
  }
  return message;
};

const poolListRules: readonly Rule[] = [
  {
    rule: `!self.exists(a, self.exists(b, ${overlap('a', 'b')}))`,
    message: 'pools overlap: give every pool a range of its own',
    messageExpression: overlapMessage(),
  },
  {
    rule: 'self.all(a, !has(a.name) || a.name == "" || self.exists_one(b, has(b.name) && b.name == a.name))',
    message: 'two pools have the same name: give every pool a name of its own, or none',
  },
];

const sysctl = object('One kernel parameter.', {
  key: oneOf(
    ['net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes', 'net.ipv4.tcp_keepalive_time'],
    'Name of the parameter.',
  ),
  value: text('Its value, a whole number written as text.', {
    maxLength: 16,
    rules: [
      {
        rule: 'self.matches("^[0-9]+$")',
        message: 'must be a whole number written as text, for example "40"',
        messageExpression: '"\'" + self + "\' is not a whole number written as text"',
      },
    ],
  }),
});

/** The BPF data plane has to know the address of each node in every family that pods have. */
const bpfKnowsAddresses = (family: 'V4' | 'V6', ofFamily: string): Rule => {
  const field = `nodeAddressAutodetection${family}`;
  return {
    rule: `!has(self.linuxDataplane) || self.linuxDataplane != "BPF" || !has(self.ipPools) || !self.ipPools.exists(p, ${ofFamily} && ${givesPodsAddresses}) || !has(self.${field}) || ${selectsMethod(`self.${field}`)}`,
    message: `linuxDataplane BPF with such pools needs a method in ${field}: set firstFound to true, or leave the field out`,
    fieldPath: `.${field}`,
  };
};

const rules: readonly Rule[] = [
  bpfKnowsAddresses('V4', '!p.cidr.contains(":")'),
  bpfKnowsAddresses('V6', 'p.cidr.contains(":")'),
  {
    rule: '!has(self.linuxDataplane) || self.linuxDataplane != "VPP" || !has(self.bgp) || self.bgp == "Enabled"',
    message: 'linuxDataplane VPP needs BGP: set bgp to Enabled',
    fieldPath: '.bgp',
  },
  {
    rule: '!has(self.linuxDataplane) || self.linuxDataplane != "VPP" || !has(self.hostPorts) || self.hostPorts == "Enabled"',
    message: 'linuxDataplane VPP cannot do without host ports: set hostPorts to Enabled',
    fieldPath: '.hostPorts',
  },
  {
    rule: '!has(self.linuxDataplane) || self.linuxDataplane != "VPP" || !has(self.linuxPolicySetupTimeoutSeconds) || self.linuxPolicySetupTimeoutSeconds == 0',
    message: 'linuxPolicySetupTimeoutSeconds has no effect with linuxDataplane VPP: leave it out',
    fieldPath: '.linuxPolicySetupTimeoutSeconds',
  },
  {
    rule: '!has(self.bpfNetworkBootstrap) || self.bpfNetworkBootstrap == "Disabled" || !has(self.linuxDataplane) || self.linuxDataplane == "BPF"',
    message: 'bpfNetworkBootstrap is for linuxDataplane BPF: set that, or leave bpfNetworkBootstrap out',
    fieldPath: '.bpfNetworkBootstrap',
  },
  {
    rule: '!has(self.windowsDataplane) || self.windowsDataplane != "HNS" || !has(self.ipPools) || self.ipPools.all(p, p.cidr.contains(":")) || self.ipPools.filter(p, !p.cidr.contains(":")).map(p, has(p.encapsulation) ? p.encapsulation : "None")[0] in ["VXLAN", "None"]',
    message: 'Windows nodes need the first IPv4 pool to have encapsulation VXLAN or None',
    fieldPath: '.ipPools',
  },
];

export const calicoNetwork = object(
  'Pod networking.',
  {
    linuxDataplane: optional(
      oneOf(
        ['Iptables', 'BPF', 'VPP', 'Nftables'],
        'What packets pass through on Linux nodes. Default: Iptables.',
      ),
    ),
    windowsDataplane: optional(
      oneOf(['HNS', 'Disabled'], 'HNS runs Calico on Windows nodes. Default: Disabled.'),
    ),
    bpfNetworkBootstrap: optional(
      toggle(
        'With BPF: find the API server without kube-proxy, from Service and EndpointSlices of kubernetes. Default: Disabled.',
      ),
    ),
    kubeProxyManagement: optional(
      toggle('With BPF: take kube-proxy off the nodes, and put it back afterwards. Default: Disabled.'),
    ),
    bgp: optional(toggle('Exchange routes by BGP. Default: Enabled with CNI Calico, but Disabled on EKS.')),
    clusterRoutingMode: optional(
      oneOf(
        ['BIRD', 'Felix'],
        'Who programs the routes to pods of other nodes. Unset leaves it as configured: BIRD.',
      ),
    ),
    ipPools: optional(
      mapList(
        ipPool,
        ['cidr'],
        'Pools that the operator keeps. Unset: derived from the cluster. Empty: none, somebody else makes them.',
        { maxItems: 25, rules: poolListRules },
      ),
    ),
    mtu: optional(
      integer('MTU of pod interfaces and tunnels in bytes. Unset or 0: found out on each node.', {
        minimum: 0,
        maximum: 65535,
        rules: [
          {
            rule: 'self == 0 || self >= 68',
            message: 'mtu must be 0 (find out) or at least 68; common values are 1410 to 1500, or 9000',
          },
        ],
      }),
    ),
    nodeAddressAutodetectionV4: optional(autodetection('IPv4')),
    nodeAddressAutodetectionV6: optional(autodetection('IPv6')),
    hostPorts: optional(toggle("Serve pods' hostPort through the portmap plugin. Default: Enabled.")),
    multiInterfaceMode: optional(
      oneOf(
        ['None', 'Multus'],
        'Accepted for compatibility; no effect in open-source Calico. Default: None.',
      ),
    ),
    containerIPForwarding: optional(toggle('Allow IP forwarding inside pods. Default: Disabled.')),
    sysctl: optional(mapList(sysctl, ['key'], 'Kernel parameters to set inside pods.', { maxItems: 3 })),
    linuxPolicySetupTimeoutSeconds: optional(
      integer(
        'Seconds that a new pod waits for its policy before it starts. 0: it does not wait. Default: 0.',
        {
          minimum: 0,
        },
      ),
    ),
  },
  { rules },
);
