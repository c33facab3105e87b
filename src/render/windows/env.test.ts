import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../api/installation.ts';
import { bgp, eks, envOf, podOf, valuesOf, vxlan } from './fixtures.ts';

describe('environment', () => {
  const always = {
    DATASTORE_TYPE: 'kubernetes',
    WAIT_FOR_DATASTORE: 'true',
    CALICO_DISABLE_FILE_LOGGING: 'false',
    FELIX_DEFAULTENDPOINTTOHOSTACTION: 'ACCEPT',
    FELIX_HEALTHENABLED: 'true',
    FELIX_HEALTHPORT: '9099',
    NODENAME: 'spec.nodeName',
    NAMESPACE: 'metadata.namespace',
    NO_DEFAULT_POOLS: 'true',
    VXLAN_VNI: '4096',
    IP: 'autodetect',
    IP_AUTODETECTION_METHOD: 'first-found',
    IP6: 'none',
    FELIX_IPV6SUPPORT: 'false',
    KUBERNETES_SERVICE_HOST: '10.0.0.1',
    KUBERNETES_SERVICE_PORT: '6443',
  };

  test.each([
    [
      'VXLAN',
      vxlan,
      {
        ...always,
        CLUSTER_TYPE: 'k8s,operator,windows',
        CALICO_MANAGE_CNI: 'true',
        CNI_PLUGIN_TYPE: 'Calico',
        CNI_IPAM_TYPE: 'calico-ipam',
        KUBE_NETWORK: 'Calico.*',
        CALICO_NETWORKING_BACKEND: 'vxlan',
      },
    ],
    [
      'BGP',
      bgp,
      {
        ...always,
        CLUSTER_TYPE: 'k8s,operator,bgp,windows',
        CALICO_MANAGE_CNI: 'true',
        CNI_PLUGIN_TYPE: 'Calico',
        CNI_IPAM_TYPE: 'calico-ipam',
        KUBE_NETWORK: 'Calico.*',
        CALICO_NETWORKING_BACKEND: 'windows-bgp',
      },
    ],
    [
      'host-local without BGP',
      {
        ...vxlan,
        cni: { type: 'Calico', ipam: { type: 'HostLocal' } },
        calicoNetwork: { ...vxlan.calicoNetwork, ipPools: [{ cidr: '10.0.0.0/16', encapsulation: 'None' }] },
      },
      {
        ...always,
        CLUSTER_TYPE: 'k8s,operator,windows',
        CALICO_MANAGE_CNI: 'true',
        CNI_PLUGIN_TYPE: 'Calico',
        CNI_IPAM_TYPE: 'host-local',
        USE_POD_CIDR: 'true',
        KUBE_NETWORK: 'Calico.*',
        CALICO_NETWORKING_BACKEND: 'none',
      },
    ],
  ] satisfies [string, InstallationSpec, object][])('%s', (_name, spec, expected) => {
    const { container } = podOf(spec);
    expect(valuesOf(container('felix')?.env)).toEqual(expected);
    expect(container('node')?.env).toEqual(container('felix')?.env);
    if (container('confd') !== undefined) expect(container('confd')?.env).toEqual(container('felix')?.env);
  });

  test.each([
    [eks, 'vpc.*', 'AmazonVPC', 'k8s,operator,ecs,windows', '0x80'],
    [
      { ...eks, kubernetesProvider: 'AKS', cni: { type: 'AzureVNET' } },
      'azure.*',
      'AzureVNET',
      'k8s,operator,aks,windows',
      undefined,
    ],
  ] as [InstallationSpec, string, string, string, string | undefined][])(
    'with a cloud’s plugin: %j',
    (spec, network, plugin, cluster, mark) => {
      const env = envOf(spec);
      expect(env).toMatchObject({
        CLUSTER_TYPE: cluster,
        CALICO_MANAGE_CNI: 'false',
        CNI_PLUGIN_TYPE: plugin,
        KUBE_NETWORK: network,
        CALICO_NETWORKING_BACKEND: 'none',
        FELIX_ROUTESOURCE: 'WorkloadIPs',
      });
      expect(env['FELIX_BPFEXTTOSERVICECONNMARK']).toBe(mark);
      const linuxOnly = ['FELIX_INTERFACEPREFIX', 'FELIX_IPTABLESMANGLEALLOWACTION', 'CNI_IPAM_TYPE'];
      for (const name of [...linuxOnly, 'FELIX_WIREGUARDHOSTENCRYPTIONENABLED'])
        expect(env[name]).toBeUndefined();
    },
  );

  test('follows the settings of tunnels, metrics, health and TLS', () => {
    const env = envOf(
      {
        ...bgp,
        calicoNetwork: { ...bgp.calicoNetwork, mtu: 1400 },
        windowsNodes: { vxlanAdapter: 'Ethernet 2' },
        nodeMetricsPort: 9091,
        tlsCipherSuites: [{ name: 'TLS_AES_128_GCM_SHA256' }],
      },
      {
        live: {
          felix: {
            apiVersion: 'crd.projectcalico.org/v1',
            kind: 'FelixConfiguration',
            metadata: { name: 'default' },
            spec: { healthPort: 9199, vxlanVNI: 4097 },
          },
        },
      },
    );
    expect(env).toMatchObject({
      FELIX_VXLANMTU: '1400',
      FELIX_WIREGUARDMTU: '1400',
      VXLAN_ADAPTER: 'Ethernet 2',
      VXLAN_VNI: '4097',
      FELIX_HEALTHPORT: '9199',
      FELIX_PROMETHEUSMETRICSENABLED: 'true',
      FELIX_PROMETHEUSMETRICSPORT: '9091',
      TLS_CIPHER_SUITES: 'TLS_AES_128_GCM_SHA256',
    });
    expect(env['FELIX_IPINIPMTU']).toBeUndefined();
  });

  test('the network identifier is that of the platform', () => {
    expect(envOf({ ...vxlan, kubernetesProvider: 'DockerEnterprise' })['VXLAN_VNI']).toBe('10000');
  });

  test('Felix is pointed at Typha while Linux is', () => {
    const typha = { phase: { typhaDeployed: true, felixUsesTypha: true } };
    expect(envOf(vxlan, typha)).toMatchObject({
      FELIX_TYPHAK8SNAMESPACE: 'calico-system',
      FELIX_TYPHAK8SSERVICENAME: 'calico-typha',
      FELIX_TYPHACAFILE: '/etc/pki/tls/certs/tigera-ca-bundle.crt',
      FELIX_TYPHACERTFILE: '/node-certs/tls.crt',
      FELIX_TYPHAKEYFILE: '/node-certs/tls.key',
      FELIX_TYPHACN: 'typha-server',
    });
    expect(envOf(vxlan)['FELIX_TYPHAK8SSERVICENAME']).toBeUndefined();
  });

  test('all containers know where Calico’s configuration lives', () => {
    const { pod } = podOf(bgp, { cluster: { calicoApi: 'projectcalico.org/v3' } });
    for (const { env } of [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])]) {
      expect(valuesOf(env)['CALICO_API_GROUP']).toBe('projectcalico.org/v3');
    }
  });

  test('of install-cni', () => {
    expect(envOf(vxlan, {}, 'install-cni')).toEqual({
      CNI_BIN_DIR: '/host/opt/cni/bin',
      CNI_CONF_NAME: '10-calico.conflist',
      SLEEP: 'false',
      CNI_NET_DIR: '/etc/cni/net.d',
      CNI_PLUGIN_TYPE: 'Calico',
      KUBERNETES_DNS_SERVERS: '10.96.0.10',
      KUBERNETES_SERVICE_CIDRS: '10.96.0.0/12,10.200.0.0/16',
      VXLAN_VNI: '4096',
      CNI_NETWORK_CONFIG: { name: 'cni-config-windows', key: 'config' },
      KUBERNETES_NODE_NAME: 'spec.nodeName',
      KUBERNETES_SERVICE_HOST: '10.0.0.1',
      KUBERNETES_SERVICE_PORT: '6443',
    });
    expect(envOf(vxlan, {}, 'uninstall-calico')).toEqual({
      CNI_PLUGIN_TYPE: 'Calico',
      CNI_NET_DIR: '/host/etc/cni/net.d',
    });
  });
});
