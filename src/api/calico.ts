/** Kinds of `crd.projectcalico.org/v1` that the operator reads and writes: Calico's own configuration. */
import type { Static } from 'typebox';
import type { KubeObject, Wire } from './kubernetes.ts';
import type { bgpConfigurationSpec } from './schema/calico/bgp-configuration.ts';
import type { clusterInformationSpec } from './schema/calico/cluster-information.ts';
import type { felixConfigurationSpec } from './schema/calico/felix/spec.ts';
import type { ipPoolSpec } from './schema/calico/ip-pool.ts';
import type {
  kubeControllersConfigurationSpec,
  kubeControllersConfigurationStatus,
} from './schema/calico/kube-controllers-configuration.ts';

interface CalicoObject<Kind extends string, Spec> extends KubeObject {
  readonly apiVersion: 'crd.projectcalico.org/v1' | 'projectcalico.org/v3';
  readonly kind: Kind;
  readonly spec?: Spec;
}

/** `spec` of an IPPool object; not to be taken for the entry of the Installation, `IPPoolSpec` of installation.ts. */
export type IPPoolObjectSpec = Wire<Static<typeof ipPoolSpec>>;
export type FelixConfigurationSpec = Wire<Static<typeof felixConfigurationSpec>>;
export type BGPConfigurationSpec = Wire<Static<typeof bgpConfigurationSpec>>;
export type KubeControllersConfigurationSpec = Wire<Static<typeof kubeControllersConfigurationSpec>>;
export type KubeControllersConfigurationStatus = Wire<Static<typeof kubeControllersConfigurationStatus>>;
export type ClusterInformationSpec = Wire<Static<typeof clusterInformationSpec>>;

/** A range that pods, tunnels or Services get addresses from. */
export type IPPool = CalicoObject<'IPPool', IPPoolObjectSpec>;

/** Settings of Felix: `default` for all nodes, `node.<name>` for one. */
export type FelixConfiguration = CalicoObject<'FelixConfiguration', FelixConfigurationSpec>;

/** Settings of BGP: `default` for all nodes, `node.<name>` for one. */
export type BGPConfiguration = CalicoObject<'BGPConfiguration', BGPConfigurationSpec>;

/** Settings of address management, which only Calico's own programs look into further; the only one is `default`. */
export type IPAMConfig = CalicoObject<'IPAMConfig', { readonly strictAffinity?: boolean }>;

/** Settings of calico-kube-controllers; the only one is `default`. */
export interface KubeControllersConfiguration
  extends CalicoObject<'KubeControllersConfiguration', KubeControllersConfigurationSpec> {
  readonly status?: KubeControllersConfigurationStatus;
}

/** What Calico says about the cluster; the only one is `default`. */
export type ClusterInformation = CalicoObject<'ClusterInformation', ClusterInformationSpec>;
