/** FelixConfiguration: iptables, nftables, NAT and what hosts may do. */
import Type from 'typebox';
import { atomicList, integer, object, oneOf, optional, text, toggle } from '../../kit.ts';
import { anyCase, duration, number, optionalFlag, optionalText, ports } from '../words.ts';

const failsafePort = object('One port that policy never closes.', {
  protocol: optional(text('tcp or udp. Default: tcp.')),
  port: Type.Integer({ description: 'Number of the port.' }),
  net: optional(text('Range of the other side. Default: anywhere.')),
});

const failsafePorts = (description: string) => optional(atomicList(failsafePort, description));

const allowAction = (of: string) =>
  anyCase(['Accept', 'Return'], `What happens to packets that ${of} allows.`);
const denyAction = (of: string) => anyCase(['Drop', 'Reject'], `What happens to packets that ${of} denies.`);

export const tables = {
  chainInsertMode: anyCase(['Insert', 'Append'], "Where Felix hooks into the kernel's chains."),
  defaultEndpointToHostAction: anyCase(
    ['Drop', 'Accept', 'Return'],
    'What happens to traffic from pods to their node.',
  ),
  disableConntrackInvalidCheck: optionalFlag('Let packets pass that connection tracking calls invalid.'),
  failsafeInboundHostPorts: failsafePorts('Ports of the host that stay open to others whatever policy says.'),
  failsafeOutboundHostPorts: failsafePorts(
    'Ports of others that stay open to the host whatever policy says.',
  ),
  interfaceExclude: optionalText('Interfaces that host endpoints leave out; a comma-separated list.'),
  ipsetsRefreshInterval: duration(
    'Time between two checks of the IP sets in the kernel. 0 switches them off.',
  ),
  iptablesBackend: optional(oneOf(['Legacy', 'NFT', 'Auto'], 'Which iptables is used.')),
  iptablesFilterAllowAction: allowAction('the filter table'),
  iptablesFilterDenyAction: denyAction('the filter table'),
  iptablesMangleAllowAction: allowAction('the mangle table'),
  iptablesLockProbeInterval: duration('Deprecated: time between two attempts to take the lock of iptables.'),
  iptablesMarkMask: optional(integer('Bits of the packet mark that Felix may use with iptables.')),
  iptablesNATOutgoingInterfaceFilter: optionalText(
    'Interface through which packets must leave to be masqueraded.',
  ),
  iptablesPostWriteCheckInterval: duration('Time after a write at which Felix checks that it lasted.'),
  iptablesRefreshInterval: duration(
    'Time between two checks of the tables in the kernel. 0 switches them off.',
  ),
  kubeNodePortRanges: optional(
    atomicList(ports('A port or a range.'), 'Ports that node ports of Services lie in.'),
  ),
  maxIpsetSize: number('Most members of an IP set.'),
  natOutgoingAddress: optionalText('Source address of masqueraded packets.'),
  natOutgoingExclusions: optional(
    oneOf(['IPPoolsOnly', 'IPPoolsAndHostIPs'], 'Destinations that are never masqueraded.'),
  ),
  natPortRange: optional(ports('Source ports of masqueraded packets.')),
  nftablesFilterAllowAction: allowAction('the filter table of nftables'),
  nftablesFilterDenyAction: denyAction('the filter table of nftables'),
  nftablesMangleAllowAction: allowAction('the mangle table of nftables'),
  nftablesMarkMask: optional(integer('Bits of the packet mark that Felix may use with nftables.')),
  nftablesMode: optional(
    oneOf(
      ['Disabled', 'Enabled', 'Auto'],
      'Whether nftables takes the place of iptables. Auto follows kube-proxy.',
      {
        default: 'Auto',
      },
    ),
  ),
  nftablesRefreshInterval: optionalText(
    'Time between two checks of nftables in the kernel. 0 switches them off.',
  ),
  serviceLoopPrevention: anyCase(
    ['Drop', 'Reject', 'Disabled'],
    'What happens to packets for addresses of no Service.',
  ),
  workloadSourceSpoofing: anyCase(['Disabled', 'Any'], 'Whether pods may use foreign source addresses.'),
  allowIPIPPacketsFromWorkloads: optionalFlag('Let pods send IPIP packets.'),
  allowVXLANPacketsFromWorkloads: optionalFlag('Let pods send VXLAN packets.'),
  sidecarAccelerationEnabled: optionalFlag('Bypass the kernel for traffic between a pod and its sidecar.'),
  xdpEnabled: optionalFlag('Deny packets to hosts early, where the driver can.'),
  genericXDPEnabled: optionalFlag('Deny packets early on drivers that cannot; for tests only.'),
  xdpRefreshInterval: duration('Time between two checks of XDP in the kernel. 0 switches them off.'),
  windowsManageFirewallRules: optional(toggle('Manage rules of the Windows firewall.')),
  logPrefix: optional(
    text('Text in front of lines of the log action.', { pattern: '^([a-zA-Z0-9%: /_-])*$' }),
  ),
  logActionRateLimit: optional(
    text('Most lines of the log action, as 10/second.', {
      pattern: '^[1-9]\\d{0,3}/(?:second|minute|hour|day)$',
    }),
  ),
  logActionRateLimitBurst: number('Lines of the log action above the limit in one burst.', {
    minimum: 0,
    maximum: 9999,
  }),
  ipForwarding: optional(toggle('Let Felix switch on IP forwarding of the node.')),
};
