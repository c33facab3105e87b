/** What has to be known of the cluster before Calico can run on Windows nodes. */
import type { InstallationSpec } from '../../api/installation.ts';
import { mergeOverlay } from '../overlay.ts';
import type { EffectiveSpec, Provider, Snapshot } from '../types.ts';

/** A Service by its place. */
export interface ServicePlace {
  readonly namespace: string;
  readonly name: string;
}

/** Which facts are needed; all of them are read only while they are. */
export interface WindowsNeeds {
  /** IPAMConfig `default`. */
  readonly ipam: boolean;
  /** The cluster's DNS. */
  readonly dns?: ServicePlace;
}

const noNeeds: WindowsNeeds = { ipam: false };

/** Every Service that may be a cluster's DNS, by platform. */
export const dnsServices = {
  usual: { namespace: 'kube-system', name: 'kube-dns' },
  OpenShift: { namespace: 'openshift-dns', name: 'dns-default' },
  RKE2: { namespace: 'kube-system', name: 'rke2-coredns-rke2-coredns' },
} as const satisfies Readonly<Record<string, ServicePlace>>;

/** The Service of the cluster's DNS. */
export function dnsServiceOf(provider: Provider): ServicePlace {
  return provider === 'OpenShift' || provider === 'RKE2' ? dnsServices[provider] : dnsServices.usual;
}

/** What a spec needs: nothing while Windows is off, and with the plugins of clouds, which bring their own. */
export function windowsNeeds(
  spec: Pick<EffectiveSpec, 'cni' | 'calicoNetwork' | 'kubernetesProvider'>,
): WindowsNeeds {
  if (spec.calicoNetwork.windowsDataplane !== 'HNS' || spec.cni.type !== 'Calico') return noNeeds;
  return { ipam: spec.cni.ipam.type === 'Calico', dns: dnsServiceOf(spec.kubernetesProvider) };
}

/** Whether the user asks for Windows, overlay included; known of refused specs, too. */
export function asksForWindows({
  installation,
  overlay,
}: Pick<Snapshot, 'installation' | 'overlay'>): boolean {
  const spec: InstallationSpec = mergeOverlay(installation.spec ?? {}, overlay?.spec);
  return spec.calicoNetwork?.windowsDataplane === 'HNS';
}
