/** The `operator.tigera.io/v1` TigeraStatus: the state of one component, written by the operator for people. */
import type { Static } from 'typebox';
import type { KubeObject, Wire } from './kubernetes.ts';
import type { tigeraStatusStatus } from './schema/operator.ts';

export type TigeraStatusStatus = Wire<Static<typeof tigeraStatusStatus>>;

/** One entry of `status.conditions`. */
export type TigeraStatusCondition = TigeraStatusStatus['conditions'][number];

/** Cluster-scoped, named after the component: `calico`, `ippools` … Its spec is empty. */
export interface TigeraStatus extends KubeObject {
  readonly apiVersion: 'operator.tigera.io/v1';
  readonly kind: 'TigeraStatus';
  readonly spec?: Readonly<Record<string, never>>;
  readonly status?: TigeraStatusStatus;
}
