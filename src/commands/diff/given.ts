/** Lays the objects of the user's files over those of the cluster, as if they had been applied. */
import type { Installation } from '../../api/installation.ts';
import type { Store } from '../../cache/types.ts';
import type { Stores } from '../../controllers/installation/stores.ts';
import type { SourceObject } from '../documents.ts';

/** Stands for the uid of an Installation that is not in the cluster yet. */
export const uidToCome = 'given-by-the-cluster';

/**
 * Puts what counts into the stores. A spec replaces the live one as a whole.
 * @returns lines about objects that do not count, although one might think so
 */
export function putGiven(
  stores: Stores,
  sources: readonly SourceObject[],
  operatorNamespace: string,
): readonly string[] {
  return sources.flatMap(({ object, file, lineOf }) => {
    const { apiVersion, kind, metadata } = object;
    const group = apiVersion.replace(/\/.*/, '');
    if (group === 'operator.tigera.io' && kind === 'Installation') {
      putInstallation(stores.installations, object as Installation);
    } else if (group === 'operator.tigera.io' && kind === 'ImageSet') {
      stores.imageSets.observe(object);
    } else if (kind === 'Secret' && metadata.namespace === operatorNamespace) {
      stores.operatorSecrets.observe(object);
    } else if (kind === 'ConfigMap') {
      stores.operatorConfigMaps.observe(object);
      stores.kubeadmConfig.observe(object);
    } else if (group.endsWith('projectcalico.org')) {
      const remark = "passed over, since Calico's configuration counts as it is in the cluster";
      return [`${file}:${lineOf()}: ${kind} ${metadata.name}: ${remark}. Apply it first.`];
    }
    return [];
  });
}

/** Status holds the defaults that were frozen; uid and finalizers stay those of the live object. */
function putInstallation(
  store: Store<Installation>,
  { apiVersion, kind, metadata, spec }: Installation,
): void {
  const live = store.get(metadata.name);
  store.observe({
    apiVersion,
    kind,
    metadata: live?.metadata ?? { name: metadata.name, uid: uidToCome, generation: 1 },
    ...(live?.status === undefined ? {} : { status: live.status }),
    ...(spec === undefined ? {} : { spec }),
  });
}
