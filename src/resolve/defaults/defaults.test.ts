import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../api/installation.ts';
import { defaultSnapshot, mustResolve } from '../testing.ts';
import type { EffectiveSpec, Provider } from '../types.ts';

const specOf = (spec: InstallationSpec, cluster = {}) => mustResolve(defaultSnapshot({ spec, cluster })).spec;

describe('an empty spec', () => {
  test('on a plain cluster', () => {
    expect(specOf({})).toEqual({
      variant: 'Calico',
      kubernetesProvider: '',
      cni: { type: 'Calico', ipam: { type: 'Calico' }, binDir: '/opt/cni/bin', confDir: '/etc/cni/net.d' },
      calicoNetwork: {
        linuxDataplane: 'Iptables',
        windowsDataplane: 'Disabled',
        bgp: 'Enabled',
        hostPorts: 'Enabled',
        multiInterfaceMode: 'None',
        linuxPolicySetupTimeoutSeconds: 0,
        nodeAddressAutodetectionV4: { firstFound: true },
        ipPools: [
          {
            name: 'default-ipv4-ippool',
            cidr: '192.168.0.0/16',
            encapsulation: 'IPIP',
            natOutgoing: 'Enabled',
            nodeSelector: 'all()',
            blockSize: 26,
            allowedUses: ['Workload', 'Tunnel'],
            assignmentMode: 'Automatic',
            disableBGPExport: false,
            disableNewAllocations: false,
          },
        ],
      },
      logging: {
        cni: { logSeverity: 'Info', logFileMaxSize: '100Mi', logFileMaxAgeDays: 30, logFileMaxCount: 10 },
      },
      controlPlaneReplicas: 2,
      flexVolumePath: '/usr/libexec/kubernetes/kubelet-plugins/volume/exec/',
      kubeletVolumePluginPath: '/var/lib/kubelet',
      nodeUpdateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
      typha: { mode: 'Auto', nodeThreshold: 50, switchOffPercent: 80, switchOffAfterSeconds: 600 },
    });
  });

  test.each<[Provider, object]>([
    ['EKS', { cni: 'AmazonVPC', ipam: 'AmazonVPC', bgp: 'Disabled', pools: undefined, hostPorts: undefined }],
    [
      'GKE',
      {
        cni: 'GKE',
        ipam: 'HostLocal',
        bgp: 'Disabled',
        bin: '/home/kubernetes/bin',
        flex: '/home/kubernetes/flexvolume/',
      },
    ],
    [
      'AKS',
      {
        cni: 'AzureVNET',
        ipam: 'AzureVNET',
        bgp: 'Disabled',
        flex: '/etc/kubernetes/volumeplugins/',
        azure: { policyMode: 'Default' },
      },
    ],
    [
      'RKE2',
      {
        cni: 'Calico',
        ipam: 'Calico',
        bgp: 'Enabled',
        flex: '/var/lib/kubelet/volumeplugins/',
        azure: undefined,
      },
    ],
    ['TKG', { cni: 'Calico', bgp: 'Enabled', v4: { firstFound: true } }],
    ['Kind', { cni: 'Calico', bgp: 'Enabled', pools: ['IPIP'] }],
    ['DockerEnterprise', { cni: 'Calico', bgp: 'Enabled', v4: { skipInterface: '^br-.*' } }],
  ])('on %s', (provider, expected) => {
    const { cni, calicoNetwork, flexVolumePath, azure } = specOf({ kubernetesProvider: provider });
    expect({
      cni: cni.type,
      ipam: cni.ipam.type,
      bin: cni.binDir,
      bgp: calicoNetwork.bgp,
      hostPorts: calicoNetwork.hostPorts,
      pools: calicoNetwork.ipPools?.map((pool) => pool.encapsulation),
      v4: calicoNetwork.nodeAddressAutodetectionV4,
      flex: flexVolumePath,
      azure,
    }).toMatchObject(expected);
  });

  test('on OpenShift', () => {
    const spec = specOf({ kubernetesProvider: 'OpenShift' }, { openShiftClusterNetworks: ['10.128.0.0/14'] });
    expect(spec.cni).toMatchObject({ binDir: '/var/lib/cni/bin', confDir: '/var/run/multus/cni/net.d' });
    expect(spec.calicoNetwork.ipPools).toMatchObject([{ cidr: '10.128.0.0/14', encapsulation: 'IPIP' }]);
    expect(spec.flexVolumePath).toBe('/etc/kubernetes/kubelet-plugins/volume/exec/');
  });
});

test('EKS with Calico CNI takes a pool of its own, in VXLAN', () => {
  const { calicoNetwork } = specOf({ kubernetesProvider: 'EKS', cni: { type: 'Calico' } });
  expect(calicoNetwork).toMatchObject({
    bgp: 'Disabled',
    ipPools: [{ name: 'default-ipv4-ippool', cidr: '172.16.0.0/16', encapsulation: 'VXLAN' }],
    nodeAddressAutodetectionV4: { canReach: '8.8.8.8' },
  });
});

test.each<[Provider, string]>([
  ['', 'AmazonVPC'],
  ['EKS', 'AmazonVPC'],
  ['RKE2', 'Calico'],
])('DaemonSet aws-node on %j means CNI %s', (kubernetesProvider, type) => {
  expect(specOf({ kubernetesProvider }, { awsNode: true }).cni.type).toBe(type);
});

describe('Typha is kept off nodes that are no machines', () => {
  const requirements = (kubernetesProvider: Provider) =>
    specOf({
      kubernetesProvider,
    }).typhaAffinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms.map(
      ({ matchExpressions }) => matchExpressions,
    );

  test.each<[Provider, ReturnType<typeof requirements>]>([
    [
      'AKS',
      [
        [
          { key: 'type', operator: 'NotIn', values: ['virtual-node', 'virtual-kubelet'] },
          { key: 'kubernetes.azure.com/cluster', operator: 'Exists' },
        ],
      ],
    ],
    ['EKS', [[{ key: 'eks.amazonaws.com/compute-type', operator: 'NotIn', values: ['fargate'] }]]],
    ['GKE', undefined],
    ['', undefined],
  ])('%s', (provider, expected) => {
    expect(requirements(provider)).toEqual(expected);
  });
});

test('BPF finds addresses even without pools, and waits for no policy', () => {
  const { calicoNetwork } = specOf({ cni: { type: 'GKE' }, calicoNetwork: { linuxDataplane: 'BPF' } });
  expect(calicoNetwork.nodeAddressAutodetectionV4).toEqual({ firstFound: true });
  expect(calicoNetwork.linuxPolicySetupTimeoutSeconds).toBeUndefined();
});

test('BPF looks for no IPv4 address where there is none', () => {
  const { calicoNetwork } = specOf({
    calicoNetwork: { linuxDataplane: 'BPF', ipPools: [{ cidr: 'fd00::/48' }] },
  });
  expect(calicoNetwork.nodeAddressAutodetectionV4).toBeUndefined();
  expect(calicoNetwork.nodeAddressAutodetectionV6).toEqual({ firstFound: true });
});

test('a listed IPv6 pool brings IPv6 autodetection in the same pass, with BPF as well', () => {
  const { calicoNetwork } = specOf({
    calicoNetwork: { linuxDataplane: 'BPF', ipPools: [{ cidr: '10.0.0.0/16' }, { cidr: 'fd00::/48' }] },
  });
  expect(calicoNetwork.nodeAddressAutodetectionV6).toEqual({ firstFound: true });
});

test.each<[Provider, string]>([
  ['', '/opt/cni/bin'],
  ['AKS', '/k/azurecni/bin'],
  ['EKS', '/Program Files/Amazon/EKS/cni'],
])('directories of Windows nodes on %j', (kubernetesProvider, cniBinDir) => {
  const spec: InstallationSpec = {
    kubernetesProvider,
    serviceCIDRs: ['10.96.0.0/12'],
    calicoNetwork: { windowsDataplane: 'HNS' },
  };
  const resolved = specOf(spec, { apiEndpoint: { host: '10.0.0.1', port: '6443' } });
  expect(resolved.windowsNodes).toMatchObject({ cniBinDir, cniLogDir: '/var/log/calico/cni' });
});

test('a surge of calico-node leaves no pod missing, since the API server allows only one of them', () => {
  const strategy = specOf({ nodeUpdateStrategy: { rollingUpdate: { maxSurge: 1 } } }).nodeUpdateStrategy;
  expect(strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
});

test('what the user gives is never overwritten', () => {
  const given = {
    controlPlaneReplicas: 5,
    flexVolumePath: 'None',
    kubeletVolumePluginPath: 'None',
    calicoNetwork: { hostPorts: 'Disabled', linuxPolicySetupTimeoutSeconds: 7, bgp: 'Enabled' },
    logging: { cni: { logSeverity: 'Debug' } },
    cni: { type: 'Calico', binDir: '/b', confDir: '/c' },
  } as const satisfies InstallationSpec;
  const spec: EffectiveSpec = specOf(given);
  expect(spec).toMatchObject(given);
});
