/** What install-cni writes to Windows hosts as `10-calico.conflist`, once it has filled the placeholders in. */
import type { ConfigMap } from '../../api/kubernetes.ts';
import { cniApiGroup, cniLogSettings } from '../node/cni-config.ts';
import { felixVxlanVni } from '../shared/felix-settings.ts';
import { stableJson } from '../shared/hash.ts';
import { names } from '../shared/names.ts';
import { configMap } from '../shared/objects.ts';
import { ipamPluginType, windowsBackend } from './env.ts';
import { windowsPath } from './paths.ts';
import type { WindowsInput } from './types.ts';

/** Policies of HNS for every endpoint: what goes to Services keeps its source, and is encapsulated like pods' traffic. */
function endpointPolicies(serviceCidrs: readonly string[]): readonly object[] {
  const policy = (value: object) => ({ Name: 'EndpointPolicy', Value: value });
  return [
    policy({ Type: 'OutBoundNAT', ExceptionList: serviceCidrs }),
    ...serviceCidrs.map((cidr) => policy({ Type: 'SDNROUTE', DestinationPrefix: cidr, NeedEncap: true })),
  ];
}

function calicoPlugin({ input, windows, nodes }: WindowsInput): object {
  const { spec, cluster } = input.resolved;
  return {
    type: 'calico',
    datastore_type: 'kubernetes',
    mode: windowsBackend(spec),
    mtu: spec.calicoNetwork.mtu ?? 0,
    vxlan_mac_prefix: nodes.vxlanMACPrefix ?? '0E-2A',
    vxlan_vni: felixVxlanVni(input),
    windows_use_single_network: true,
    // Placeholders: whether the host's build can do it, and the names that only the host knows.
    windows_loopback_DSR: '__DSR_SUPPORT__',
    nodename: '__KUBERNETES_NODE_NAME__',
    nodename_file: '__NODENAME_FILE__',
    nodename_file_optional: true,
    ...cniLogSettings(input, windowsPath(nodes.cniLogDir)),
    capabilities: { dns: true },
    DNS: { Nameservers: windows.dnsServers, Search: [`svc.${cluster.clusterDomain}`] },
    calico_api_group: cniApiGroup(cluster),
    kubernetes: { kubeconfig: `${windowsPath(nodes.cniConfigDir)}/calico-kubeconfig` },
    policy: { type: 'k8s' },
    ipam: { type: ipamPluginType(spec), subnet: 'usePodCidr' },
    policies: endpointPolicies(windows.serviceCidrs),
  };
}

/** ConfigMap `cni-config-windows`; absent unless the CNI plugin is Calico's. Equal input gives equal text. */
export function windowsCniConfig(windowsInput: WindowsInput): ConfigMap | undefined {
  const { input } = windowsInput;
  if (input.resolved.spec.cni.type !== 'Calico') return undefined;
  const config = stableJson({ name: 'Calico', cniVersion: '0.3.1', plugins: [calicoPlugin(windowsInput)] });
  return configMap(input, names.cniConfigWindows, { config });
}
