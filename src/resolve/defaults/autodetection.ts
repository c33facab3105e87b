/** Defaults of `nodeAddressAutodetectionV4` and `V6`: needed for each family that pods get addresses of. */
import type { InstallationSpec } from '../../api/installation.ts';
import { type Autodetection, compact } from '../fields.ts';
import type { Chooser, DefaultsRecord } from '../record.ts';
import type { EffectiveSpec, EnabledPool, Provider } from '../types.ts';

/** Adds the methods. The pools of the spec count before they exist in the cluster, so that one pass is enough. */
export function defaultAutodetection(
  network: EffectiveSpec['calicoNetwork'],
  provider: Provider,
  pools: readonly EnabledPool[],
  record: DefaultsRecord,
  { choose }: Chooser,
): EffectiveSpec['calicoNetwork'] {
  const recorded: InstallationSpec = record.computed;
  const has = (family: 4 | 6) => pools.some((pool) => pool.family === family);
  // BPF has to know a node's address even without pools; IPv4 is a guess that nodes of IPv6 alone would fail at.
  const bpfAlone = network.linuxDataplane === 'BPF' && pools.length === 0;
  const nodeAddressAutodetectionV4 = choose<Autodetection>('calicoNetwork.nodeAddressAutodetectionV4', {
    given: network.nodeAddressAutodetectionV4,
    recorded: recorded.calicoNetwork?.nodeAddressAutodetectionV4,
    derived: has(4) || bpfAlone ? methodForIpv4(provider) : undefined,
    fits: () => (recorded.kubernetesProvider ?? '') === provider,
  });
  const nodeAddressAutodetectionV6 = choose<Autodetection>('calicoNetwork.nodeAddressAutodetectionV6', {
    given: network.nodeAddressAutodetectionV6,
    recorded: recorded.calicoNetwork?.nodeAddressAutodetectionV6,
    derived: has(6) ? { firstFound: true } : undefined,
  });
  return compact<EffectiveSpec['calicoNetwork']>({
    ...network,
    nodeAddressAutodetectionV4,
    nodeAddressAutodetectionV6,
  });
}

function methodForIpv4(provider: Provider): Autodetection {
  switch (provider) {
    case 'DockerEnterprise':
      return { skipInterface: '^br-.*' };
    case 'EKS':
      return { canReach: '8.8.8.8' };
    default:
      return { firstFound: true };
  }
}
