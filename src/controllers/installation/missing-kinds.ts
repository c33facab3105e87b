/** Kinds that are needed and not installed. */
import { reasons } from '../../api/conditions.ts';
import type { Cause } from '../../status/types.ts';
import type { Stores } from './stores.ts';

/** One cause for each, with the cure; empty when all are there. */
export function missingKinds(stores: Stores): readonly Cause[] {
  const needed = [
    stores.pools,
    stores.felix,
    stores.bgp,
    stores.kubeControllers,
    stores.imageSets,
    stores.statuses,
  ];
  return needed
    .filter(({ state }) => state === 'missing')
    .map(({ selection: { resource } }) => ({
      reason: reasons.CustomResourceDefinitionMissing,
      message:
        `CustomResourceDefinition ${resource.plural}.${resource.group} is not installed. ` +
        'Run kubectl apply -f on the crds of this release, or start the operator with --manage-crds.',
    }));
}
