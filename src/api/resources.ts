/** The resources that the operator speaks of, known statically so that no discovery is needed to address them. */

/** How the API server addresses one kind. */
export interface ResourceType {
  /** API group, empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

const cluster = (group: string, version: string, plural: string, kind: string): ResourceType => ({
  group,
  version,
  plural,
  kind,
  namespaced: false,
});

const namespaced = (group: string, version: string, plural: string, kind: string): ResourceType => ({
  ...cluster(group, version, plural, kind),
  namespaced: true,
});

const rbac = 'rbac.authorization.k8s.io';
const tigera = 'operator.tigera.io';
const calico = 'crd.projectcalico.org';

/** Every resource that the operator reads or writes, by kind. */
export const resources = {
  APIServer: cluster(tigera, 'v1', 'apiservers', 'APIServer'),
  BGPConfiguration: cluster(calico, 'v1', 'bgpconfigurations', 'BGPConfiguration'),
  CSIDriver: cluster('storage.k8s.io', 'v1', 'csidrivers', 'CSIDriver'),
  CertificateSigningRequest: cluster(
    'certificates.k8s.io',
    'v1',
    'certificatesigningrequests',
    'CertificateSigningRequest',
  ),
  ClusterInformation: cluster(calico, 'v1', 'clusterinformations', 'ClusterInformation'),
  ClusterRole: cluster(rbac, 'v1', 'clusterroles', 'ClusterRole'),
  ClusterRoleBinding: cluster(rbac, 'v1', 'clusterrolebindings', 'ClusterRoleBinding'),
  ConfigMap: namespaced('', 'v1', 'configmaps', 'ConfigMap'),
  CustomResourceDefinition: cluster(
    'apiextensions.k8s.io',
    'v1',
    'customresourcedefinitions',
    'CustomResourceDefinition',
  ),
  DaemonSet: namespaced('apps', 'v1', 'daemonsets', 'DaemonSet'),
  Deployment: namespaced('apps', 'v1', 'deployments', 'Deployment'),
  EndpointSlice: namespaced('discovery.k8s.io', 'v1', 'endpointslices', 'EndpointSlice'),
  Event: namespaced('events.k8s.io', 'v1', 'events', 'Event'),
  FelixConfiguration: cluster(calico, 'v1', 'felixconfigurations', 'FelixConfiguration'),
  Goldmane: cluster(tigera, 'v1', 'goldmanes', 'Goldmane'),
  IPAMConfig: cluster(calico, 'v1', 'ipamconfigs', 'IPAMConfig'),
  IPPool: cluster(calico, 'v1', 'ippools', 'IPPool'),
  ImageSet: cluster(tigera, 'v1', 'imagesets', 'ImageSet'),
  Infrastructure: cluster('config.openshift.io', 'v1', 'infrastructures', 'Infrastructure'),
  Installation: cluster(tigera, 'v1', 'installations', 'Installation'),
  Job: namespaced('batch', 'v1', 'jobs', 'Job'),
  KubeControllersConfiguration: cluster(
    calico,
    'v1',
    'kubecontrollersconfigurations',
    'KubeControllersConfiguration',
  ),
  Lease: namespaced('coordination.k8s.io', 'v1', 'leases', 'Lease'),
  Namespace: cluster('', 'v1', 'namespaces', 'Namespace'),
  Network: cluster('config.openshift.io', 'v1', 'networks', 'Network'),
  Node: cluster('', 'v1', 'nodes', 'Node'),
  Pod: namespaced('', 'v1', 'pods', 'Pod'),
  PodDisruptionBudget: namespaced('policy', 'v1', 'poddisruptionbudgets', 'PodDisruptionBudget'),
  ResourceQuota: namespaced('', 'v1', 'resourcequotas', 'ResourceQuota'),
  PriorityClass: cluster('scheduling.k8s.io', 'v1', 'priorityclasses', 'PriorityClass'),
  Role: namespaced(rbac, 'v1', 'roles', 'Role'),
  RoleBinding: namespaced(rbac, 'v1', 'rolebindings', 'RoleBinding'),
  Secret: namespaced('', 'v1', 'secrets', 'Secret'),
  Service: namespaced('', 'v1', 'services', 'Service'),
  ServiceAccount: namespaced('', 'v1', 'serviceaccounts', 'ServiceAccount'),
  TigeraStatus: cluster(tigera, 'v1', 'tigerastatuses', 'TigeraStatus'),
  Whisker: cluster(tigera, 'v1', 'whiskers', 'Whisker'),
} as const satisfies Readonly<Record<string, ResourceType>>;

/** A kind of `resources`. */
export type ResourceKind = keyof typeof resources;

/** The `apiVersion` of a resource's objects: `v1`, `apps/v1` … */
export function apiVersionOf(resource: ResourceType): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}
