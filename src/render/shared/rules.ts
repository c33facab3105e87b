/** Rules of roles, short enough to be read as a table. */
import type { PolicyRule } from '../../api/kubernetes.ts';
import { calicoGroups } from './names.ts';

type Words = readonly string[];

/** What may be done to resources of API groups; `resourceNames` limits it to single objects. */
export function rule(apiGroups: Words, resources: Words, verbs: Words, resourceNames?: Words): PolicyRule {
  return { apiGroups, resources, verbs, ...(resourceNames === undefined ? {} : { resourceNames }) };
}

/** On resources of the core group. */
export const coreRule = (resources: Words, verbs: Words, resourceNames?: Words): PolicyRule =>
  rule([''], resources, verbs, resourceNames);

/** On Calico's own configuration, in whichever group it lives. */
export const calicoRule = (resources: Words, verbs: Words): PolicyRule =>
  rule(calicoGroups, resources, verbs);

/** OpenShift lets pods run under a user of their own only through this security context constraint. */
export const openShiftNonRoot: PolicyRule = rule(
  ['security.openshift.io'],
  ['securitycontextconstraints'],
  ['use'],
  ['nonroot-v2'],
);

/** Verbs of those who only look. */
export const read = ['get', 'list', 'watch'] as const;

/** Verbs of those who follow everything of a kind. */
export const follow = ['list', 'watch'] as const;

/** Calico's configuration as Felix and confd read it, from the API server or through Typha. */
export const configurationKinds = [
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

/** What Calico's client for Kubernetes needs wherever it runs: in calico-node, and in Typha on behalf of it. */
export const clientRules: readonly PolicyRule[] = [
  // Policies that match Services.
  rule(['discovery.k8s.io'], ['endpointslices'], follow),
  coreRule(['pods', 'nodes', 'namespaces'], ['get']),
  // Finding Typha, and advertising Services.
  coreRule(['endpoints', 'services'], read),
  // The condition NetworkUnavailable.
  coreRule(['nodes/status'], ['patch', 'update']),
  rule(['networking.k8s.io'], ['networkpolicies'], follow),
  rule(
    ['policy.networking.k8s.io'],
    ['clusternetworkpolicies', 'adminnetworkpolicies', 'baselineadminnetworkpolicies'],
    follow,
  ),
  coreRule(['pods', 'namespaces', 'serviceaccounts'], follow),
  coreRule(['pods/status'], ['patch']),
  coreRule(['nodes'], read),
  // Settings of Calico 2, migrated at start-up.
  calicoRule(['globalbgpconfigs', 'globalfelixconfigs'], read),
  calicoRule(['tiers'], ['create']),
  // Announcing the blocks of a node.
  calicoRule(['blockaffinities'], ['watch']),
  // Addresses of virtual machines that move.
  rule(['kubevirt.io'], ['virtualmachineinstancemigrations'], read),
];
