/** The `operator.tigera.io/v1` ImageSet: digests that take the place of image tags. */
import type { Static } from 'typebox';
import type { KubeObject, Wire } from './kubernetes.ts';
import type { imageSetSpec } from './schema/operator.ts';

export type ImageSetSpec = Wire<Static<typeof imageSetSpec>>;

/** Cluster-scoped; used is the one named `calico-<version of Calico>`. */
export interface ImageSet extends KubeObject {
  readonly apiVersion: 'operator.tigera.io/v1';
  readonly kind: 'ImageSet';
  readonly spec?: ImageSetSpec;
}
