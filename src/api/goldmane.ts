/** The `operator.tigera.io/v1` Goldmane: asks for the collector of flows. */
import type { Static } from 'typebox';
import type { KubeObject, Wire } from './kubernetes.ts';
import type { componentStatus, goldmaneSpec } from './schema/operator.ts';

export type GoldmaneSpec = Wire<Static<typeof goldmaneSpec>>;
export type GoldmaneStatus = Wire<Static<typeof componentStatus>>;

/** Cluster-scoped, named `default`. */
export interface Goldmane extends KubeObject {
  readonly apiVersion: 'operator.tigera.io/v1';
  readonly kind: 'Goldmane';
  readonly spec?: GoldmaneSpec;
  readonly status?: GoldmaneStatus;
}
