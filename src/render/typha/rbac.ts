import type { PolicyRule } from '../../api/kubernetes.ts';
import type { Provider } from '../../resolve/types.ts';
import { calicoRule, clientRules, configurationKinds, openShiftNonRoot, read } from '../shared/rules.ts';

/** What Typha may do; it reads for Felix and confd, and writes what its library sets up at start. */
export function typhaRules(provider: Provider): readonly PolicyRule[] {
  return [
    ...clientRules,
    calicoRule([...configurationKinds, 'caliconodestatuses'], read),
    calicoRule(['clusterinformations', 'felixconfigurations', 'ippools'], ['create', 'update']),
    calicoRule(
      ['blockaffinities', 'ipamblocks', 'ipamhandles'],
      ['get', 'list', 'create', 'update', 'delete'],
    ),
    calicoRule(['ipamconfigurations'], ['get']),
    ...(provider === 'OpenShift' ? [openShiftNonRoot] : []),
  ];
}
