/** Everything that the Installation controller watches: each by namespace, name or label, nothing cluster-wide but nodes. */
import { isDeepStrictEqual } from 'node:util';
import type {
  BGPConfiguration,
  FelixConfiguration,
  IPPool,
  KubeControllersConfiguration,
} from '../../api/calico.ts';
import type { ImageSet } from '../../api/image-set.ts';
import type { Installation } from '../../api/installation.ts';
import type {
  ConfigMap,
  DaemonSet,
  EndpointSlice,
  KubeObject,
  Secret,
  Service,
} from '../../api/kubernetes.ts';
import { type ResourceType, resources } from '../../api/resources.ts';
import type { OpenShiftNetwork } from '../../api/openshift.ts';
import type { TigeraStatus } from '../../api/tigera-status.ts';
import type { Cache, Delivery, OnDemandStore, Store, StoreKey } from '../../cache/types.ts';
import type { ObjectRef, Selection } from '../../kube/types.ts';
import { calicoNamespace } from '../../render/shared/names.ts';
import { type ObservedRequest, type RequestFacts, requestFacts } from '../../status/certificate-requests.ts';
import { type NodeFacts, projectNode, unreadOfNodes } from './nodes.ts';
import { type PodFacts, projectPod, unreadOfPods } from './pods.ts';
import { AwsStores, defaultOperatorName } from './security-groups/stores.ts';
import { WindowsStores } from './windows-stores.ts';

/** The stores that decisions read. */
export interface Stores {
  readonly installations: Store<Installation>;
  readonly imageSets: Store<ImageSet>;
  readonly statuses: Store<TigeraStatus>;
  readonly pools: Store<IPPool>;
  readonly felix: Store<FelixConfiguration>;
  readonly bgp: Store<BGPConfiguration>;
  readonly kubeControllers: Store<KubeControllersConfiguration>;
  readonly nodes: Store<NodeFacts>;
  readonly pods: Store<PodFacts>;
  readonly operatorSecrets: Store<Secret>;
  readonly operatorConfigMaps: Store<ConfigMap>;
  readonly kubeadmConfig: Store<ConfigMap>;
  /** Network `cluster`, watched on OpenShift. */
  readonly openShiftNetwork: OnDemandStore<OpenShiftNetwork>;
  /** Names of PriorityClasses, watched while an override names one. */
  readonly priorityClasses: OnDemandStore<string>;
  /** Watched only while the spec needs them. */
  readonly optional: OptionalStores;
  /** What only OpenShift on AWS needs. */
  readonly aws: AwsStores;
  /** What only Windows nodes depend on. */
  readonly windows: WindowsStores;
  /** Requests for certificates by Calico's pods; watched while pods make some. */
  readonly certificateRequests: OnDemandStore<RequestFacts>;
  /** Stores of what belongs to an Installation, for pruning and teardown. Pools and Calico's configuration don't. */
  readonly owned: readonly Store<KubeObject>[];
  /** The store that knows an object; undefined for kinds that are not written. */
  readonly storeOf: (ref: ObjectRef) => Store<KubeObject> | undefined;
  /** The object as last seen or written. */
  readonly live: (ref: ObjectRef) => KubeObject | undefined;
  /** Calls back after any change in any store, with the key of what has changed there. */
  readonly onChange: (listener: (store: Store<unknown>, key: StoreKey) => void) => void;
  /** Calls back when a store can't be read any more, or can be again. */
  readonly onState: (listener: (store: Store<unknown>) => void) => void;
  /** Has those that can't be read try again at once: somebody may have seen to it. */
  readonly wake: () => void;
}

/** What only some features read; each is watched while one of them is on. */
export interface OptionalStores {
  /** Service `default/kubernetes`. */
  readonly apiServerService: OnDemandStore<Service>;
  /** What is behind it. */
  readonly apiServerEndpoints: OnDemandStore<EndpointSlice>;
  /** DaemonSet `kube-system/kube-proxy`. */
  readonly kubeProxy: OnDemandStore<DaemonSet>;
}

/** Label that every object of ours carries, so that cluster-scoped kinds are watched by it. */
export const ownedSelector = 'app.kubernetes.io/part-of=Calico';

/**
 * Registers every watch.
 * @param operatorName name of the operator's Deployment
 */
export function watchEverything(
  cache: Pick<Cache, 'watch' | 'watchOnDemand'>,
  operatorNamespace: string,
  operatorName: string = defaultOperatorName,
): Stores {
  const { all, watch, whole, optional } = watchesOf(cache);
  const configuration = {
    pools: whole<IPPool>({ resource: resources.IPPool }),
    felix: whole<FelixConfiguration>(named(resources.FelixConfiguration, 'default')),
    bgp: whole<BGPConfiguration>(named(resources.BGPConfiguration, 'default')),
    kubeControllers: whole<KubeControllersConfiguration>(
      named(resources.KubeControllersConfiguration, 'default'),
    ),
  };
  const priorityClasses = watchPriorityClasses(cache);
  const openShiftNetwork = optional<OpenShiftNetwork>(named(resources.Network, 'cluster'));
  const operatorSecrets = whole<Secret>({ resource: resources.Secret, namespace: operatorNamespace });
  const certificateRequests = watchRequests(cache);
  all.push(priorityClasses, certificateRequests);
  const aws = new AwsStores(optional, operatorNamespace, operatorName);
  const owned: readonly Store<KubeObject>[] = [
    operatorSecrets,
    ...ownedSelections.map((selection) => whole(selection)),
    ...aws.owned,
  ];
  const written: readonly Store<KubeObject>[] = [...Object.values(configuration), ...owned, openShiftNetwork];
  return {
    ...configuration,
    installations: whole<Installation>({ resource: resources.Installation }),
    imageSets: whole<ImageSet>({ resource: resources.ImageSet }),
    statuses: whole<TigeraStatus>({ resource: resources.TigeraStatus }),
    ...crowds(watch),
    operatorSecrets,
    certificateRequests,
    operatorConfigMaps: whole<ConfigMap>({ resource: resources.ConfigMap, namespace: operatorNamespace }),
    kubeadmConfig: whole<ConfigMap>(named(resources.ConfigMap, 'kubeadm-config', 'kube-system')),
    openShiftNetwork,
    priorityClasses,
    optional: optionalStores(optional),
    aws,
    windows: new WindowsStores(optional),
    owned,
    storeOf: (ref) => storeOf(written, ref),
    live: (ref) => storeOf(written, ref)?.get(ref.name, ref.namespace),
    ...together(all),
  };
}

type Watch = <Item>(
  selection: Selection,
  project: (object: KubeObject) => Item,
  delivery?: Delivery,
) => Store<Item>;

/** What there are thousands of, and what changes all the time. */
function crowds(watch: Watch): Pick<Stores, 'nodes' | 'pods'> {
  const pods = { resource: resources.Pod, namespace: calicoNamespace };
  return {
    nodes: watch({ resource: resources.Node }, projectNode, { omitted: unreadOfNodes, pace: 1000 }),
    pods: watch(pods, projectPod, { omitted: unreadOfPods, pace: 500 }),
  };
}

/** Ways to register a watch; `all` collects what was registered. */
function watchesOf(cache: Pick<Cache, 'watch' | 'watchOnDemand'>) {
  const all: Store<unknown>[] = [];
  const watch: Watch = (selection, project, delivery) => {
    const grantedLater = selection.resource === resources.Secret && selection.namespace === calicoNamespace;
    const store = cache.watch({ selection, project, equal: isDeepStrictEqual, grantedLater, ...delivery });
    all.push(store);
    return store;
  };
  const optional = <Item>(
    selection: Selection,
    project = (object: KubeObject): Item => object as Item,
  ): OnDemandStore<Item> => {
    const store = cache.watchOnDemand({ selection, project, equal: isDeepStrictEqual });
    all.push(store);
    return store;
  };
  const whole = <Item extends KubeObject>(selection: Selection): Store<Item> =>
    watch(selection, (object) => object as Item, { pace: paceOf(selection.resource) });
  return { all, watch, whole, optional };
}

function together(all: readonly Store<unknown>[]): Pick<Stores, 'onChange' | 'onState' | 'wake'> {
  return {
    onChange: (listener) => void all.map((store) => store.onChange((key) => listener(store, key))),
    onState: (listener) => void all.map((store) => store.onState(() => listener(store))),
    wake: () => {
      for (const store of all) if (isLost(store)) store.wake();
    },
  };
}

/** The API server does not know the resource, or does not let us. */
export function isLost({ state }: Store<unknown>): boolean {
  return state === 'missing' || state === 'forbidden';
}

function watchRequests(cache: Pick<Cache, 'watchOnDemand'>): OnDemandStore<RequestFacts> {
  return cache.watchOnDemand({
    selection: {
      resource: resources.CertificateSigningRequest,
      labelSelector: `k8s-app=${calicoNamespace}`,
    },
    project: (object) => requestFacts(object as ObservedRequest),
    equal: isDeepStrictEqual,
  });
}

function watchPriorityClasses(cache: Pick<Cache, 'watchOnDemand'>): OnDemandStore<string> {
  return cache.watchOnDemand({
    selection: { resource: resources.PriorityClass },
    project: ({ metadata }) => metadata.name,
    metadataOnly: true,
  });
}

type OnDemand = <Item extends KubeObject>(selection: Selection) => OnDemandStore<Item>;

function optionalStores(watch: OnDemand): OptionalStores {
  return {
    apiServerService: watch<Service>(named(resources.Service, 'kubernetes', 'default')),
    apiServerEndpoints: watch<EndpointSlice>({
      resource: resources.EndpointSlice,
      namespace: 'default',
      labelSelector: 'kubernetes.io/service-name=kubernetes',
    }),
    kubeProxy: watch<DaemonSet>(named(resources.DaemonSet, 'kube-proxy', 'kube-system')),
  };
}

/** While a rollout goes on, each pod that becomes ready changes its workload. */
function paceOf(resource: ResourceType): number {
  return resource === resources.DaemonSet || resource === resources.Deployment ? 250 : 0;
}

function named(resource: ResourceType, name: string, namespace?: string): Selection {
  return {
    resource,
    fieldSelector: `metadata.name=${name}`,
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** What the operator makes, beside configuration and its own Secrets. */
const ownedSelections: readonly Selection[] = [
  named(resources.Namespace, calicoNamespace),
  named(resources.CSIDriver, 'csi.tigera.io'),
  { resource: resources.ClusterRole, labelSelector: ownedSelector },
  { resource: resources.ClusterRoleBinding, labelSelector: ownedSelector },
  ...[
    resources.ConfigMap,
    resources.DaemonSet,
    resources.Deployment,
    resources.PodDisruptionBudget,
    resources.ResourceQuota,
    resources.Role,
    resources.RoleBinding,
    resources.Secret,
    resources.Service,
    resources.ServiceAccount,
  ].map((resource) => ({ resource, namespace: calicoNamespace })),
];

function storeOf(stores: readonly Store<KubeObject>[], ref: ObjectRef): Store<KubeObject> | undefined {
  return stores.find(
    ({ selection }) => selection.resource.kind === ref.resource.kind && selection.namespace === ref.namespace,
  );
}
