/** What a decision is made from, and what it is. Plain data between gather, resolve, guard and render. */
import type { IPPool } from '../api/calico.ts';
import type { ImageSet } from '../api/image-set.ts';
import type { Installation, InstallationSpec, IPPoolSpec } from '../api/installation.ts';
import type { ConfigMap, Secret } from '../api/kubernetes.ts';
import type { FieldPath, Refusal, Warning } from '../api/refusal.ts';

/** Platforms that change what is rendered; `''` is any other. */
export type Provider = NonNullable<InstallationSpec['kubernetesProvider']>;

/** Node counts, never the nodes themselves. */
export interface NodeSummary {
  readonly total: number;
  readonly linux: number;
  readonly windows: number;
  /** Nodes that an agent of Calico runs on, and so would use Typha: all but virtual ones. */
  readonly typhaCandidates: number;
  /** Those of them with Linux, which Typha itself could run on as far as nothing keeps it off. */
  readonly typhaCandidatesLinux: number;
  /** The same, one by one, for a Typha that the spec keeps off some of them. Without it, none is kept off. */
  readonly hosts?: readonly NodeHost[];
}

/** A node that could run Typha. */
export interface NodeHost {
  readonly name: string;
  /** By `encodeTraits`; nodes that are alike share the text. */
  readonly traits: string;
}

/** The API server inside of the cluster, each as `host:port`, IPv6 in brackets. Neither list is ever empty. */
export interface ApiServerAddresses {
  /** Of the Service. */
  readonly services: readonly string[];
  /** Of the API servers themselves. */
  readonly endpoints: readonly string[];
}

/** What the cluster says about itself. Unknown is absent. */
export interface ClusterFacts {
  readonly detectedProvider: Provider;
  /** `major.minor` of the API server. */
  readonly kubernetesVersion?: string;
  readonly clusterDomain: string;
  /** Endpoint for host-networked components before Services work. Absent outside of a cluster. */
  readonly apiEndpoint?: { readonly host: string; readonly port: string };
  /** Service `default/kubernetes` and what is behind it, for BPF before Felix runs. Absent while they are not followed. */
  readonly apiServer?: ApiServerAddresses;
  readonly nodes: NodeSummary;
  /** ConfigMap `kube-system/kubeadm-config`, if there. */
  readonly kubeadmConfig?: ConfigMap;
  /** DaemonSet `kube-system/aws-node` exists. */
  readonly awsNode: boolean;
  /** `spec.clusterNetwork[].cidr` of OpenShift's Network. */
  readonly openShiftClusterNetworks?: readonly string[];
  /** Where in AWS OpenShift runs; absent elsewhere. */
  readonly aws?: AwsFacts;
  /** Cluster IPs of the DNS service. */
  readonly dnsServiceAddresses: readonly string[];
  /** Which group Calico's own configuration lives in. */
  readonly calicoApi: 'crd.projectcalico.org/v1' | 'projectcalico.org/v3';
  /** Absent while Windows is off, and until it is known. */
  readonly windows?: WindowsFacts;
}

/** An OpenShift cluster in AWS. */
export interface AwsFacts {
  /** What it is called there. */
  readonly name: string;
  /** As `eu-west-1`. */
  readonly region: string;
  /** The control plane is hosted by another cluster. */
  readonly hosted: boolean;
  /** Where EC2 is called instead of at its usual address. */
  readonly endpoint?: string;
}

/** What only Windows nodes depend on. */
export interface WindowsFacts {
  /** `spec.strictAffinity` of IPAMConfig `default`, or why it is not known. */
  readonly strictAffinity: boolean | 'absent' | 'forbidden';
  /** Cluster IPs of the cluster's DNS Service; empty when there is none. */
  readonly dnsServers: readonly string[];
}

/** Names of what pods of overrides may refer to: in calico-system, and PriorityClasses. A kind that is not known is absent. */
export interface Referable {
  readonly ConfigMap?: readonly string[];
  readonly Secret?: readonly string[];
  readonly PriorityClass?: readonly string[];
}

/** One consistent read of everything that a reconcile of the Installation depends on. */
export interface Snapshot {
  readonly installation: Installation;
  readonly overlay?: Installation;
  readonly cluster: ClusterFacts;
  /** Every IPPool of the cluster, whoever made it. */
  readonly pools: readonly IPPool[];
  readonly imageSets: readonly ImageSet[];
  /** Secrets of the operator's namespace that the specs name, by name. */
  readonly secrets: Readonly<Record<string, Secret>>;
  /** ConfigMaps of the operator's namespace, by name: `bird-templates`, `bgp-layout`, `kubernetes-services-endpoint`, `typha-ca`. */
  readonly configMaps: Readonly<Record<string, ConfigMap>>;
  /** Where the operator itself lives. */
  readonly operatorNamespace: string;
  /** What the cluster tells of Typha; absent where there is no cluster. */
  readonly typha?: TyphaHistory;
  /** Absent where nothing is known of it: without a cluster. */
  readonly referable?: Referable;
}

/** Typha before this decision, beside `status.typha`. */
export interface TyphaHistory {
  /** It is deployed, or calico-node is told to use it; by whomever. */
  readonly present: boolean;
  /** `status.typha` is kept. Not so with a definition of the Installation that does not have it, as another operator's. */
  readonly remembers: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A pool of the spec with every default filled in; the CIDR is canonical. */
export interface ResolvedPool
  extends Required<
    Pick<
      IPPoolSpec,
      | 'name'
      | 'cidr'
      | 'encapsulation'
      | 'natOutgoing'
      | 'nodeSelector'
      | 'blockSize'
      | 'allowedUses'
      | 'assignmentMode'
    >
  > {
  readonly family: 4 | 6;
  readonly disableBGPExport: boolean;
  readonly disableNewAllocations: boolean;
}

type WithRequired<T, Keys extends keyof T> = Omit<T, Keys> & {
  readonly [Key in Keys]-?: NonNullable<T[Key]>;
};

type CalicoNetwork = NonNullable<InstallationSpec['calicoNetwork']>;
type Cni = NonNullable<InstallationSpec['cni']>;

/** The spec with overlay and defaults laid in; what `status.computed` shows. Its `ipPools` list the resolved pools. */
export interface EffectiveSpec
  extends WithRequired<
    Omit<InstallationSpec, 'cni' | 'calicoNetwork' | 'typha'>,
    | 'variant'
    | 'kubernetesProvider'
    | 'controlPlaneReplicas'
    | 'flexVolumePath'
    | 'kubeletVolumePluginPath'
    | 'nodeUpdateStrategy'
  > {
  readonly typha: Required<NonNullable<InstallationSpec['typha']>>;
  readonly cni: WithRequired<Cni, 'type' | 'ipam' | 'confDir' | 'binDir'>;
  readonly calicoNetwork: WithRequired<CalicoNetwork, 'linuxDataplane' | 'windowsDataplane' | 'bgp'>;
}

/** A CIDR that pods get addresses from: of the resolved pools and of enabled pools that others made. */
export interface EnabledPool {
  readonly cidr: string;
  readonly family: 4 | 6;
  readonly encapsulation: ResolvedPool['encapsulation'];
}

/** Full image references, registry, path, prefix and tag or digest included. */
export interface ImageReferences {
  readonly node: string;
  readonly cni: string;
  readonly flexVolume: string;
  readonly csi: string;
  readonly nodeDriverRegistrar: string;
  readonly kubeControllers: string;
  readonly typha: string;
  readonly keyCertProvisioner: string;
  readonly nodeWindows: string;
  readonly cniWindows: string;
  /** Name of the ImageSet in use, if any. */
  readonly imageSet?: string;
}

/** Typha as asked for; how far it has come is the Typha transition's matter. */
export interface TyphaDecision {
  readonly mode: 'Auto' | 'Always' | 'Never';
  /** Typha should run on this cluster. */
  readonly wanted: boolean;
  /** As many as a cluster of this size needs, but no more than nodes can run one. */
  readonly replicas: number;
  /** As many as a cluster of this size needs. */
  readonly asked: number;
  /** Nodes that can run one. */
  readonly hosts: number;
  /** Nodes that would use it. */
  readonly nodes: number;
  /** With Auto: it is switched on with more nodes than this. */
  readonly switchOnAbove: number;
  /** With Auto: it is switched off when there are fewer nodes than this for a while. */
  readonly switchOffBelow: number;
  /** How long that is, in milliseconds. */
  readonly switchOffAfter: number;
  /** RFC 3339: since when there are fewer. */
  readonly belowSince?: string;
  /** Milliseconds after which time alone changes the decision. */
  readonly changesIn?: number;
}

/** An AppArmor profile, as the field `appArmorProfile` of a container says it. */
export interface AppArmorProfile {
  readonly type: 'RuntimeDefault' | 'Unconfined' | 'Localhost';
  readonly localhostProfile?: string;
}

/**
 * What becomes of Windows nodes. A mistake of theirs stops nothing but them: Linux nodes follow the spec meanwhile, and
 * what runs on Windows stays as it is.
 */
export type WindowsDecision =
  | { readonly kind: 'off' }
  | {
      readonly kind: 'on';
      /** IPv4 addresses of the cluster's DNS. */
      readonly dnsServers: readonly string[];
      /** IPv4 ranges of Services, canonical. */
      readonly serviceCidrs: readonly string[];
      readonly warnings: readonly Warning[];
    }
  /** The cluster's facts are not read yet. */
  | { readonly kind: 'waiting' }
  | {
      readonly kind: 'refused';
      readonly refusals: readonly Refusal[];
      readonly warnings: readonly Warning[];
    };

/** Everything that renderers need to know, decided. */
export interface Resolved {
  readonly spec: EffectiveSpec;
  /** Paths below `spec` that the user left open: `status.defaulted`, which freezes them beside `status.computed`. */
  readonly defaulted: readonly FieldPath[];
  /** Pools that the operator manages, in the spec's order. */
  readonly pools: readonly ResolvedPool[];
  /** True when `ipPools` was neither given nor derived: the cluster's pools are somebody else's. */
  readonly poolsManagedElsewhere: boolean;
  readonly enabledPools: readonly EnabledPool[];
  readonly cluster: ClusterFacts;
  readonly images: ImageReferences;
  readonly typha: TyphaDecision;
  /** Of calico-node; absent: as the container runtime likes. */
  readonly nodeAppArmorProfile?: AppArmorProfile;
  readonly windows: WindowsDecision;
  readonly warnings: readonly Warning[];
}

/** All mistakes at once, in stable order; or the decision. */
export type Resolution =
  | { readonly kind: 'resolved'; readonly resolved: Resolved }
  | {
      readonly kind: 'refused';
      readonly refusals: readonly Refusal[];
      readonly warnings: readonly Warning[];
      /** What the decision would be, mistakes and all: only to find further mistakes in it, never to act on. */
      readonly attempt: Resolved;
    };
