/** What a user may change of a rendered workload: the union of what the override blocks of the specs allow. */
import type {
  Affinity,
  EnvVar,
  PodSpec,
  ResourceRequirements,
  Toleration,
  Volume,
  VolumeMount,
} from './kubernetes.ts';

/** Labels and annotations to add. */
export interface MetadataOverride {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Changes of the container, or init container, of that name. */
export interface ContainerOverride {
  readonly name: string;
  readonly resources?: ResourceRequirements;
  readonly env?: readonly EnvVar[];
  readonly args?: readonly string[];
  readonly volumeMounts?: readonly VolumeMount[];
}

/** Changes of a pod. */
export interface PodOverride {
  readonly containers?: readonly ContainerOverride[];
  readonly initContainers?: readonly ContainerOverride[];
  readonly affinity?: Affinity;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Toleration[];
  readonly topologySpreadConstraints?: NonNullable<PodSpec['topologySpreadConstraints']>;
  readonly terminationGracePeriodSeconds?: number;
  readonly priorityClassName?: string;
  readonly dnsPolicy?: string;
  readonly dnsConfig?: NonNullable<PodSpec['dnsConfig']>;
  readonly volumes?: readonly Volume[];
}

/** Changes of a DaemonSet or a Deployment. */
export interface WorkloadOverride {
  readonly metadata?: MetadataOverride;
  readonly spec?: {
    readonly minReadySeconds?: number;
    readonly strategy?: {
      readonly rollingUpdate?: {
        readonly maxSurge?: number | string;
        readonly maxUnavailable?: number | string;
      };
    };
    readonly template?: { readonly metadata?: MetadataOverride; readonly spec?: PodOverride };
  };
}

/** Values of a volume's `hostPath.type`; the empty one checks nothing, as none does. */
export const hostPathTypes: readonly string[] = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

/** Override blocks of the Installation that act, with the workload that each of them changes. */
export const overrideBlocks = {
  calicoNodeDaemonSet: { kind: 'DaemonSet', name: 'calico-node' },
  calicoNodeWindowsDaemonSet: { kind: 'DaemonSet', name: 'calico-node-windows' },
  calicoKubeControllersDeployment: { kind: 'Deployment', name: 'calico-kube-controllers' },
  typhaDeployment: { kind: 'Deployment', name: 'calico-typha' },
  csiNodeDriverDaemonSet: { kind: 'DaemonSet', name: 'csi-node-driver' },
} as const;

/** Field of the Installation's spec that holds an override. */
export type OverrideBlock = keyof typeof overrideBlocks;

/** The blocks in the order in which their mistakes are reported. */
export const overrideBlockNames = Object.keys(overrideBlocks) as readonly OverrideBlock[];
