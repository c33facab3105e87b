/** The snapshot that the operator would gather in a cluster with just the given objects. Pure. */
import type {
  BGPConfiguration,
  FelixConfiguration,
  IPAMConfig,
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
import type { OpenShiftInfrastructure, OpenShiftNetwork } from '../../api/openshift.ts';
import type { StaticFacts } from '../../controllers/installation/facts.ts';
import { gather, type SnapshotStores, type Surroundings } from '../../controllers/installation/gather.ts';
import { projectNode } from '../../controllers/installation/nodes.ts';
import type { LiveConfiguration, OwnImage } from '../../render/types.ts';
import { apiServerAddresses, serviceHosts } from '../../resolve/api-server.ts';
import { awsFacts } from '../../resolve/aws.ts';
import type { ApiServerAddresses, AwsFacts, Snapshot, WindowsFacts } from '../../resolve/types.ts';
import { dnsServices } from '../../resolve/windows/needs.ts';

/** A snapshot, and Calico's own configuration as far as it was given. */
export interface Offline {
  readonly snapshot: Snapshot;
  readonly live: LiveConfiguration;
  /** Service `default/kubernetes`. */
  readonly service?: Service;
  /** Of that Service. */
  readonly slices: readonly EndpointSlice[];
  readonly kubeProxy?: DaemonSet;
}

/** Calico's kinds go by either group: the one they are stored in, or that of Calico's API server. */
const calicoGroups = ['crd.projectcalico.org', 'projectcalico.org'];

/** Undefined without an Installation named `default`. */
export function snapshotFrom(objects: readonly KubeObject[], place: Surroundings): Offline | undefined {
  const find = finder(objects);
  const installations = find('operator.tigera.io', 'Installation') as readonly Installation[];
  const installation = installations.find(({ metadata }) => metadata.name === 'default');
  if (installation === undefined) return undefined;
  const pools = calicoGroups.flatMap((group) => find(group, 'IPPool') as readonly IPPool[]);
  const stores: SnapshotStores = {
    installations: storeOf(installations),
    imageSets: storeOf(find('operator.tigera.io', 'ImageSet') as readonly ImageSet[]),
    pools: storeOf(pools),
    nodes: { get: () => undefined, list: () => find('', 'Node').map(projectNode) },
    operatorSecrets: storeOf(find('', 'Secret', place.operatorNamespace) as readonly Secret[]),
    operatorConfigMaps: storeOf(find('', 'ConfigMap', place.operatorNamespace) as readonly ConfigMap[]),
    openShiftNetwork: storeOf(find('config.openshift.io', 'Network') as readonly OpenShiftNetwork[]),
    kubeadmConfig: storeOf(find('', 'ConfigMap', 'kube-system') as readonly ConfigMap[]),
    aws: { facts: (hosted) => awsFrom(find, hosted) },
    windows: { facts: () => windowsFrom(find) },
  };
  const surroundings = placeOf(objects);
  const isGiven = surroundings.service !== undefined || surroundings.slices.length > 0;
  const apiServer = isGiven ? apiServerAddresses(surroundings) : unknownApiServer;
  const snapshot = gather(installation, stores, factsFrom(objects), place, apiServer);
  // No object tells the version of the API server.
  const { kubernetesVersion: _, ...cluster } = snapshot.cluster;
  return { snapshot: { ...snapshot, cluster }, live: configurationFrom(objects, pools), ...surroundings };
}

/** Stands for addresses that only the cluster tells. */
const unknownApiServer: ApiServerAddresses = {
  services: ['read-in-the-cluster'],
  endpoints: ['read-in-the-cluster'],
};

/** Stands for the operator's own image, which its Deployment in the cluster tells. */
const unknownImage: OwnImage = {
  image: 'read-in-the-cluster',
  imagePullPolicy: 'IfNotPresent',
  imagePullSecrets: [],
};

/** Service and EndpointSlices of the API server, and kube-proxy. */
function placeOf(objects: readonly KubeObject[]): Omit<Offline, 'snapshot' | 'live'> {
  const find = finder(objects);
  const named = (found: readonly KubeObject[], name: string): KubeObject | undefined =>
    found.find(({ metadata }) => metadata.name === name);
  const service = named(find('', 'Service', 'default'), 'kubernetes') as Service | undefined;
  const slices = find('discovery.k8s.io', 'EndpointSlice', 'default') as readonly EndpointSlice[];
  const kubeProxy = named(find('apps', 'DaemonSet', 'kube-system'), 'kube-proxy') as DaemonSet | undefined;
  return {
    slices: slices.filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === 'kubernetes'),
    ...(service === undefined ? {} : { service }),
    ...(kubeProxy === undefined ? {} : { kubeProxy }),
  };
}

type Find = (group: string, kind: string, namespace?: string) => readonly KubeObject[];

function finder(objects: readonly KubeObject[]): Find {
  return (group, kind, namespace) =>
    objects.filter(
      (object) =>
        object.kind === kind && groupOf(object) === group && object.metadata.namespace === namespace,
    );
}

function groupOf({ apiVersion }: KubeObject): string {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}

function storeOf<Item extends KubeObject>(items: readonly Item[]) {
  return {
    get: (name: string) => items.find(({ metadata }) => metadata.name === name),
    list: () => items,
  };
}

function awsFrom(find: Find, hosted: boolean): AwsFacts | undefined {
  const found = find('config.openshift.io', 'Infrastructure') as readonly OpenShiftInfrastructure[];
  return awsFacts(
    found.find(({ metadata }) => metadata.name === 'cluster'),
    hosted,
  );
}

function windowsFrom(find: Find): WindowsFacts {
  const configs = calicoGroups.flatMap(
    (group) => [...find(group, 'IPAMConfig'), ...find(group, 'IPAMConfiguration')] as readonly IPAMConfig[],
  );
  const config = configs.find(({ metadata }) => metadata.name === 'default');
  const dns = Object.values(dnsServices).flatMap(({ namespace, name }) =>
    (find('', 'Service', namespace) as readonly Service[]).filter(({ metadata }) => metadata.name === name),
  );
  return {
    strictAffinity: config === undefined ? 'absent' : config.spec?.strictAffinity === true,
    dnsServers: dns.flatMap(serviceHosts),
  };
}

function factsFrom(objects: readonly KubeObject[]): StaticFacts {
  const find = finder(objects);
  const system = (kind: string, group = '') => find(group, kind, 'kube-system');
  const services = system('Service') as readonly Service[];
  const dns = services.find(({ metadata }) => metadata.name === 'kube-dns');
  return {
    kubernetesVersion: '',
    signs: {
      apiGroups: [...new Set(objects.map(groupOf))],
      openShiftClusterVersion: find('config.openshift.io', 'ClusterVersion').length > 0,
      configMaps: system('ConfigMap').map(({ metadata }) => metadata.name),
      services: Object.fromEntries(
        services.map(({ metadata }) => [metadata.name, Object.keys(metadata.labels ?? {})]),
      ),
    },
    awsNode: system('DaemonSet', 'apps').some(({ metadata }) => metadata.name === 'aws-node'),
    dnsServiceAddresses: serviceHosts(dns),
  };
}

function configurationFrom(objects: readonly KubeObject[], pools: readonly IPPool[]): LiveConfiguration {
  const find = finder(objects);
  const named = (kind: string): KubeObject | undefined =>
    calicoGroups.flatMap((group) => find(group, kind)).find(({ metadata }) => metadata.name === 'default');
  const felix = named('FelixConfiguration') as FelixConfiguration | undefined;
  const bgp = named('BGPConfiguration') as BGPConfiguration | undefined;
  const kubeControllers = named('KubeControllersConfiguration') as KubeControllersConfiguration | undefined;
  const openShiftNetwork = find('config.openshift.io', 'Network').find(
    ({ metadata }) => metadata.name === 'cluster',
  ) as OpenShiftNetwork | undefined;
  return {
    pools,
    ownImage: unknownImage,
    ...(openShiftNetwork === undefined ? {} : { openShiftNetwork }),
    ...(felix === undefined ? {} : { felix }),
    ...(bgp === undefined ? {} : { bgp }),
    ...(kubeControllers === undefined ? {} : { kubeControllers }),
  };
}
