import type { PolicyRule } from '../../api/kubernetes.ts';
import type { Provider } from '../../resolve/types.ts';
import { calicoGroups, names } from '../shared/names.ts';

const core = (
  resources: readonly string[],
  verbs: readonly string[],
  resourceNames?: readonly string[],
): PolicyRule => rule([''], resources, verbs, resourceNames);

const calico = (resources: readonly string[], verbs: readonly string[]): PolicyRule =>
  rule(calicoGroups, resources, verbs);

function rule(
  apiGroups: readonly string[],
  resources: readonly string[],
  verbs: readonly string[],
  resourceNames?: readonly string[],
): PolicyRule {
  return { apiGroups, resources, verbs, ...(resourceNames === undefined ? {} : { resourceNames }) };
}

const configurationKinds = [
  'bgpconfigurations',
  'bgpfilters',
  'bgppeers',
  'blockaffinities',
  'clusterinformations',
  'felixconfigurations',
  'globalnetworkpolicies',
  'globalnetworksets',
  'hostendpoints',
  'ipamblocks',
  'ippools',
  'ipreservations',
  'networkpolicies',
  'networksets',
  'stagedglobalnetworkpolicies',
  'stagedkubernetesnetworkpolicies',
  'stagednetworkpolicies',
  'tiers',
] as const;

const ipamKinds = [
  'blockaffinities',
  'ipamblocks',
  'ipamhandles',
  'ipamconfigurations',
  'ipamconfigs',
] as const;

const read = ['get', 'list', 'watch'] as const;
const watchList = ['watch', 'list'] as const;
const manage = ['get', 'list', 'create', 'update', 'delete'] as const;

/** What Felix, confd and the start-up of calico-node do, each rule for one of their needs. */
export function nodeRules(provider: Provider): readonly PolicyRule[] {
  return [
    // Policies that match Services.
    rule(['discovery.k8s.io'], ['endpointslices'], ['list', 'watch']),
    core(['pods', 'nodes', 'namespaces'], ['get']),
    // Finding Typha, and advertising Services.
    core(['endpoints', 'services'], ['watch', 'list', 'get']),
    // The condition NetworkUnavailable.
    core(['nodes/status'], ['patch', 'update']),
    rule(['networking.k8s.io'], ['networkpolicies'], watchList),
    rule(
      ['policy.networking.k8s.io'],
      ['clusternetworkpolicies', 'adminnetworkpolicies', 'baselineadminnetworkpolicies'],
      watchList,
    ),
    core(['pods', 'namespaces', 'serviceaccounts'], watchList),
    core(['pods/status'], ['patch']),
    // The CNI plugin's kubeconfig.
    core(['serviceaccounts/token'], ['create'], [names.cniPlugin]),
    // The pod CIDR that kubeadm recorded.
    core(['configmaps'], ['get']),
    calico(configurationKinds, read),
    calico(['caliconodestatuses'], [...read, 'update']),
    calico(['caliconodestatuses/status'], ['update']),
    // Settings of Calico 2, migrated at start-up.
    calico(['globalbgpconfigs', 'globalfelixconfigs'], read),
    calico(
      ['clusterinformations', 'felixconfigurations', 'bgpconfigurations', 'ippools'],
      ['create', 'update'],
    ),
    calico(['tiers'], ['create']),
    core(['nodes'], read),
    calico(ipamKinds, manage),
    // confd announces the blocks of its node.
    calico(['blockaffinities'], ['watch']),
    // Addresses of virtual machines that move.
    rule(['kubevirt.io'], ['virtualmachineinstancemigrations'], read),
    ...(provider === 'OpenShift'
      ? [rule(['security.openshift.io'], ['securitycontextconstraints'], ['use'], ['privileged'])]
      : []),
  ];
}

/** What the CNI plugin does on behalf of the kubelet. */
export const cniPluginRules: readonly PolicyRule[] = [
  core(['pods', 'nodes', 'namespaces'], ['get']),
  core(['pods/status'], ['patch']),
  calico([...ipamKinds, 'clusterinformations', 'ippools', 'ipreservations'], manage),
  rule(['kubevirt.io'], ['virtualmachineinstances', 'virtualmachines'], ['get']),
];
