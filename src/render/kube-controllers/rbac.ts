import type { PolicyRule } from '../../api/kubernetes.ts';
import type { Provider } from '../../resolve/types.ts';
import { names } from '../shared/names.ts';
import { calicoRule, coreRule, openShiftNonRoot, read, rule } from '../shared/rules.ts';

const readWrite = ['get', 'list', 'watch', 'create', 'update', 'delete'] as const;

/** What kube-controllers may do: above all to give back addresses of nodes and pods that are gone. */
export function kubeControllersRules(provider: Provider): readonly PolicyRule[] {
  return [
    coreRule(['nodes', 'endpoints', 'services'], read),
    coreRule(['pods'], read),
    // Addresses of LoadBalancer Services.
    coreRule(['services', 'services/status'], ['get', 'list', 'update', 'watch']),
    calicoRule(['ipreservations'], ['list']),
    calicoRule(
      ['blockaffinities', 'ipamblocks', 'ipamhandles', 'networksets', 'ipamconfigurations', 'ipamconfigs'],
      readWrite,
    ),
    calicoRule(['ippools', 'ippools/status'], ['list', 'watch', 'update']),
    calicoRule(['clusterinformations'], ['get', 'create', 'update', 'list', 'watch']),
    calicoRule(['hostendpoints'], readWrite),
    calicoRule(
      ['kubecontrollersconfigurations', 'kubecontrollersconfigurations/status'],
      ['get', 'create', 'list', 'update', 'watch'],
    ),
    calicoRule(['tiers'], ['create', 'update', 'get', 'list', 'watch']),
    coreRule(['namespaces'], read),
    rule(['apps'], ['daemonsets'], ['get'], [names.node]),
    calicoRule(
      ['networkpolicies', 'globalnetworkpolicies', 'stagednetworkpolicies', 'stagedglobalnetworkpolicies'],
      readWrite,
    ),
    rule(['kubevirt.io'], ['virtualmachineinstances', 'virtualmachines'], read),
    rule(
      ['migration.projectcalico.org'],
      ['datastoremigrations', 'datastoremigrations/status'],
      ['get', 'list', 'watch', 'create', 'update', 'patch'],
    ),
    rule(['apiextensions.k8s.io'], ['customresourcedefinitions'], read),
    ...(provider === 'OpenShift' ? [openShiftNonRoot] : []),
  ];
}
