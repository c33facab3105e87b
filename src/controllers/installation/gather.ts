/** One consistent read, from memory, of everything that a reconcile of the Installation depends on. */
import type { Installation } from '../../api/installation.ts';
import type { ConfigMap, Secret } from '../../api/kubernetes.ts';
import { detectProvider } from '../../resolve/provider.ts';
import type { ApiServerAddresses, ClusterFacts, Snapshot } from '../../resolve/types.ts';
import type { StaticFacts } from './facts.ts';
import { summariseNodes } from './nodes.ts';
import type { Stores } from './stores.ts';

/** What the process knows of its own place. */
export interface Surroundings {
  readonly operatorNamespace: string;
  readonly clusterDomain: string;
  /** `KUBERNETES_SERVICE_HOST` and `_PORT` of the operator's own environment. */
  readonly apiEndpoint?: { readonly host: string; readonly port: string };
  /** The user says that the control plane is hosted by another cluster. */
  readonly hostedControlPlane?: boolean;
}

/** The stores that a snapshot is read from. */
export type SnapshotStores = {
  readonly [Name in
    | 'installations'
    | 'imageSets'
    | 'pools'
    | 'nodes'
    | 'operatorSecrets'
    | 'operatorConfigMaps'
    | 'kubeadmConfig'
    | 'openShiftNetwork']: Pick<Stores[Name], 'get' | 'list'>;
} & { readonly [Name in 'aws' | 'windows']: Pick<Stores[Name], 'facts'> };

/** ConfigMap of the operator's namespace that says where hosts reach the API server. */
const endpointConfigMap = 'kubernetes-services-endpoint';

/**
 * The snapshot for an Installation.
 * @param apiServer what calico-node is to be told of the API server; absent while it is not followed
 */
export function gather(
  installation: Installation,
  stores: SnapshotStores,
  facts: StaticFacts,
  surroundings: Surroundings,
  apiServer?: ApiServerAddresses,
): Snapshot {
  const overlay = stores.installations.get('overlay');
  const configMaps = byName<ConfigMap>(stores.operatorConfigMaps.list());
  return {
    installation,
    ...(overlay === undefined ? {} : { overlay }),
    cluster: {
      ...clusterFacts(stores, facts, surroundings, configMaps),
      ...(apiServer === undefined ? {} : { apiServer }),
    },
    pools: stores.pools.list(),
    imageSets: stores.imageSets.list(),
    secrets: byName<Secret>(stores.operatorSecrets.list()),
    configMaps,
    operatorNamespace: surroundings.operatorNamespace,
  };
}

function clusterFacts(
  stores: SnapshotStores,
  facts: StaticFacts,
  surroundings: Surroundings,
  configMaps: Readonly<Record<string, ConfigMap>>,
): ClusterFacts {
  const { summary, hints } = summariseNodes(stores.nodes.list());
  const openShiftClusterNetworks = stores.openShiftNetwork
    .get('cluster')
    ?.spec?.clusterNetwork?.map(({ cidr }) => cidr);
  const kubeadmConfig = stores.kubeadmConfig.get('kubeadm-config', 'kube-system');
  const windows = stores.windows.facts();
  const aws = stores.aws.facts(surroundings.hostedControlPlane === true);
  const apiEndpoint = endpointOf(configMaps[endpointConfigMap]) ?? surroundings.apiEndpoint;
  return {
    detectedProvider: detectProvider({
      ...facts.signs,
      nodeLabelKeys: hints.gke ? ['cloud.google.com/gke-'] : [],
      dockerEnterpriseMaster: hints.dockerEnterprise,
      providerIdSchemes: hints.kind ? ['kind'] : [],
    }),
    kubernetesVersion: facts.kubernetesVersion,
    clusterDomain: surroundings.clusterDomain,
    ...(apiEndpoint === undefined ? {} : { apiEndpoint }),
    nodes: summary,
    ...(kubeadmConfig === undefined ? {} : { kubeadmConfig }),
    ...(openShiftClusterNetworks === undefined ? {} : { openShiftClusterNetworks }),
    ...(aws === undefined ? {} : { aws }),
    awsNode: facts.awsNode,
    dnsServiceAddresses: facts.dnsServiceAddresses,
    calicoApi: 'crd.projectcalico.org/v1',
    ...(windows === undefined ? {} : { windows }),
  };
}

function endpointOf(configMap: ConfigMap | undefined): { host: string; port: string } | undefined {
  const host = configMap?.data?.['KUBERNETES_SERVICE_HOST'];
  const port = configMap?.data?.['KUBERNETES_SERVICE_PORT'];
  return host === undefined || host === '' || port === undefined || port === '' ? undefined : { host, port };
}

/** In a stable order, so that the same cluster gives the same snapshot. */
function byName<T extends { readonly metadata: { readonly name: string } }>(
  objects: readonly T[],
): Readonly<Record<string, T>> {
  const pairs = objects.map((object): [string, T] => [object.metadata.name, object]);
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
