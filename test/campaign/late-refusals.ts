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
const size = 'bounds of so rare a field would take a tenth of what is left of the 256 kB of the CRD';
const spelling = 'to CEL different spellings of one thing, as /a and /a/ or 1 and 1000m, are different';
const amounts = 'to CEL every amount is as long as a whole request, and comparing two costs too much';

/** All of them. */
export const lateRefusals: readonly LateRefusal[] = [
  { matches: /imagePullSecrets\[\]\.name: (there is no )?Secret/, why: cluster },
  { matches: /ipPools: there is no enabled IP pool/, why: cluster },
  {
    matches: /ipPools\[\]\.(name|blockSize|cidr): .*(IPPool|pool network|pod network|was made|the pool for)/,
    why: cluster,
  },
  { matches: /kubernetesProvider: the cluster is/, why: cluster },
  { matches: /Network cluster spec\.clusterNetwork/, why: cluster },
  { matches: /volumeMounts\[\]\.name: the pods have no volume/, why: 'depends on what is rendered' },
  { matches: /volumes\[\]: the pods have a volume of that name/, why: 'depends on what is rendered' },
  { matches: /volumeMounts\[\]: container \S+ has the volume/, why: 'depends on what is rendered' },
  { matches: /volumeMounts\[\]\.mountPropagation: container \S+ is not/, why: 'depends on what is rendered' },
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
  { matches: /nodeAddressAutodetectionV\d: the BPF data plane/, why: otherParts },
  { matches: /dnsPolicy: without name servers/, why: 'the other Installation object may bring dnsConfig' },
  { matches: /nodeSelector: it is no selector/, why: code },
  { matches: /annotations: annotations hold/, why: 'the sum over a map is nothing that CEL can bound' },
  { matches: /(resources|resourceRequirements)(\.(limits|requests))?: /, why: amounts },
  { matches: /namespaceSelector\.match/, why: size },
  { matches: /volumeMounts\[\]: another mount of the list/, why: spelling },
  { matches: /(env|volumes)\[\]: .*resourceFieldRef\.divisor/, why: spelling },
];
