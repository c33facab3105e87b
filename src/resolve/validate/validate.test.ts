import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec, IPPoolSpec } from '../../api/installation.ts';
import { describeRefusal } from '../../api/refusal.ts';
import { resolve } from '../resolve.ts';
import { defaultSnapshot, installationWith, type SnapshotParts } from '../testing.ts';

const refusalsOf = (parts: SnapshotParts) => {
  const resolution = resolve(defaultSnapshot(parts));
  return resolution.kind === 'refused' ? resolution.refusals : [];
};

const fieldsOf = (spec: InstallationSpec) => refusalsOf({ spec }).map(({ field }) => field);

type Network = NonNullable<InstallationSpec['calicoNetwork']>;
const network = (calicoNetwork: Network): InstallationSpec => ({ calicoNetwork });
const pools = (...ipPools: readonly IPPoolSpec[]): InstallationSpec => network({ ipPools });
/** What only a client that goes around the CRD can say. */
const wild = (spec: unknown) => spec as InstallationSpec;
const amazon = { cni: { type: 'AmazonVPC' } } as const;
const place = 'spec.calicoNetwork.ipPools[0]';
const caCert = btoa('-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----');

describe('refused', () => {
  test.each<[string, InstallationSpec, string]>([
    ['another product', { variant: 'TigeraSecureEnterprise' }, 'spec.variant'],
    ['non-privileged mode', { nonPrivileged: 'Enabled' }, 'spec.nonPrivileged'],
    ['relative FlexVolume path', { flexVolumePath: 'volumes' }, 'spec.flexVolumePath'],
    ['relative kubelet path', { kubeletVolumePluginPath: 'kubelet' }, 'spec.kubeletVolumePluginPath'],
    ['OnDelete', { nodeUpdateStrategy: { type: 'OnDelete' } }, 'spec.nodeUpdateStrategy.type'],
    [
      'neither missing nor surplus pods',
      { nodeUpdateStrategy: { rollingUpdate: { maxUnavailable: 0 } } },
      'spec.nodeUpdateStrategy.rollingUpdate',
    ],
    [
      'missing and surplus pods',
      { nodeUpdateStrategy: { rollingUpdate: { maxUnavailable: 1, maxSurge: 1 } } },
      'spec.nodeUpdateStrategy.rollingUpdate',
    ],
    [
      'amount that is none',
      { nodeUpdateStrategy: { rollingUpdate: { maxUnavailable: 'some' } } },
      'spec.nodeUpdateStrategy.rollingUpdate.maxUnavailable',
    ],
    [
      'more surplus pods than nodes',
      { nodeUpdateStrategy: { rollingUpdate: { maxSurge: '200%' } } },
      'spec.nodeUpdateStrategy.rollingUpdate.maxSurge',
    ],
    ['no replica', { controlPlaneReplicas: 0 }, 'spec.controlPlaneReplicas'],
    [
      'control plane on Windows',
      { controlPlaneNodeSelector: { 'kubernetes.io/os': 'windows' } },
      'spec.controlPlaneNodeSelector',
    ],
    [
      'control plane on Windows, old label',
      { controlPlaneNodeSelector: { 'beta.kubernetes.io/os': 'windows' } },
      'spec.controlPlaneNodeSelector',
    ],
    ['node metrics port', { nodeMetricsPort: 70000 }, 'spec.nodeMetricsPort'],
    ['Typha metrics port', { typhaMetricsPort: 0 }, 'spec.typhaMetricsPort'],
    ['Service range', { serviceCIDRs: ['10.96.0.0'] }, 'spec.serviceCIDRs[0]'],
    ['azure elsewhere', { azure: { policyMode: 'Manual' } }, 'spec.azure'],
    ['GKE plugin elsewhere', { kubernetesProvider: 'EKS', cni: { type: 'GKE' } }, 'spec.cni.type'],
    ['Amazon plugin elsewhere', { kubernetesProvider: 'GKE', cni: { type: 'AmazonVPC' } }, 'spec.cni.type'],
    ['Azure plugin elsewhere', { kubernetesProvider: 'Kind', cni: { type: 'AzureVNET' } }, 'spec.cni.type'],
    ['unknown plugin', wild({ cni: { type: 'Flannel' } }), 'spec.cni.type'],
    ['foreign IPAM', { cni: { type: 'Calico', ipam: { type: 'AmazonVPC' } } }, 'spec.cni.ipam.type'],
    ['Calico IPAM with GKE', { cni: { type: 'GKE', ipam: { type: 'Calico' } } }, 'spec.cni.ipam.type'],
    ['relative CNI directory', { cni: { type: 'Calico', binDir: 'bin' } }, 'spec.cni.binDir'],
    [
      'log size in decimal',
      { logging: { cni: { logFileMaxSize: '100M' } } },
      'spec.logging.cni.logFileMaxSize',
    ],
    ['log size 0', { logging: { cni: { logFileMaxSize: '0Mi' } } }, 'spec.logging.cni.logFileMaxSize'],
    ['log age', { logging: { cni: { logFileMaxAgeDays: 0 } } }, 'spec.logging.cni.logFileMaxAgeDays'],
    ['log count', { logging: { cni: { logFileMaxCount: -1 } } }, 'spec.logging.cni.logFileMaxCount'],
    ['logging of a foreign plugin', { ...amazon, logging: { cni: {} } }, 'spec.logging.cni'],
    ['no range', pools({ cidr: '10.244.0.0/99' }), `${place}.cidr`],
    ['link-local range', pools({ cidr: '169.254.0.0/24' }), `${place}.cidr`],
    ['link-local range of IPv6', pools({ cidr: 'fe80::/64' }), `${place}.cidr`],
    ['name', pools({ cidr: '10.0.0.0/16', name: 'My Pool' }), `${place}.name`],
    ['IPv4 block size', pools({ cidr: '10.0.0.0/16', blockSize: 19 }), `${place}.blockSize`],
    ['IPv6 block size', pools({ cidr: 'fd00::/48', blockSize: 64 }), `${place}.blockSize`],
    ['block larger than pool', pools({ cidr: '10.0.0.0/28' }), `${place}.blockSize`],
    [
      'unknown encapsulation',
      wild(pools({ cidr: '10.0.0.0/16', encapsulation: 'GRE' as 'IPIP' })),
      `${place}.encapsulation`,
    ],
    [
      'unknown use',
      wild(pools({ cidr: '10.0.0.0/16', allowedUses: ['Workload', 'Other' as 'Tunnel'] })),
      `${place}.allowedUses`,
    ],
    [
      'unknown assignment',
      wild(pools({ cidr: '10.0.0.0/16', assignmentMode: 'Never' as 'Manual' })),
      `${place}.assignmentMode`,
    ],
    [
      'node selector of a foreign plugin',
      { ...amazon, ...pools({ cidr: '10.0.0.0/16', nodeSelector: 'a' }) },
      `${place}.nodeSelector`,
    ],
    ['IPIP on IPv6', pools({ cidr: 'fd00::/48', encapsulation: 'IPIP' }), `${place}.encapsulation`],
    [
      'IPIP without BGP',
      network({ bgp: 'Disabled', ipPools: [{ cidr: '10.0.0.0/16', encapsulation: 'IPIPCrossSubnet' }] }),
      `${place}.encapsulation`,
    ],
    [
      'no encapsulation without BGP',
      network({ bgp: 'Disabled', ipPools: [{ cidr: '10.0.0.0/16', encapsulation: 'None' }] }),
      `${place}.encapsulation`,
    ],
    [
      'VXLAN with host-local',
      {
        cni: { type: 'Calico', ipam: { type: 'HostLocal' } },
        ...pools({ cidr: '10.0.0.0/16', encapsulation: 'VXLAN' }),
      },
      `${place}.encapsulation`,
    ],
    [
      'encapsulation of a foreign plugin',
      { ...amazon, ...pools({ cidr: '10.0.0.0/16', encapsulation: 'VXLAN' }) },
      `${place}.encapsulation`,
    ],
    [
      'BGP of a foreign plugin',
      { ...amazon, ...network({ bgp: 'Enabled', ipPools: [{ cidr: '10.0.0.0/16' }] }) },
      'spec.calicoNetwork.bgp',
    ],
    [
      'two equal ranges',
      pools({ cidr: 'fd00::/48' }, { cidr: 'fd00:0::/48', name: 'b' }),
      'spec.calicoNetwork.ipPools[1].cidr',
    ],
    [
      'two equal names',
      pools({ cidr: '10.0.0.0/16', name: 'a' }, { cidr: '10.1.0.0/16', name: 'a' }),
      'spec.calicoNetwork.ipPools[1].name',
    ],
    ['no pool', pools(), 'spec.calicoNetwork.ipPools'],
    [
      'only disabled pools',
      pools({ cidr: '10.0.0.0/16', disableNewAllocations: true }),
      'spec.calicoNetwork.ipPools',
    ],
    [
      'BPF that does not find addresses',
      network({ linuxDataplane: 'BPF', nodeAddressAutodetectionV4: { firstFound: false } }),
      'spec.calicoNetwork.nodeAddressAutodetectionV4',
    ],
    [
      'two methods',
      network({ nodeAddressAutodetectionV4: { firstFound: true, interface: 'eth0' } }),
      'spec.calicoNetwork.nodeAddressAutodetectionV4',
    ],
    [
      'range to find addresses in',
      network({ nodeAddressAutodetectionV6: { cidrs: ['fd00::/64', 'fd00::/200'] } }),
      'spec.calicoNetwork.nodeAddressAutodetectionV6.cidrs[1]',
    ],
    ['VPP without BGP', network({ linuxDataplane: 'VPP', bgp: 'Disabled' }), 'spec.calicoNetwork.bgp'],
    [
      'VPP without host ports',
      network({ linuxDataplane: 'VPP', hostPorts: 'Disabled' }),
      'spec.calicoNetwork.hostPorts',
    ],
    [
      'VPP waiting for policy',
      network({ linuxDataplane: 'VPP', linuxPolicySetupTimeoutSeconds: 5 }),
      'spec.calicoNetwork.linuxPolicySetupTimeoutSeconds',
    ],
    [
      'negative wait',
      network({ linuxPolicySetupTimeoutSeconds: -1 }),
      'spec.calicoNetwork.linuxPolicySetupTimeoutSeconds',
    ],
    [
      'host ports of a foreign plugin',
      { ...amazon, ...network({ hostPorts: 'Enabled' }) },
      'spec.calicoNetwork.hostPorts',
    ],
    [
      'Multus with a foreign plugin',
      { ...amazon, ...network({ multiInterfaceMode: 'Multus' }) },
      'spec.calicoNetwork.multiInterfaceMode',
    ],
    [
      'forwarding with a foreign plugin',
      { ...amazon, ...network({ containerIPForwarding: 'Enabled' }) },
      'spec.calicoNetwork.containerIPForwarding',
    ],
    [
      'kernel parameter',
      wild(network({ sysctl: [{ key: 'kernel.pid_max' as 'net.ipv4.tcp_keepalive_time', value: '1' }] })),
      'spec.calicoNetwork.sysctl[0].key',
    ],
    ['MTU', network({ mtu: 20 }), 'spec.calicoNetwork.mtu'],
    [
      'MTU too small for IPv6',
      network({ mtu: 1000, ipPools: [{ cidr: 'fd00::/48' }] }),
      'spec.calicoNetwork.mtu',
    ],
    ['settings of absent Windows nodes', { windowsNodes: { cniLogDir: '/l' } }, 'spec.windowsNodes'],
    [
      'bootstrap without BPF',
      network({ bpfNetworkBootstrap: 'Enabled' }),
      'spec.calicoNetwork.bpfNetworkBootstrap',
    ],
    [
      'signer',
      {
        certificateManagement: {
          signerName: 'me',
          caCert,
        },
      },
      'spec.certificateManagement.signerName',
    ],
    [
      'signer without a dot, which the API server would refuse to every pod',
      { certificateManagement: { signerName: 'cluster/calico', caCert } },
      'spec.certificateManagement.signerName',
    ],
    [
      'ECDSA keys that shall sign with RSA',
      {
        certificateManagement: {
          signerName: 'a.b/c',
          caCert,
          keyAlgorithm: 'ECDSAWithCurve256',
          signatureAlgorithm: 'SHA256WithRSA',
        },
      },
      'spec.certificateManagement.signatureAlgorithm',
    ],
    [
      'authority',
      { certificateManagement: { signerName: 'a.b/c', caCert: '%%' } },
      'spec.certificateManagement.caCert',
    ],
    ['unnamed pull secret', { imagePullSecrets: [{ name: '' }] }, 'spec.imagePullSecrets[0].name'],
  ])('%s', (_name, spec, field) => {
    expect(fieldsOf(spec)).toEqual([field]);
  });

  test.each<[string, Partial<IPPoolSpec>, string]>([
    ['other uses', { allowedUses: ['LoadBalancer', 'Workload'] }, 'allowedUses'],
    ['a choice of nodes', { nodeSelector: "a == 'b'" }, 'nodeSelector'],
    ['encapsulation', { encapsulation: 'VXLAN' }, 'encapsulation'],
    ['no export', { disableBGPExport: true }, 'disableBGPExport'],
  ])('a pool for LoadBalancers with %s', (_name, fields, field) => {
    const lb: IPPoolSpec = { cidr: '10.9.0.0/16', allowedUses: ['LoadBalancer'], ...fields };
    expect(fieldsOf(pools({ cidr: '10.0.0.0/16' }, lb))).toEqual([`spec.calicoNetwork.ipPools[1].${field}`]);
  });

  test('VPP with a foreign plugin', () => {
    expect(fieldsOf({ ...amazon, ...network({ linuxDataplane: 'VPP' }) })).toEqual([
      'spec.calicoNetwork.linuxDataplane',
      'spec.calicoNetwork.bgp',
    ]);
  });
});

describe('accepted', () => {
  test.each([
    { keyAlgorithm: 'ECDSAWithCurve256' },
    { signatureAlgorithm: 'ECDSAWithSHA384' },
    { keyAlgorithm: 'ECDSAWithCurve521', signatureAlgorithm: 'ECDSAWithSHA512' },
    { keyAlgorithm: 'RSAWithSize4096', signatureAlgorithm: 'SHA512WithRSA' },
    { keyAlgorithm: '', signatureAlgorithm: '' },
  ] as const)('requests with %j', (algorithms) => {
    expect(fieldsOf({ certificateManagement: { signerName: 'a.b/c.d', caCert, ...algorithms } })).toEqual([]);
  });

  test.each<[string, InstallationSpec]>([
    [
      '"off" with a plugin that cannot do it anyway',
      {
        ...amazon,
        ...network({ hostPorts: 'Disabled', multiInterfaceMode: 'None', containerIPForwarding: 'Disabled' }),
      },
    ],
    ['MTU to be found out', network({ mtu: 0 })],
    [
      'resources of Windows containers',
      { componentResources: [{ componentName: 'FelixWindows', resourceRequirements: {} }] },
    ],
    ['Windows without what its nodes need: that stops nothing else', network({ windowsDataplane: 'HNS' })],
    [
      'what an earlier operator wrote for Windows nodes, after they are gone',
      {
        windowsNodes: {
          cniBinDir: '/opt/cni/bin',
          cniConfigDir: '/etc/cni/net.d',
          cniLogDir: '/var/log/calico/cni',
        },
      },
    ],
    [
      'IPIP without BGP where Felix routes',
      network({
        bgp: 'Disabled',
        clusterRoutingMode: 'Felix',
        ipPools: [{ cidr: '10.0.0.0/16', encapsulation: 'IPIP' }],
      }),
    ],
    ['paths None', { flexVolumePath: 'None', kubeletVolumePluginPath: 'None' }],
    ['registry without slash', { registry: 'quay.io' }],
    [
      'what Helm writes',
      {
        imagePullSecrets: [],
        kubernetesProvider: '',
        controlPlaneNodeSelector: {},
        controlPlaneTolerations: [],
        nonPrivileged: 'Disabled',
      },
    ],
    ['update by percentage', { nodeUpdateStrategy: { rollingUpdate: { maxUnavailable: '10%' } } }],
    [
      'a pool with Service ranges beside',
      { serviceCIDRs: ['10.96.0.0/12'], ...pools({ cidr: '10.244.0.0/16' }) },
    ],
  ])('%s', (_name, spec) => {
    expect(refusalsOf({ spec })).toEqual([]);
  });
});

describe('reports', () => {
  test('all mistakes at once, in stable order, each with a cure', () => {
    const spec: InstallationSpec = {
      controlPlaneReplicas: 0,
      flexVolumePath: 'x',
      ...network({ mtu: 1, ipPools: [{ cidr: 'a' }, { cidr: 'b' }, { cidr: '10.0.0.0/16', blockSize: 1 }] }),
    };
    const refusals = refusalsOf({ spec });
    expect(refusals.map(({ field }) => field)).toEqual([
      'spec.flexVolumePath',
      'spec.controlPlaneReplicas',
      `${place}.cidr`,
      'spec.calicoNetwork.ipPools[1].cidr',
      'spec.calicoNetwork.ipPools[2].blockSize',
      'spec.calicoNetwork.mtu',
    ]);
    for (const refusal of refusals) {
      expect(describeRefusal(refusal)).toMatch(/^Installation default: spec\.\S+ ".*": [^.]+.* \S+/);
    }
  });

  test('the overlay where it is the one to set the field', () => {
    const overlay = { ...installationWith({ nodeMetricsPort: 0 }), metadata: { name: 'overlay' } };
    expect(
      refusalsOf({ spec: { typhaMetricsPort: 0 }, overlay }).map(({ object, field }) => [object, field]),
    ).toEqual([
      ['Installation overlay', 'spec.nodeMetricsPort'],
      ['Installation default', 'spec.typhaMetricsPort'],
    ]);
  });

  test('an overlay may correct what is wrong beneath it', () => {
    const overlay = { ...installationWith({ nodeMetricsPort: 9091 }), metadata: { name: 'overlay' } };
    expect(refusalsOf({ spec: { nodeMetricsPort: 0 }, overlay })).toEqual([]);
  });

  test('long values cut', () => {
    const [refusal] = refusalsOf({ spec: { flexVolumePath: 'x'.repeat(500) } });
    expect(refusal?.value).toHaveLength(120);
  });

  test('a pool inside the range of Services as a remark', () => {
    const resolution = resolve(
      defaultSnapshot({ spec: { serviceCIDRs: ['10.96.0.0/12'], ...pools({ cidr: '10.100.0.0/16' }) } }),
    );
    expect(resolution).toMatchObject({
      kind: 'resolved',
      resolved: { warnings: [{ field: `${place}.cidr` }] },
    });
  });
});
