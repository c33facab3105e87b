/** Notices at once that the definition of a missing kind has come: the back-off alone would take minutes. */
import { resources } from '../../api/resources.ts';
import type { Cache, OnDemandStore, Store } from '../../cache/types.ts';
import { resourceName } from '../../kube/request.ts';
import type { Stores } from './stores.ts';

/** API groups of the kinds that CustomResourceDefinitions of a release define. */
const groups: ReadonlySet<string> = new Set([resources.Installation.group, resources.IPPool.group]);

/**
 * While a kind is missing, its definition is watched, by name and metadata only; when nothing is missing, nothing is.
 * A definition that is made is told of again when the API server begins to serve it, as both change the object. Each time
 * the kind is tried at once, and from then on by a back-off that begins anew, as serving takes a moment longer.
 */
export function followDefinitions(
  cache: Pick<Cache, 'watchOnDemand'>,
  stores: Pick<Stores, 'onState'>,
): void {
  const definitions = new Map<Store<unknown>, OnDemandStore<unknown>>();
  stores.onState((store) => {
    if (!groups.has(store.selection.resource.group)) return;
    const missing = store.state === 'missing';
    const known = definitions.get(store);
    if (known === undefined && !missing) return;
    const definition = known ?? watchDefinition(cache, store);
    definitions.set(store, definition);
    definition.demand(missing);
  });
}

function watchDefinition(cache: Pick<Cache, 'watchOnDemand'>, store: Store<unknown>): OnDemandStore<unknown> {
  const definition = cache.watchOnDemand({
    selection: {
      resource: resources.CustomResourceDefinition,
      fieldSelector: `metadata.name=${resourceName(store.selection.resource)}`,
    },
    metadataOnly: true,
    project: () => undefined,
  });
  definition.onChange(() => store.wake());
  return definition;
}
