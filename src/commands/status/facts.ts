/** What `status` knows of a cluster: watched, so that following it costs no further requests. */
import { isDeepStrictEqual } from 'node:util';
import type { IPPool } from '../../api/calico.ts';
import type { Installation } from '../../api/installation.ts';
import type { DaemonSet, Deployment, KubeObject } from '../../api/kubernetes.ts';
import { resources } from '../../api/resources.ts';
import type { TigeraStatus } from '../../api/tigera-status.ts';
import type { Cache, Store } from '../../cache/types.ts';
import { type PodFacts, projectPod } from '../../controllers/installation/pods.ts';
import { resourceName } from '../../kube/request.ts';
import type { Selection } from '../../kube/types.ts';
import { calicoNamespace } from '../../render/shared/names.ts';

/** A resource that could not be read. */
export interface Unreadable {
  /** As `ippools.crd.projectcalico.org`. */
  readonly resource: string;
  readonly state: 'missing' | 'forbidden';
}

/** One look at a cluster. */
export interface StatusFacts {
  readonly server: string;
  /** Version of Kubernetes, as `v1.36.2`. */
  readonly kubernetesVersion: string;
  readonly installations: readonly Installation[];
  readonly statuses: readonly TigeraStatus[];
  readonly pools: readonly IPPool[];
  /** Of namespace `calico-system`. */
  readonly workloads: readonly (DaemonSet | Deployment)[];
  readonly pods: readonly PodFacts[];
  readonly unreadable: readonly Unreadable[];
}

/** Registers what is watched; answers with the way to look at it, once the cache is started. */
export function watchFacts(
  cache: Pick<Cache, 'watch'>,
  cluster: Pick<StatusFacts, 'server' | 'kubernetesVersion'>,
): () => StatusFacts {
  const stores: Store<unknown>[] = [];
  const watch = <Item>(selection: Selection, project: (object: KubeObject) => Item): Store<Item> => {
    const store = cache.watch({ selection, project, equal: isDeepStrictEqual });
    stores.push(store);
    return store;
  };
  const whole = <Item extends KubeObject>(selection: Selection): Store<Item> =>
    watch(selection, (object) => object as Item);
  const namespace = calicoNamespace;
  const installations = whole<Installation>({ resource: resources.Installation });
  const statuses = whole<TigeraStatus>({ resource: resources.TigeraStatus });
  const pools = whole<IPPool>({ resource: resources.IPPool });
  const daemonSets = whole<DaemonSet>({ resource: resources.DaemonSet, namespace });
  const deployments = whole<Deployment>({ resource: resources.Deployment, namespace });
  const pods = watch({ resource: resources.Pod, namespace }, projectPod);
  return () => ({
    ...cluster,
    installations: byName(installations.list()),
    statuses: byName(statuses.list()),
    pools: byName(pools.list()),
    workloads: byName([...daemonSets.list(), ...deployments.list()]),
    pods: pods.list(),
    unreadable: stores.flatMap(({ state, selection }) =>
      state === 'missing' || state === 'forbidden'
        ? [{ resource: resourceName(selection.resource), state }]
        : [],
    ),
  });
}

function byName<Item extends KubeObject>(objects: readonly Item[]): readonly Item[] {
  return [...objects].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}
