/** The CustomResourceDefinitions that the operator carries, to install them itself. */

/** One CRD. */
export interface BundledCrd {
  /** `<plural>.<group>`. */
  readonly name: string;
  /** The whole object as compact JSON. */
  readonly json: string;
}

/** Loads the bundled CRDs, our own kinds first. Some 300 kB: load late, do not keep. */
export async function loadBundledCrds(): Promise<readonly BundledCrd[]> {
  const { default: crds } = await import('./generated/crds.json', { with: { type: 'json' } });
  return crds;
}

/**
 * On a CustomResourceDefinition: which program may change it. With any other value, or without, it belongs to somebody
 * else and the operator leaves it as it is. Users hand a definition over, or take it away, by this annotation.
 */
export const crdOwnerAnnotation = 'operator.tigera.io/crd-owner';

/** The value that means us. */
export const crdOwner = 'calico-operator';

/** Which release of the operator the definition is of, such as `1.2.3`. */
export const crdReleaseAnnotation = 'operator.tigera.io/crd-release';

/**
 * What tells Helm, Argo CD and Flux to leave a definition where it is, even if their source has it no more: deleting it
 * deletes all objects of its kind. Argo CD reads Helm's annotation when an Application is deleted, but not when it prunes.
 */
const keep = {
  'helm.sh/resource-policy': 'keep',
  'argocd.argoproj.io/sync-options': 'Prune=false',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
};

/** The definition as ours, of a release. */
export function markCrd<
  Crd extends { readonly metadata: { readonly name: string; readonly annotations?: object } },
>(crd: Crd, release: string): Crd {
  const marks = { [crdOwnerAnnotation]: crdOwner, [crdReleaseAnnotation]: release };
  return {
    ...crd,
    metadata: { ...crd.metadata, annotations: { ...crd.metadata.annotations, ...marks, ...keep } },
  };
}
