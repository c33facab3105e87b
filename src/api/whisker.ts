/** The `operator.tigera.io/v1` Whisker: asks for the web page that shows flows. Needs Goldmane. */
import type { Static } from 'typebox';
import type { KubeObject, Wire } from './kubernetes.ts';
import type { componentStatus, whiskerSpec } from './schema/operator.ts';

export type WhiskerSpec = Wire<Static<typeof whiskerSpec>>;
export type WhiskerStatus = Wire<Static<typeof componentStatus>>;

/** Cluster-scoped, named `default`. */
export interface Whisker extends KubeObject {
  readonly apiVersion: 'operator.tigera.io/v1';
  readonly kind: 'Whisker';
  readonly spec?: WhiskerSpec;
  readonly status?: WhiskerStatus;
}
