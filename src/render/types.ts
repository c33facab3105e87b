/** What renderers get. They are pure: the same input gives the same objects in the same order. */
import type {
  BGPConfiguration,
  FelixConfiguration,
  IPPool,
  KubeControllersConfiguration,
} from '../api/calico.ts';
import type { CertificateSet } from '../api/key-pair.ts';
import type { ConfigMap, KubeObject, OwnerReference, Secret } from '../api/kubernetes.ts';
import type { OpenShiftNetwork } from '../api/openshift.ts';
import type { ApiServerAddresses, Resolved } from '../resolve/types.ts';

/** Where rollouts and deletion stand; decided by the controller, rendered without further thought. */
export interface Phase {
  /** Typha's objects are rendered. */
  readonly typhaDeployed: boolean;
  /** Felix is pointed at Typha. Never true without `typhaDeployed`. */
  readonly felixUsesTypha: boolean;
  /** Absent: as the spec asks, at once. */
  readonly dataPlane?: DataPlanePhase;
}

/** Where the BPF data plane stands on its way on or off. */
export interface DataPlanePhase {
  /** FelixConfiguration's `bpfEnabled` while it is the operator's, and what goes with it. */
  readonly bpfEnabled: boolean;
  /** calico-node is rendered for BPF. Always true with `bpfEnabled`. */
  readonly bpfTemplate: boolean;
  /** Addresses that calico-node keeps although the spec does not ask for BPF any more. */
  readonly bootstrap?: ApiServerAddresses;
}

/**
 * Calico's own configuration as it is in the cluster, absent when not there. With `metadata.managedFields`: without them
 * every field that is set passes for a user's.
 */
export interface LiveConfiguration {
  readonly felix?: FelixConfiguration;
  readonly bgp?: BGPConfiguration;
  readonly kubeControllers?: KubeControllersConfiguration;
  /** On OpenShift, Network `cluster`. */
  readonly openShiftNetwork?: OpenShiftNetwork;
  /** On OpenShift on AWS, as far as it is known. */
  readonly ownImage?: OwnImage;
  /** Every IPPool of the cluster, whoever made it: what is not ours must not be written. */
  readonly pools?: readonly IPPool[];
}

/** How the operator's own pods are started: what runs its program beside it is started the same way. */
export interface OwnImage {
  readonly image: string;
  readonly imagePullPolicy: string;
  /** Names of Secrets in the operator's namespace. */
  readonly imagePullSecrets: readonly string[];
}

/** The input of every renderer. */
export interface RenderInput {
  readonly resolved: Resolved;
  /** The Installation's; absent when rendering without a cluster. */
  readonly owner?: OwnerReference;
  readonly operator: {
    readonly namespace: string;
    readonly serviceAccount: string;
    readonly version: string;
  };
  readonly certificates: CertificateSet;
  readonly live: LiveConfiguration;
  readonly phase: Phase;
  /** Pull secrets of the spec, as they stand in the operator's namespace. */
  readonly pullSecrets: readonly Secret[];
  /** User-supplied ConfigMaps of the operator's namespace that shape the node, by name. */
  readonly configMaps: Readonly<Record<string, ConfigMap>>;
}

/**
 * Stages of an apply. Within one, objects go in parallel; a later one starts when the earlier succeeded.
 * Deletion runs them backwards. Those of Windows and of AWS are last, so that no failure of theirs holds Linux up; nor does
 * any failure hold those of AWS up.
 */
export type Stage =
  | 'namespace'
  | 'identity'
  | 'configuration'
  | 'pools'
  | 'workload'
  | 'windows-configuration'
  | 'windows-workload'
  | 'aws-access'
  | 'aws-job';

/** An object as it shall be, with what the planner must know of it. */
export interface DesiredObject {
  readonly object: KubeObject;
  readonly stage: Stage;
  /** Which TigeraStatus it counts for. */
  readonly component: 'calico' | 'ippools' | 'calico-windows';
  /**
   * `owned`: kept as rendered, every field, and deleted with the Installation.
   * `shared`: only the rendered fields are ours, the object stays when the Installation goes (pools, Felix configuration).
   */
  readonly ownership: 'owned' | 'shared';
  /**
   * What happens when the Installation is deleted; absent: goes first, by the garbage collector if it likes. `last`: the
   * node agent and what it needs, after every pod with an address of ours. `keep`: what the CNI plugin on the nodes needs
   * to give back the addresses of the users' pods; stays. Neither carries an owner reference (docs/adr/0004-teardown.md).
   */
  readonly teardown?: 'last' | 'keep';
  /** Why it is not written for now, whatever it should be: it stays as it is, or is not made yet. */
  readonly hold?: string;
}

/** One operand's renderer. */
export type Renderer = (input: RenderInput) => readonly DesiredObject[];
