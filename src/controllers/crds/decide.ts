/** What becomes of one CustomResourceDefinition. Pure. */
import { crdOwner, crdOwnerAnnotation, crdReleaseAnnotation } from '../../api/crds.ts';
import { compareReleases } from './release.ts';
import { missingParts } from './schema-gaps.ts';
import type { Crd } from './types.ts';

/**
 * Why a definition is left as it is: `current` nothing to do, `newer` of a later release of ours, or of one that can't be
 * compared, `foreign` not marked as ours, `terminating` being deleted with all objects of its kind.
 */
export type KeepReason = 'current' | 'newer' | 'foreign' | 'terminating';

/** The decision. */
export type CrdDecision =
  | { readonly kind: 'create' }
  /** The release that is replaced; absent where the definition was handed over without one. */
  | { readonly kind: 'upgrade'; readonly from?: string }
  /** It is as it should be; to be applied all the same, so that Helm can't replace it unasked. */
  | { readonly kind: 'hold' }
  | {
      readonly kind: 'keep';
      readonly reason: KeepReason;
      /** What the operator knows and objects under this definition can't have, as paths; only of foreign ones. */
      readonly missing: readonly string[];
    };

/**
 * Compares the definition of this release with the one in the cluster, which is `undefined` where there is none.
 *
 * A definition without our mark is never changed, poorer or richer: its owner may be another operator that changes it
 * back, and stricter rules of ours may refuse what its users write. The operator works under it, with what it lacks.
 */
export function decideCrd(ours: Crd, live: Crd | undefined): CrdDecision {
  if (live === undefined) return { kind: 'create' };
  if (live.metadata.deletionTimestamp !== undefined) return keep('terminating');
  const annotations = live.metadata.annotations ?? {};
  if (annotations[crdOwnerAnnotation] !== crdOwner) return keep('foreign', missingParts(ours, live));
  const from = annotations[crdReleaseAnnotation];
  // Handed over by a user.
  if (from === undefined) return { kind: 'upgrade' };
  const order = compareReleases(from, ours.metadata.annotations?.[crdReleaseAnnotation] ?? '');
  if (order === undefined || order > 0) return keep('newer');
  if (order < 0 || !covers(live.spec, ours.spec)) return { kind: 'upgrade', from };
  return isHelmsAlone(live) ? { kind: 'hold' } : keep('current');
}

/** Whose fields are those that the operator applies of definitions. */
export const crdFieldManager = 'calico-operator/crds';

/**
 * Helm 4 applies the definitions of a chart on the server whenever the chart is installed. What is its own alone it replaces
 * without a word, by an older release's too; what is ours as well it refuses to replace as a conflict.
 */
function isHelmsAlone({ metadata: { managedFields = [] } }: Crd): boolean {
  const appliedBy = managedFields
    .filter(({ operation, subresource }) => operation === 'Apply' && subresource === undefined)
    .map(({ manager = '' }) => manager);
  return appliedBy.some((manager) => manager.startsWith('helm')) && !appliedBy.includes(crdFieldManager);
}

const keep = (reason: KeepReason, missing: readonly string[] = []): CrdDecision => ({
  kind: 'keep',
  reason,
  missing,
});

/** True when everything in `wanted` is in `live` with the same value. The API server adds defaults to what it is given. */
function covers(live: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(live) &&
      live.length === wanted.length &&
      wanted.every((item, index) => covers(live[index], item))
    );
  }
  if (typeof wanted === 'object' && wanted !== null) {
    return (
      typeof live === 'object' &&
      live !== null &&
      Object.entries(wanted).every(([key, value]) => covers((live as Record<string, unknown>)[key], value))
    );
  }
  return live === wanted;
}
