/**
 * Refusals that come only when the operator looks at a spec, though admission let it through: each with the reason why
 * the CRD cannot know. The campaign fails on any other, and on an entry that nothing comes up with any more.
 */

/** A kind of refusal, by what `describeRefusal` makes of it. */
export interface LateRefusal {
  readonly matches: RegExp;
  readonly why: string;
}

const cluster = 'depends on what is in the cluster';
const otherParts = 'depends on the platform, on frozen defaults or on the other Installation object';
const code = 'CEL cannot parse it';
const size = 'rules for every source of every override would take more of the CRD than its 256 kB have';
const amounts = 'to CEL every amount is as long as a whole request, and comparing two costs too much';

/** All of them. */
export const lateRefusals: readonly LateRefusal[] = [
  { matches: /imagePullSecrets\[\]\.name: (there is no )?Secret/, why: cluster },
  { matches: /ipPools: there is no enabled IP pool/, why: cluster },
  {
    matches: /ipPools\[\]\.(name|blockSize|cidr): .*(IPPool|pool network|pod network|was made|the pool for)/,
    why: cluster,
  },
  { matches: /ipPools\[\]\.\w+: it overlaps/, why: cluster },
  { matches: /kubernetesProvider: the cluster is/, why: cluster },
  { matches: /Network cluster spec\.clusterNetwork/, why: cluster },
  { matches: /windowsDataplane: Windows nodes have to be told/, why: cluster },
  { matches: /volumeMounts\[\]\.name: the pods have no volume/, why: 'depends on what is rendered' },
  { matches: /volumes\[\]: the pods have a volume of that name/, why: 'depends on what is rendered' },
  { matches: /serviceCIDRs: the CNI plugin of Windows/, why: otherParts },
  { matches: /windowsNodes: Windows is not switched on/, why: otherParts },
  { matches: /bpfNetworkBootstrap: /, why: otherParts },
  { matches: /spec\.azure: it is for kubernetesProvider AKS/, why: otherParts },
  { matches: /spec\.logging\.cni: CNI \w+ does its own/, why: otherParts },
  {
    matches: /(hostPorts|multiInterfaceMode|containerIPForwarding): CNI \w+ does not take it/,
    why: otherParts,
  },
  { matches: /linuxDataplane: VPP does not work with CNI|bgp: VPP needs BGP/, why: otherParts },
  { matches: /bgp: with CNI \w+ Calico has no routes/, why: otherParts },
  { matches: /encapsulation: (with CNI|IPIP needs|VXLAN needs|a pool without|Windows)/, why: otherParts },
  { matches: /nodeSelector: with CNI \w+ pools are not chosen/, why: otherParts },
  { matches: /(cni\.ipam\.type|cni\.type): it (does not go|exists)/, why: otherParts },
  { matches: /nodeAddressAutodetectionV\d: (the BPF data plane|only one method)/, why: otherParts },
  { matches: /mtu: an MTU lies/, why: otherParts },
  { matches: /dnsPolicy: without name servers/, why: 'the other Installation object may bring dnsConfig' },
  { matches: /(binDir|confDir|VolumePath|PluginPath): a path in a pod must not lead upwards/, why: size },
  { matches: /caCert: it is no PEM certificate/, why: code },
  { matches: /certificateManagement\.\w+: /, why: code },
  {
    matches: /nodeAddressAutodetectionV\d\.(interface|skipInterface): it is no regular expression/,
    why: code,
  },
  { matches: /canReach: it is neither/, why: code },
  { matches: /nodeSelector: it is no selector/, why: code },
  { matches: /dnsConfig\.nameservers: it is no IP address/, why: code },
  { matches: /annotations: annotations hold/, why: 'the sum over a map is nothing that CEL can bound' },
  { matches: /(resources|resourceRequirements)(\.(limits|requests))?: /, why: amounts },
  { matches: /namespaceSelector\.match/, why: size },
  { matches: /env\[\]: \w+(KeyRef|Ref)\.\w+/, why: size },
  { matches: /volumeMounts\[\]: /, why: size },
  { matches: /volumes\[\]: /, why: size },
  { matches: /priorityClassName: it is no name/, why: size },
];
