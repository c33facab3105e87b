/** The `operator.tigera.io/v1` Installation: what to install and how, and what has become of it. */
import type { Static } from 'typebox';
import type { KubeObject, Wire } from './kubernetes.ts';
import type { ipPool } from './schema/installation/ip-pool.ts';
import type { installationSpec } from './schema/installation/spec.ts';
import type { installationStatus } from './schema/installation/status.ts';

/** What the user asks for. The operator never writes it. */
export type InstallationSpec = Wire<Static<typeof installationSpec>>;

/** One entry of `spec.calicoNetwork.ipPools`. */
export type IPPoolSpec = Wire<Static<typeof ipPool>>;

export type InstallationStatus = Wire<Static<typeof installationStatus>>;

/** One entry of `status.conditions`. */
export type Condition = NonNullable<InstallationStatus['conditions']>[number];

/** Cluster-scoped; acted on are `default` and, laid over it, `overlay`. */
export interface Installation extends KubeObject {
  readonly apiVersion: 'operator.tigera.io/v1';
  readonly kind: 'Installation';
  readonly spec?: InstallationSpec;
  readonly status?: InstallationStatus;
}
