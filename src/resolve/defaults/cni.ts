/** Defaults of `spec.cni`. */
import type { InstallationSpec } from '../../api/installation.ts';
import type { CniType, IpamType } from '../fields.ts';
import type { Chooser, DefaultsRecord } from '../record.ts';
import type { ClusterFacts, EffectiveSpec, Provider } from '../types.ts';

/** IPAM plugins that each CNI plugin works with; the first is the default. */
export const ipamTypesOf = {
  Calico: ['Calico', 'HostLocal'],
  GKE: ['HostLocal'],
  AmazonVPC: ['AmazonVPC'],
  AzureVNET: ['AzureVNET'],
} as const satisfies Readonly<Record<CniType, readonly IpamType[]>>;

/** Providers that each CNI plugin of a cloud works on, besides unknown ones. */
export const providerOfCni: Readonly<Partial<Record<CniType, Provider>>> = {
  GKE: 'GKE',
  AmazonVPC: 'EKS',
  AzureVNET: 'AKS',
};

/** True when the plugin can work on the provider. */
export function cniFitsProvider(type: CniType, provider: Provider): boolean {
  const home = providerOfCni[type];
  return home === undefined || provider === '' || provider === home;
}

const cniOfProvider: Readonly<Partial<Record<Provider, CniType>>> = {
  AKS: 'AzureVNET',
  EKS: 'AmazonVPC',
  GKE: 'GKE',
};

const directories: Readonly<Partial<Record<Provider, { readonly bin: string; readonly conf?: string }>>> = {
  OpenShift: { bin: '/var/lib/cni/bin', conf: '/var/run/multus/cni/net.d' },
  GKE: { bin: '/home/kubernetes/bin' },
};

/** The CNI plugin, its IPAM and its directories. */
export function defaultCni(
  user: InstallationSpec,
  provider: Provider,
  cluster: ClusterFacts,
  record: DefaultsRecord,
  { choose }: Chooser,
): EffectiveSpec['cni'] {
  const { cni: given } = user;
  const { cni: recorded, kubernetesProvider: recordedProvider } = record.computed;
  // A leftover aws-node DaemonSet says nothing on other clouds.
  const amazon = cluster.awsNode && (provider === '' || provider === 'EKS');
  const type = choose('cni.type', {
    given: given?.type,
    recorded: recorded?.type,
    derived: amazon ? 'AmazonVPC' : (cniOfProvider[provider] ?? 'Calico'),
    fits: (earlier) => cniFitsProvider(earlier, provider),
  });
  const allowed: readonly IpamType[] = Object.hasOwn(ipamTypesOf, type) ? ipamTypesOf[type] : ['Calico'];
  const ipam = choose('cni.ipam.type', {
    given: given?.ipam?.type,
    recorded: recorded?.ipam?.type,
    derived: allowed[0] ?? 'Calico',
    // Made for another plugin it would outlive that one, and going back would not lead back.
    fits: (earlier) => recorded?.type === type && allowed.includes(earlier),
  });
  const sameProvider = () => (recordedProvider ?? '') === provider;
  const binDir = choose('cni.binDir', {
    given: given?.binDir,
    recorded: recorded?.binDir,
    derived: directories[provider]?.bin ?? '/opt/cni/bin',
    fits: sameProvider,
  });
  const confDir = choose('cni.confDir', {
    given: given?.confDir,
    recorded: recorded?.confDir,
    derived: directories[provider]?.conf ?? '/etc/cni/net.d',
    fits: sameProvider,
  });
  return { type, ipam: { ...given?.ipam, type: ipam }, binDir, confDir };
}
