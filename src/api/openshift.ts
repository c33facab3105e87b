/** `config.openshift.io/v1` Network `cluster`: which networks OpenShift was installed with, and what has become of them. */
import type { KubeObject } from './kubernetes.ts';

/** A range of pod addresses. */
export interface ClusterNetwork {
  readonly cidr: string;
  readonly hostPrefix?: number;
}

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
