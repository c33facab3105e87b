/** Environment of the container calico-node. Felix lets it win over FelixConfiguration. */
import type { EnvVar } from '../../api/kubernetes.ts';
import type { EffectiveSpec } from '../../resolve/types.ts';
import { apiEndpointEnv } from '../shared/endpoint.ts';
import { defaultHealthHost, felixHealthHost, felixHealthPort } from '../shared/felix-settings.ts';
import { calicoNamespace, commonNames, names } from '../shared/names.ts';
import { env, envFromField } from '../shared/pod.ts';
import { trustBundlePath } from '../shared/trust.ts';
import type { RenderInput } from '../types.ts';
import { addressEnv } from './addresses.ts';
import { earlyNetworking } from './user-files.ts';

export type Values = Readonly<Record<string, string>>;

/** Felix parses the provider's token: the spelling matters. */
export function clusterType({ kubernetesProvider, calicoNetwork }: EffectiveSpec): string {
  const tokens: Readonly<Record<string, string>> = {
    OpenShift: 'openshift',
    EKS: 'ecs',
    GKE: 'gke',
    AKS: 'aks',
  };
  const provider = tokens[kubernetesProvider];
  return [
    'k8s',
    'operator',
    ...(provider === undefined ? [] : [provider]),
    ...(calicoNetwork.bgp === 'Enabled' ? ['bgp'] : []),
    ...(calicoNetwork.linuxDataplane === 'VPP' ? ['vpp'] : []),
  ].join(',');
}

/** How routes come to Linux nodes. */
export function networkingBackend({ cni, calicoNetwork }: EffectiveSpec): 'bird' | 'vxlan' | 'none' {
  if (calicoNetwork.bgp === 'Enabled') return calicoNetwork.linuxDataplane === 'VPP' ? 'none' : 'bird';
  return cni.type === 'Calico' && cni.ipam.type === 'Calico' ? 'vxlan' : 'none';
}

/** How Felix and confd find and trust Typha; without it they watch the API server themselves. */
export function typhaEnv({ phase, certificates }: RenderInput): Values {
  if (!phase.felixUsesTypha) return {};
  const server = certificates.pairs[names.typhaCertificate];
  const commonName = server?.commonName ?? (server?.userProvided === true ? '' : commonNames.server);
  const uriSan = server?.uriSan ?? '';
  return {
    FELIX_TYPHAK8SNAMESPACE: calicoNamespace,
    FELIX_TYPHAK8SSERVICENAME: names.typha,
    FELIX_TYPHACAFILE: trustBundlePath,
    FELIX_TYPHACERTFILE: `/${names.nodeCertificate}/tls.crt`,
    FELIX_TYPHAKEYFILE: `/${names.nodeCertificate}/tls.key`,
    ...(commonName === '' ? {} : { FELIX_TYPHACN: commonName }),
    ...(uriSan === '' ? {} : { FELIX_TYPHAURISAN: uriSan }),
  };
}

/** Variables of the data plane and of its tunnels. */
function dataplaneEnv({ kubernetesProvider, calicoNetwork, cni }: EffectiveSpec): Values {
  const { linuxDataplane, mtu = 0 } = calicoNetwork;
  return {
    ...(linuxDataplane === 'VPP'
      ? {
          FELIX_USEINTERNALDATAPLANEDRIVER: 'false',
          FELIX_DATAPLANEDRIVER: '/usr/local/bin/felix-plugins/felix-api-proxy',
          FELIX_XDPENABLED: 'false',
          ...(kubernetesProvider === 'EKS' ? { FELIX_AWSSRCDSTCHECK: 'Disable' } : {}),
        }
      : {}),
    // IPIP tunnels exist without BGP too: where Felix routes, or the pod CIDRs of host-local IPAM are routed.
    ...(mtu === 0
      ? {}
      : { FELIX_VXLANMTU: String(mtu), FELIX_WIREGUARDMTU: String(mtu), FELIX_IPINIPMTU: String(mtu) }),
    ...(cni.ipam.type === 'HostLocal' ? { USE_POD_CIDR: 'true' } : {}),
  };
}

/** Variables that let Felix live beside the plugin of a cloud. */
function cloudEnv({ kubernetesProvider, cni }: EffectiveSpec): Values {
  const hostEncryption =
    (kubernetesProvider === 'AKS' && cni.type === 'AzureVNET') ||
    (kubernetesProvider === 'EKS' && cni.type === 'AmazonVPC');
  const encryption: Values = hostEncryption ? { FELIX_WIREGUARDHOSTENCRYPTIONENABLED: 'true' } : {};
  switch (cni.type) {
    case 'Calico':
      return {};
    case 'AmazonVPC':
      return {
        ...encryption,
        FELIX_BPFEXTTOSERVICECONNMARK: '0x80',
        FELIX_INTERFACEPREFIX: 'eni',
        FELIX_IPTABLESMANGLEALLOWACTION: 'Return',
        FELIX_ROUTESOURCE: 'WorkloadIPs',
      };
    case 'GKE':
      return {
        FELIX_INTERFACEPREFIX: 'gke',
        FELIX_IPTABLESMANGLEALLOWACTION: 'Return',
        FELIX_IPTABLESFILTERALLOWACTION: 'Return',
        FELIX_ROUTESOURCE: 'WorkloadIPs',
      };
    case 'AzureVNET':
      return { ...encryption, FELIX_INTERFACEPREFIX: 'azv', FELIX_ROUTESOURCE: 'WorkloadIPs' };
  }
}

/** Metrics of Felix, where they are wanted. */
export function metricsEnv({ nodeMetricsPort }: EffectiveSpec): Values {
  return nodeMetricsPort === undefined
    ? {}
    : { FELIX_PROMETHEUSMETRICSENABLED: 'true', FELIX_PROMETHEUSMETRICSPORT: String(nodeMetricsPort) };
}

/** The readiness check inside of the container asks where this variable says, not where FelixConfiguration does. */
function healthHostEnv(input: RenderInput): Values {
  const host = felixHealthHost(input);
  // Felix wants an IPv6 address bare, the check wants it in brackets: it has to do with localhost.
  return host === defaultHealthHost || host.includes(':') ? {} : { FELIX_HEALTHHOST: host };
}

/** What calico-node has to be told on nodes of every system. `tokens`: what the cluster is, as Felix parses it. */
export function programEnv(input: RenderInput, tokens: string): readonly EnvVar[] {
  return [
    ...env({
      DATASTORE_TYPE: 'kubernetes',
      WAIT_FOR_DATASTORE: 'true',
      CLUSTER_TYPE: tokens,
      CALICO_DISABLE_FILE_LOGGING: 'false',
      FELIX_DEFAULTENDPOINTTOHOSTACTION: 'ACCEPT',
      FELIX_HEALTHENABLED: 'true',
      ...healthHostEnv(input),
      FELIX_HEALTHPORT: String(felixHealthPort(input)),
    }),
    envFromField('NODENAME', 'spec.nodeName'),
    envFromField('NAMESPACE', 'metadata.namespace'),
    ...env({
      ...typhaEnv(input),
      NO_DEFAULT_POOLS: 'true',
      CALICO_MANAGE_CNI: String(input.resolved.spec.cni.type === 'Calico'),
    }),
  ];
}

/** All variables of the container, in a stable order. */
export function nodeEnv(input: RenderInput): readonly EnvVar[] {
  const { spec } = input.resolved;
  const policyTimeout = spec.calicoNetwork.linuxPolicySetupTimeoutSeconds ?? 0;
  return [
    ...programEnv(input, clusterType(spec)),
    ...env({
      ...dataplaneEnv(spec),
      CALICO_NETWORKING_BACKEND: networkingBackend(spec),
    }),
    ...addressEnv(input.resolved),
    ...env({ ...metricsEnv(spec), ...cloudEnv(spec) }),
    ...apiEndpointEnv(input),
    ...env({
      ...(earlyNetworking(input) === undefined
        ? {}
        : { CALICO_EARLY_NETWORKING: '/etc/calico/early-networking.yaml' }),
      ...(policyTimeout > 0 ? { FELIX_ENDPOINTSTATUSPATHPREFIX: '/var/run/calico' } : {}),
    }),
  ];
}
