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
