/** Defaults of `spec.windowsNodes`. */
import type { InstallationSpec } from '../../api/installation.ts';
import type { WindowsNodesSpec } from '../fields.ts';
import type { Chooser, DefaultsRecord } from '../record.ts';
import type { Provider } from '../types.ts';

type Directories = Required<Pick<WindowsNodesSpec, 'cniBinDir' | 'cniConfigDir' | 'cniLogDir'>>;

const directoriesOf: Readonly<Partial<Record<Provider, Omit<Directories, 'cniLogDir'>>>> = {
  AKS: { cniBinDir: '/k/azurecni/bin', cniConfigDir: '/k/azurecni/netconf' },
  EKS: {
    cniBinDir: '/Program Files/Amazon/EKS/cni',
    cniConfigDir: '/Program Files/Amazon/EKS/cni/config',
  },
};

/** Where CNI plugins, their configuration and their logs are on Windows nodes of a platform. */
export function windowsDirectories(provider: Provider): Directories {
  const standard = { cniBinDir: '/opt/cni/bin', cniConfigDir: '/etc/cni/net.d' };
  return { ...(directoriesOf[provider] ?? standard), cniLogDir: '/var/log/calico/cni' };
}

/** Directories of Windows nodes, once Windows is on. */
export function defaultWindowsNodes(
  user: InstallationSpec,
  provider: Provider,
  windowsOn: boolean,
  record: DefaultsRecord,
  { choose }: Chooser,
): WindowsNodesSpec | undefined {
  const given = user.windowsNodes;
  if (!windowsOn) return given;
  const recorded = record.computed.windowsNodes;
  const derived = windowsDirectories(provider);
  const chosen = (field: keyof Directories): string =>
    choose(`windowsNodes.${field}`, {
      given: given?.[field],
      recorded: recorded?.[field],
      derived: derived[field],
      fits: () => (record.computed.kubernetesProvider ?? '') === provider,
    });
  return {
    ...given,
    cniBinDir: chosen('cniBinDir'),
    cniConfigDir: chosen('cniConfigDir'),
    cniLogDir: chosen('cniLogDir'),
  };
}
