/** What install-cni writes to the hosts as `10-calico.conflist`. */
import type { ConfigMap } from '../../api/kubernetes.ts';
import type { ClusterFacts } from '../../resolve/types.ts';
import { apiEndpointUrl } from '../shared/endpoint.ts';
import { stableJson } from '../shared/hash.ts';
import { names } from '../shared/names.ts';
import { configMap } from '../shared/objects.ts';
import { quantityValue } from '../../api/quantity.ts';
import type { RenderInput } from '../types.ts';

const mebibyte = 1024 * 1024;

/** Which address families pods get: those of the pools that are enabled for them. */
function podFamilies(input: RenderInput): { readonly ipv4: boolean; readonly ipv6: boolean } {
  const { enabledPools } = input.resolved;
  return {
    ipv4: enabledPools.some((pool) => pool.family === 4),
    ipv6: enabledPools.some((pool) => pool.family === 6),
  };
}

function ipamPlugin(input: RenderInput) {
  const { ipv4, ipv6 } = podFamilies(input);
  if (input.resolved.spec.cni.ipam.type !== 'HostLocal') {
    return { type: 'calico-ipam', assign_ipv4: String(ipv4), assign_ipv6: String(ipv6) };
  }
  const subnets = { ipv4: 'usePodCidr', ipv6: 'usePodCidrIPv6' };
  if (ipv4 && ipv6) {
    return { type: 'host-local', ranges: [[{ subnet: subnets.ipv4 }], [{ subnet: subnets.ipv6 }]] };
  }
  return { type: 'host-local', subnet: ipv6 ? subnets.ipv6 : subnets.ipv4 };
}

/** Where the plugin writes its log, and how much of it. */
export function cniLogSettings(input: RenderInput, directory: string) {
  const settings = input.resolved.spec.logging?.cni;
  const bytes = settings?.logFileMaxSize === undefined ? undefined : quantityValue(settings.logFileMaxSize);
  // Keys without value drop out of the JSON text.
  return {
    log_file_path: `${directory}/cni.log`,
    log_level: settings?.logSeverity,
    log_file_max_size: bytes === undefined ? undefined : Math.floor(bytes / mebibyte),
    log_file_max_count: settings?.logFileMaxCount,
    log_file_max_age: settings?.logFileMaxAgeDays,
  };
}

/** The group as the plugin wants it told: empty for the one that it takes by itself. */
export function cniApiGroup({ calicoApi }: ClusterFacts): string {
  return calicoApi === 'projectcalico.org/v3' ? calicoApi : '';
}

function calicoPlugin(input: RenderInput) {
  const { spec, cluster } = input.resolved;
  const { calicoNetwork } = spec;
  return {
    type: 'calico',
    datastore_type: 'kubernetes',
    mtu: calicoNetwork.mtu ?? 0,
    nodename_file_optional: spec.kubernetesProvider === 'DockerEnterprise',
    ...cniLogSettings(input, '/var/log/calico/cni'),
    ipam: ipamPlugin(input),
    container_settings: { allow_ip_forwarding: calicoNetwork.containerIPForwarding === 'Enabled' },
    policy: { type: 'k8s' },
    policy_setup_timeout_seconds: calicoNetwork.linuxPolicySetupTimeoutSeconds ?? 0,
    endpoint_status_dir: '/var/run/calico/endpoint-status',
    calico_api_group: cniApiGroup(cluster),
    // install-cni puts the path in.
    kubernetes: { kubeconfig: '__KUBECONFIG_FILEPATH__', k8s_api_root: apiEndpointUrl(input) },
    ...(calicoNetwork.linuxDataplane === 'VPP'
      ? { dataplane_options: { type: 'grpc', socket: 'unix:///var/run/calico/cni-server.sock' } }
      : {}),
  };
}

function plugins(input: RenderInput): readonly object[] {
  const { hostPorts, sysctl } = input.resolved.spec.calicoNetwork;
  const parameters = Object.fromEntries((sysctl ?? []).map(({ key, value }) => [key, value]));
  return [
    calicoPlugin(input),
    ...(hostPorts === 'Enabled'
      ? [{ type: 'portmap', snat: true, capabilities: { portMappings: true } }]
      : []),
    ...(sysctl === undefined ? [] : [{ type: 'tuning', sysctl: parameters }]),
  ];
}

/** ConfigMap `cni-config`; absent unless the CNI plugin is Calico's. Equal input gives equal text: its hash rolls pods. */
export function cniConfig(input: RenderInput): ConfigMap | undefined {
  if (input.resolved.spec.cni.type !== 'Calico') return undefined;
  const config = stableJson({ name: 'k8s-pod-network', cniVersion: '0.3.1', plugins: plugins(input) });
  return configMap(input, names.cniConfig, { config });
}
