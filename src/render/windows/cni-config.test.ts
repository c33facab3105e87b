import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../api/installation.ts';
import { bgp, type Changes, cniOf, vxlan } from './fixtures.ts';

describe('CNI configuration', () => {
  test('of VXLAN, whole', () => {
    const { top, plugin, count } = cniOf(vxlan);
    expect([top, count]).toEqual([{ name: 'Calico', cniVersion: '0.3.1' }, 1]);
    expect(plugin).toEqual({
      type: 'calico',
      datastore_type: 'kubernetes',
      mode: 'vxlan',
      mtu: 0,
      vxlan_mac_prefix: '0E-2A',
      vxlan_vni: 4096,
      windows_use_single_network: true,
      windows_loopback_DSR: '__DSR_SUPPORT__',
      nodename: '__KUBERNETES_NODE_NAME__',
      nodename_file: '__NODENAME_FILE__',
      nodename_file_optional: true,
      log_file_path: 'c:/var/log/calico/cni/cni.log',
      log_level: 'Info',
      log_file_max_size: 100,
      log_file_max_count: 10,
      log_file_max_age: 30,
      capabilities: { dns: true },
      DNS: { Nameservers: ['10.96.0.10'], Search: ['svc.cluster.local'] },
      calico_api_group: '',
      kubernetes: { kubeconfig: 'c:/etc/cni/net.d/calico-kubeconfig' },
      policy: { type: 'k8s' },
      ipam: { type: 'calico-ipam', subnet: 'usePodCidr' },
      policies: [
        {
          Name: 'EndpointPolicy',
          Value: { Type: 'OutBoundNAT', ExceptionList: ['10.96.0.0/12', '10.200.0.0/16'] },
        },
        {
          Name: 'EndpointPolicy',
          Value: { Type: 'SDNROUTE', DestinationPrefix: '10.96.0.0/12', NeedEncap: true },
        },
        {
          Name: 'EndpointPolicy',
          Value: { Type: 'SDNROUTE', DestinationPrefix: '10.200.0.0/16', NeedEncap: true },
        },
      ],
    });
  });

  test.each<[string, InstallationSpec, object, Changes?]>([
    ['BGP', bgp, { mode: 'windows-bgp' }],
    [
      'host-local',
      { ...bgp, cni: { type: 'Calico', ipam: { type: 'HostLocal' } } },
      { mode: 'windows-bgp', ipam: { type: 'host-local', subnet: 'usePodCidr' } },
    ],
    ['MAC prefix', { ...vxlan, windowsNodes: { vxlanMACPrefix: '0A-1B' } }, { vxlan_mac_prefix: '0A-1B' }],
    ['MTU', { ...vxlan, calicoNetwork: { ...vxlan.calicoNetwork, mtu: 1400 } }, { mtu: 1400 }],
    [
      'log',
      { ...vxlan, logging: { cni: { logSeverity: 'Debug', logFileMaxSize: '1Gi' } } },
      { log_level: 'Debug', log_file_max_size: 1024 },
    ],
    [
      'directories with a drive',
      { ...vxlan, windowsNodes: { cniConfigDir: 'D:\\cni\\conf\\', cniLogDir: 'e:/logs' } },
      { kubernetes: { kubeconfig: 'D:/cni/conf/calico-kubeconfig' }, log_file_path: 'e:/logs/cni.log' },
    ],
    [
      'Calico’s plugin on EKS',
      { ...vxlan, kubernetesProvider: 'EKS', cni: { type: 'Calico' } },
      { kubernetes: { kubeconfig: 'c:/Program Files/Amazon/EKS/cni/config/calico-kubeconfig' } },
    ],
    [
      'Calico’s plugin on AKS',
      { ...vxlan, kubernetesProvider: 'AKS', cni: { type: 'Calico' } },
      { kubernetes: { kubeconfig: 'c:/k/azurecni/netconf/calico-kubeconfig' } },
    ],
    [
      'another cluster domain',
      vxlan,
      { DNS: { Nameservers: ['10.96.0.10'], Search: ['svc.example.org'] } },
      { cluster: { clusterDomain: 'example.org' } },
    ],
    [
      'the other group',
      vxlan,
      { calico_api_group: 'projectcalico.org/v3' },
      { cluster: { calicoApi: 'projectcalico.org/v3' } },
    ],
  ])('%s', (_name, spec, expected, changes = {}) => {
    expect(cniOf(spec, changes).plugin).toMatchObject(expected);
  });
});
