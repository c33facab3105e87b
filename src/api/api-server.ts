/** The `operator.tigera.io/v1` APIServer: asks for the aggregated API server of Calico. */
import type { Static } from 'typebox';
import type { KubeObject, Wire } from './kubernetes.ts';
import type { apiServerSpec, apiServerStatus } from './schema/operator.ts';

export type APIServerSpec = Wire<Static<typeof apiServerSpec>>;
export type APIServerStatus = Wire<Static<typeof apiServerStatus>>;

/** Cluster-scoped, named `default`; the older name `tigera-secure` is accepted. */
export interface APIServer extends KubeObject {
  readonly apiVersion: 'operator.tigera.io/v1';
  readonly kind: 'APIServer';
  readonly spec?: APIServerSpec;
  readonly status?: APIServerStatus;
}
