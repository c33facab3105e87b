/** Kinds of `config.openshift.io/v1`, each with one object named `cluster`. */
import type { KubeObject } from './kubernetes.ts';

/** A range of pod addresses. */
export interface ClusterNetwork {
  readonly cidr: string;
  readonly hostPrefix?: number;
}

/** Which networks OpenShift was installed with, and what has become of them. */
export interface OpenShiftNetwork extends KubeObject {
  readonly apiVersion: 'config.openshift.io/v1';
  readonly kind: 'Network';
  readonly spec?: {
    readonly clusterNetwork?: readonly ClusterNetwork[];
    readonly serviceNetwork?: readonly string[];
  };
  /** Written by whoever makes the network; other parts of OpenShift wait for it. */
  readonly status?: {
    readonly clusterNetwork?: readonly ClusterNetwork[];
    readonly serviceNetwork?: readonly string[];
    readonly networkType?: string;
    readonly clusterNetworkMTU?: number;
  };
}

/** Where OpenShift was installed. */
export interface OpenShiftInfrastructure extends KubeObject {
  readonly apiVersion: 'config.openshift.io/v1';
  readonly kind: 'Infrastructure';
  readonly status?: {
    /** What the cluster is called in its cloud. */
    readonly infrastructureName?: string;
    /** `External`: the control plane is hosted by another cluster. */
    readonly controlPlaneTopology?: string;
    readonly platformStatus?: {
      /** As `AWS`. */
      readonly type?: string;
      readonly aws?: {
        readonly region?: string;
        /** Where services are called instead of at their usual address. */
        readonly serviceEndpoints?: readonly { readonly name: string; readonly url: string }[];
      };
    };
  };
}
