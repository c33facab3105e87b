import type { PolicyRule } from '../../api/kubernetes.ts';
import type { Provider } from '../../resolve/types.ts';
import { calicoRule, coreRule, openShiftNonRoot, rule } from '../shared/rules.ts';

const read = ['get', 'list', 'watch'] as const;
const listWatch = ['list', 'watch'] as const;

/** Everything that Typha fans out to the nodes. */
const distributed = [
  'bgpconfigurations',
  'bgpfilters',
  'bgppeers',
  'blockaffinities',
  'caliconodestatuses',
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

/** What Typha may do; it reads for Felix and confd, and writes what its library sets up at start. */
export function typhaRules(provider: Provider): readonly PolicyRule[] {
  return [
    rule(['discovery.k8s.io'], ['endpointslices'], listWatch),
    coreRule(['pods', 'nodes', 'namespaces'], ['get']),
    coreRule(['endpoints', 'services'], read),
    coreRule(['nodes/status'], ['patch', 'update']),
    rule(['networking.k8s.io'], ['networkpolicies'], listWatch),
    rule(
      ['policy.networking.k8s.io'],
      ['clusternetworkpolicies', 'adminnetworkpolicies', 'baselineadminnetworkpolicies'],
      listWatch,
    ),
    coreRule(['pods', 'namespaces', 'serviceaccounts'], listWatch),
    coreRule(['pods/status'], ['patch']),
    calicoRule(distributed, read),
    calicoRule(['globalbgpconfigs', 'globalfelixconfigs'], read),
    calicoRule(['clusterinformations', 'felixconfigurations', 'ippools'], ['create', 'update']),
    calicoRule(['tiers'], ['create']),
    coreRule(['nodes'], read),
    calicoRule(
      ['blockaffinities', 'ipamblocks', 'ipamhandles'],
      ['get', 'list', 'create', 'update', 'delete'],
    ),
    calicoRule(['ipamconfigurations'], ['get']),
    calicoRule(['blockaffinities'], ['watch']),
    // Addresses of virtual machines move with them.
    rule(['kubevirt.io'], ['virtualmachineinstancemigrations'], read),
    ...(provider === 'OpenShift' ? [openShiftNonRoot] : []),
  ];
}
