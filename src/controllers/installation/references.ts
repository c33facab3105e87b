/** What the pods of overrides may refer to, from what is watched. */
import { type ResourceType, resources } from '../../api/resources.ts';
import { overrideBlockNames, type WorkloadOverride } from '../../api/workload-override.ts';
import type { Store } from '../../cache/types.ts';
import { calicoNamespace } from '../../render/shared/names.ts';
import { mergeOverlay } from '../../resolve/overlay.ts';
import type { Referable } from '../../resolve/types.ts';
import type { Stores } from './stores.ts';

/** The stores that are looked at. */
export type ReferenceStores = Pick<Stores, 'installations' | 'live' | 'priorityClasses' | 'storeOf'>;

/** Of Kubernetes itself: they are always there. */
const builtIn = /^system-/;

/**
 * Watches PriorityClasses exactly while an override names one that could be missing.
 * @returns false for the moment until they are known
 */
export function followReferences({ installations, priorityClasses }: ReferenceStores): boolean {
  const [base, overlay] = ['default', 'overlay'].map((name) => installations.get(name)?.spec);
  const spec = mergeOverlay(base ?? {}, overlay);
  const named = overrideBlockNames.some((block) => {
    const override: WorkloadOverride | undefined = spec[block];
    const name = override?.spec?.template?.spec?.priorityClassName ?? '';
    return name !== '' && !builtIn.test(name);
  });
  priorityClasses.demand(named);
  return priorityClasses.state !== 'syncing';
}

/**
 * Names of what is there. Absent is a kind that is not watched or may not be read, and everything of the namespace as long
 * as that does not exist: nobody could have put anything there yet.
 */
export function referable({ live, priorityClasses, storeOf }: ReferenceStores): Referable {
  const inNamespace = (resource: ResourceType): Store<unknown> | undefined =>
    live({ resource: resources.Namespace, name: calicoNamespace }) === undefined
      ? undefined
      : storeOf({ resource, name: '', namespace: calicoNamespace });
  const configMaps = namesOf(inNamespace(resources.ConfigMap));
  const secrets = namesOf(inNamespace(resources.Secret));
  // Off, the store is synced and empty; but then no class is named that could be missing.
  const classes = priorityClasses.state === 'synced' ? priorityClasses.list() : undefined;
  return {
    ...(configMaps === undefined ? {} : { ConfigMap: configMaps }),
    ...(secrets === undefined ? {} : { Secret: secrets }),
    ...(classes === undefined ? {} : { PriorityClass: classes }),
  };
}

function namesOf(store: Store<unknown> | undefined): readonly string[] | undefined {
  if (store?.state !== 'synced') return undefined;
  return (store as Store<{ readonly metadata: { readonly name: string } }>)
    .list()
    .map(({ metadata }) => metadata.name);
}
