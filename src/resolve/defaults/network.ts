/** Defaults of `spec.calicoNetwork`, but for its pools and the address autodetection that follows from them. */
import type { InstallationSpec } from '../../api/installation.ts';
import { type CalicoNetworkSpec, type CniType, compact } from '../fields.ts';
import type { Chooser, DefaultsRecord } from '../record.ts';
import type { EffectiveSpec, Provider } from '../types.ts';

/** Network settings as given, completed; `ipPools` is left as given. */
export function defaultNetwork(
  user: InstallationSpec,
  provider: Provider,
  cniType: CniType,
  record: DefaultsRecord,
  { choose }: Chooser,
): EffectiveSpec['calicoNetwork'] {
  const given: CalicoNetworkSpec = user.calicoNetwork ?? {};
  const recorded: CalicoNetworkSpec = record.computed.calicoNetwork ?? {};
  const isCalico = cniType === 'Calico';
  const linuxDataplane = choose('calicoNetwork.linuxDataplane', {
    given: given.linuxDataplane,
    recorded: recorded.linuxDataplane,
    derived: 'Iptables',
  });
  const windowsDataplane = choose('calicoNetwork.windowsDataplane', {
    given: given.windowsDataplane,
    recorded: recorded.windowsDataplane,
    derived: 'Disabled',
  });
  const bgp = choose('calicoNetwork.bgp', {
    given: given.bgp,
    recorded: recorded.bgp,
    derived: isCalico && provider !== 'EKS' ? 'Enabled' : 'Disabled',
    // Decided anew with another plugin, on which the default depends.
    fits: (earlier) =>
      (record.computed.cni?.type ?? cniType) === cniType && (earlier === 'Disabled' || isCalico),
  });
  const hostPorts = choose('calicoNetwork.hostPorts', {
    given: given.hostPorts,
    recorded: recorded.hostPorts,
    derived: isCalico ? 'Enabled' : undefined,
  });
  const multiInterfaceMode = choose('calicoNetwork.multiInterfaceMode', {
    given: given.multiInterfaceMode,
    recorded: recorded.multiInterfaceMode,
    derived: isCalico ? 'None' : undefined,
  });
  const linuxPolicySetupTimeoutSeconds = choose('calicoNetwork.linuxPolicySetupTimeoutSeconds', {
    given: given.linuxPolicySetupTimeoutSeconds,
    recorded: recorded.linuxPolicySetupTimeoutSeconds,
    derived: isCalico && linuxDataplane === 'Iptables' ? 0 : undefined,
  });
  return compact<EffectiveSpec['calicoNetwork']>({
    ...given,
    linuxDataplane,
    windowsDataplane,
    bgp,
    hostPorts,
    multiInterfaceMode,
    linuxPolicySetupTimeoutSeconds,
  });
}
