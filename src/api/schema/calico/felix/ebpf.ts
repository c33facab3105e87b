/** FelixConfiguration: the BPF dataplane. */
import Type from 'typebox';
import { atomicList, object, oneOf, optional, stringMap, text, toggle } from '../../kit.ts';
import { anyCase, duration, number, optionalFlag, optionalText, ports } from '../words.ts';

const conntrackTimeout = (description: string) =>
  optional(
    text(`${description} A time, or Auto for the kernel's own.`, {
      pattern: '^(([0-9]*(\\.[0-9]*)?(ms|s|h|m|us)+)+|Auto)$',
    }),
  );

const conntrackTimeouts = object('How long the BPF dataplane remembers connections.', {
  creationGracePeriod: conntrackTimeout('Time in which a new entry is not cleaned up.'),
  tcpSynSent: conntrackTimeout('TCP connections after the first SYN.'),
  tcpEstablished: conntrackTimeout('Established TCP connections.'),
  tcpFinsSeen: conntrackTimeout('TCP connections closed by both ends.'),
  tcpResetSeen: conntrackTimeout('TCP connections that were reset.'),
  udpTimeout: conntrackTimeout('UDP.'),
  icmpTimeout: conntrackTimeout('ICMP.'),
  genericTimeout: conntrackTimeout('Any other protocol.'),
});

const strings = (description: string) => optional(atomicList(Type.String(), description));

export const ebpf = {
  bpfEnabled: optionalFlag('Use the BPF dataplane. Written by the operator from linuxDataplane.'),
  bpfAttachType: optional(oneOf(['TC', 'TCX'], 'How programs are attached to interfaces.')),
  bpfCTLBLogFilter: optionalText('Which connect-time load balancing programs log, with bpfLogLevel Debug.'),
  bpfConnectTimeLoadBalancing: optional(
    oneOf(['TCP', 'Enabled', 'Disabled'], 'Which connections are balanced when they are made.'),
  ),
  bpfConnectTimeLoadBalancingEnabled: optionalFlag('Deprecated: use bpfConnectTimeLoadBalancing.'),
  bpfConntrackLogLevel: optional(oneOf(['Off', 'Debug'], 'Logging of the clean-up of connections.')),
  bpfConntrackMode: optional(
    oneOf(['Auto', 'Userspace', 'BPFProgram'], 'Who cleans up the table of connections.'),
  ),
  bpfConntrackTimeouts: optional(conntrackTimeouts),
  bpfDSROptoutCIDRs: strings('Clients in these ranges never get direct server return.'),
  bpfDataIfacePattern: optionalText(
    'Regular expression of the interfaces that carry traffic of the cluster.',
  ),
  bpfDisableGROForIfaces: optionalText('Regular expression of interfaces on which GRO is switched off.'),
  bpfDisableUnprivileged: optionalFlag('Forbid BPF to unprivileged users of the node.'),
  bpfEnforceRPF: anyCase(['Disabled', 'Strict', 'Loose'], 'Reverse path filtering.'),
  bpfExcludeCIDRsFromNAT: strings('Ranges whose Services are left to others.'),
  bpfExportBufferSizeMB: number('Deprecated: buffer for exported events, in megabytes.'),
  bpfExtToServiceConnmark: number('Mark on connections from outside to a Service.'),
  bpfExternalServiceMode: anyCase(
    ['Tunnel', 'DSR'],
    'How connections from outside reach a pod on another node.',
  ),
  bpfForceTrackPacketsFromIfaces: strings('Interfaces whose packets the kernel tracks as well.'),
  bpfHostConntrackBypass: optionalFlag("Bypass the kernel's connection tracking for traffic of pods."),
  bpfHostNetworkedNATWithoutCTLB: optional(
    toggle('Translate connections of host-networked processes to Services.'),
  ),
  bpfJITHardening: optional(
    oneOf(['Auto', 'Strict'], 'Auto lowers the hardening of the JIT compiler if needed.'),
  ),
  bpfKubeProxyHealthzPort: number('Port on which Felix answers health checks in place of kube-proxy.'),
  bpfKubeProxyIptablesCleanupEnabled: optionalFlag('Remove the rules that kube-proxy left behind.'),
  bpfKubeProxyMinSyncPeriod: duration('Least time between two updates of Services.'),
  bpfL3IfacePattern: optionalText('Regular expression of further interfaces without a link layer.'),
  bpfLogFilters: optional(stringMap('By interface: which packets are logged, in the language of tcpdump.')),
  bpfLogLevel: anyCase(['Off', 'Info', 'Debug'], 'Logging of the BPF programs.'),
  bpfMaglevMaxEndpointsPerService: number('Most endpoints of a Service with Maglev.'),
  bpfMaglevMaxServices: number('Most Services with Maglev.'),
  bpfMapSizeConntrack: number('Size of the map of connections.'),
  bpfMapSizeConntrackCleanupQueue: number('Size of the queue of connections to clean up.', { minimum: 1 }),
  bpfMapSizeConntrackScaling: anyCase(
    ['Disabled', 'DoubleIfFull'],
    'What happens when the map of connections is full.',
  ),
  bpfMapSizeIPSets: number('Size of the map of IP sets.'),
  bpfMapSizeIfState: number('Size of the map of interfaces.'),
  bpfMapSizeNATAffinity: number('Size of the map of session affinity.'),
  bpfMapSizeNATBackend: number('Size of the map of endpoints of Services.'),
  bpfMapSizeNATFrontend: number('Size of the map of addresses of Services.'),
  bpfMapSizePerCpuConntrack: number(
    'Size of the map of connections for each CPU; takes the place of the whole.',
  ),
  bpfMapSizeRoute: number('Size of the map of routes.'),
  bpfPSNATPorts: optional(ports('Source ports to take when two connections would collide.')),
  bpfPolicyDebugEnabled: optionalFlag('Keep counters of single policy rules.'),
  bpfProfiling: optional(toggle('Measure the run time of the BPF programs.')),
  bpfRedirectToPeer: optional(toggle("Hand packets straight into the pod's end of its interface.")),
  cgroupV2Path: optionalText('Where the cgroup v2 file system of the node is found.'),
};
