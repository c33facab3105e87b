/** Environment of calico-node's containers on Windows nodes. Felix lets it win over FelixConfiguration. */
import type { EnvVar } from '../../api/kubernetes.ts';
import type { EffectiveSpec } from '../../resolve/types.ts';
import { addressEnv } from '../node/addresses.ts';
import { clusterType, metricsEnv, networkingBackend, programEnv, type Values } from '../node/env.ts';
import { apiEndpointEnv } from '../shared/endpoint.ts';
import { felixVxlanVni } from '../shared/felix-settings.ts';
import { env } from '../shared/pod.ts';
import type { RenderInput } from '../types.ts';

/** How routes come to Windows nodes, which have the system's own BGP router instead of BIRD. */
export function windowsBackend(spec: EffectiveSpec): 'windows-bgp' | 'vxlan' | 'none' {
  if (spec.calicoNetwork.bgp === 'Enabled') return 'windows-bgp';
  return networkingBackend(spec) === 'vxlan' ? 'vxlan' : 'none';
}

/** IPAM of the CNI plugin, by the name that it goes by. */
export function ipamPluginType({ cni }: Pick<EffectiveSpec, 'cni'>): 'calico-ipam' | 'host-local' {
  return cni.ipam.type === 'HostLocal' ? 'host-local' : 'calico-ipam';
}

/** HNS networks of pods, as a pattern of their names; they are the CNI plugin's. */
const podNetworks: Readonly<Partial<Record<EffectiveSpec['cni']['type'], string>>> = {
  Calico: 'Calico.*',
  AmazonVPC: 'vpc.*',
  AzureVNET: 'azure.*',
};

function pluginEnv({ cni }: EffectiveSpec): Values {
  const network = podNetworks[cni.type];
  return {
    CNI_PLUGIN_TYPE: cni.type,
    ...(network === undefined ? {} : { KUBE_NETWORK: network }),
    ...(cni.ipam.type === 'HostLocal' ? { USE_POD_CIDR: 'true' } : {}),
    ...(cni.type === 'AmazonVPC' ? { FELIX_BPFEXTTOSERVICECONNMARK: '0x80' } : {}),
    ...(cni.type === 'Calico'
      ? // The image's scripts derive USE_POD_CIDR from it.
        { CNI_IPAM_TYPE: ipamPluginType({ cni }) }
      : { FELIX_ROUTESOURCE: 'WorkloadIPs' }),
  };
}

function tunnelEnv(input: RenderInput): Values {
  const { calicoNetwork, windowsNodes } = input.resolved.spec;
  const { mtu = 0 } = calicoNetwork;
  const adapter = windowsNodes?.vxlanAdapter ?? '';
  return {
    VXLAN_VNI: String(felixVxlanVni(input)),
    ...(adapter === '' ? {} : { VXLAN_ADAPTER: adapter }),
    ...(mtu === 0 ? {} : { FELIX_VXLANMTU: String(mtu), FELIX_WIREGUARDMTU: String(mtu) }),
  };
}

/** All variables of felix, node and confd, in a stable order. */
export function windowsEnv(input: RenderInput): readonly EnvVar[] {
  const { spec } = input.resolved;
  return [
    ...programEnv(input, `${clusterType(spec)},windows`),
    ...env({
      ...pluginEnv(spec),
      CALICO_NETWORKING_BACKEND: windowsBackend(spec),
      ...tunnelEnv(input),
    }),
    ...addressEnv(input.resolved),
    ...env(metricsEnv(spec)),
    ...apiEndpointEnv(input),
  ];
}
