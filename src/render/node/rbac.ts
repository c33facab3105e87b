import type { PolicyRule } from '../../api/kubernetes.ts';
import type { Provider } from '../../resolve/types.ts';
import { names } from '../shared/names.ts';
import { calicoRule, clientRules, configurationKinds, coreRule, read, rule } from '../shared/rules.ts';

const ipamKinds = [
  'blockaffinities',
  'ipamblocks',
  'ipamhandles',
  'ipamconfigurations',
  'ipamconfigs',
] as const;

const manage = ['get', 'list', 'create', 'update', 'delete'] as const;

/** What Felix, confd and the start-up of calico-node do, each rule for one of their needs. */
export function nodeRules(provider: Provider): readonly PolicyRule[] {
  return [
    ...clientRules,
    // The CNI plugin's kubeconfig.
    coreRule(['serviceaccounts/token'], ['create'], [names.cniPlugin]),
    // The pod CIDR that kubeadm recorded.
    coreRule(['configmaps'], ['get']),
    calicoRule(configurationKinds, read),
    calicoRule(['caliconodestatuses'], [...read, 'update']),
    calicoRule(['caliconodestatuses/status'], ['update']),
    calicoRule(
      ['clusterinformations', 'felixconfigurations', 'bgpconfigurations', 'ippools'],
      ['create', 'update'],
    ),
    calicoRule(ipamKinds, manage),
    ...(provider === 'OpenShift'
      ? [rule(['security.openshift.io'], ['securitycontextconstraints'], ['use'], ['privileged'])]
      : []),
  ];
}

/** What the CNI plugin does on behalf of the kubelet. */
export const cniPluginRules: readonly PolicyRule[] = [
  coreRule(['pods', 'nodes', 'namespaces'], ['get']),
  coreRule(['pods/status'], ['patch']),
  calicoRule([...ipamKinds, 'clusterinformations', 'ippools', 'ipreservations'], manage),
  rule(['kubevirt.io'], ['virtualmachineinstances', 'virtualmachines'], ['get']),
];
