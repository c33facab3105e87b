import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../api/installation.ts';
import type { ConfigMap, Secret } from '../../api/kubernetes.ts';
import { describeRefusal } from '../../api/refusal.ts';
import { defaultSnapshot, mustResolve, type SnapshotParts } from '../testing.ts';
import { imageSetName, images, windowsImages } from '../versions.ts';
import { asksForWindows, windowsNeeds } from './needs.ts';

const spec: InstallationSpec = {
  serviceCIDRs: ['10.96.0.0/12'],
  calicoNetwork: {
    windowsDataplane: 'HNS',
    bgp: 'Disabled',
    ipPools: [{ cidr: '10.0.0.0/16', encapsulation: 'VXLAN' }],
  },
};
const endpoint: ConfigMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'kubernetes-services-endpoint' },
  data: { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '6443' },
};
const complete: SnapshotParts = {
  spec,
  configMaps: { [endpoint.metadata.name]: endpoint },
  cluster: { windows: { strictAffinity: true, dnsServers: ['10.96.0.10'] } },
};
const decide = (parts: SnapshotParts) => mustResolve(defaultSnapshot({ ...complete, ...parts })).windows;
const withNetwork = (
  calicoNetwork: InstallationSpec['calicoNetwork'],
  more: InstallationSpec = {},
): SnapshotParts => ({
  spec: { ...spec, ...more, calicoNetwork: { ...spec.calicoNetwork, ...calicoNetwork } },
});
const textsOf = (parts: SnapshotParts) => {
  const decision = decide(parts);
  return decision.kind === 'refused' ? decision.refusals.map(describeRefusal) : [];
};
const warningsOf = (parts: SnapshotParts) => {
  const decision = decide(parts);
  return 'warnings' in decision ? decision.warnings.map(({ field }) => field) : [];
};

test('on, when nothing is missing', () => {
  expect(decide({})).toEqual({
    kind: 'on',
    dnsServers: ['10.96.0.10'],
    serviceCidrs: ['10.96.0.0/12'],
    warnings: [],
  });
});

test('off, whatever is there', () => {
  expect(decide({ spec: {} })).toEqual({ kind: 'off' });
});

test('waits until the facts are read, but with the plugin of a cloud needs none', () => {
  expect(decide({ cluster: {} })).toEqual({ kind: 'waiting' });
  const azure: InstallationSpec = {
    kubernetesProvider: 'AKS',
    cni: { type: 'AzureVNET' },
    calicoNetwork: { windowsDataplane: 'HNS' },
  };
  expect(decide({ spec: azure, cluster: {} })).toMatchObject({
    kind: 'on',
    dnsServers: [],
    serviceCidrs: [],
  });
});

test('IPv6 is not for Windows', () => {
  const parts: SnapshotParts = {
    spec: { ...spec, serviceCIDRs: ['fd00:1::/112', '10.96.0.0/12'] },
    cluster: { windows: { strictAffinity: true, dnsServers: ['fd00:1::a', '10.96.0.10'] } },
  };
  expect(decide(parts)).toMatchObject({ dnsServers: ['10.96.0.10'], serviceCidrs: ['10.96.0.0/12'] });
});

describe('refused, each with its cure', () => {
  const windows = (facts: object): SnapshotParts => ({
    cluster: { windows: { strictAffinity: true, dnsServers: ['10.96.0.10'], ...facts } },
  });
  const secret = (labels: Record<string, string>): Secret => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'node-certs', labels },
  });
  const management = {
    ...spec,
    certificateManagement: {
      caCert: Buffer.from('-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----').toString('base64'),
      signerName: 'example.com/calico',
    },
  };

  test.each<[string, SnapshotParts, readonly (string | RegExp)[]]>([
    [
      'no endpoint',
      { configMaps: {} },
      [/^ConfigMap tigera-operator\/kubernetes-services-endpoint: it does not exist.*Create it with KUB/],
    ],
    [
      'an endpoint for others only',
      { configMaps: { [endpoint.metadata.name]: { ...endpoint, data: {} } } },
      ['it does not tell Windows nodes'],
    ],
    ['no Service range', { spec: { ...spec, serviceCIDRs: [] } }, ['spec.serviceCIDRs: ', '10.96.0.0/12']],
    [
      'no IPv4 Service range',
      { spec: { ...spec, serviceCIDRs: ['fd00:1::/112'] } },
      ['["fd00:1::/112"]'.replaceAll('"', '\\"')],
    ],
    [
      'an encapsulation that Windows lacks',
      withNetwork({ ipPools: [{ cidr: '10.0.0.0/16', encapsulation: 'VXLANCrossSubnet' }] }),
      ['spec.calicoNetwork.ipPools[0].encapsulation "VXLANCrossSubnet": the first IPv4 pool is 10.0.0.0/16'],
    ],
    [
      'no IPv4 pool',
      withNetwork({ ipPools: [{ cidr: 'fd00::/48', encapsulation: 'VXLAN' }] }),
      ['there is no IPv4 pool'],
    ],
    [
      'a directory that is none',
      { spec: { ...spec, windowsNodes: { cniBinDir: 'opt/cni', cniLogDir: 'c:/log/../x' } } },
      ['spec.windowsNodes.cniBinDir "opt/cni"', 'spec.windowsNodes.cniLogDir'],
    ],
    ['requested certificates', { spec: management }, ['spec.certificateManagement: ', 'node-certs']],
    [
      'no IPAMConfig',
      windows({ strictAffinity: 'absent' }),
      ['IPAMConfig default: spec.strictAffinity: the object does not exist', 'autoAllocateBlocks'],
    ],
    [
      'loose affinity',
      windows({ strictAffinity: false }),
      ['IPAMConfig default: spec.strictAffinity "false"', 'calicoctl'],
    ],
    ['an unreadable IPAMConfig', windows({ strictAffinity: 'forbidden' }), ['Apply the ClusterRole']],
    ['no DNS', windows({ dnsServers: [] }), ['Service kube-system/kube-dns: it does not exist']],
    ['no DNS of IPv4', windows({ dnsServers: ['fd00:1::a'] }), ['it has no IPv4 address']],
    [
      'no digests of the images',
      {
        imageSets: [
          {
            apiVersion: 'operator.tigera.io/v1',
            kind: 'ImageSet',
            metadata: { name: imageSetName },
            spec: {
              images: Object.values(images).map(({ name }) => ({
                image: `calico/${name}`,
                digest: `sha256:${'a'.repeat(64)}`,
              })),
            },
          },
        ],
      },
      Object.values(windowsImages).map(({ name }) => `"calico/${name}": the image is missing`),
    ],
  ])('%s', (_name, parts, says) => {
    const all = textsOf(parts).join('\n');
    for (const part of says) expect(all).toMatch(part instanceof RegExp ? part : new RegExp(escape(part)));
    expect(all).not.toBe('');
  });

  test('a pair that the user brought does for requested certificates', () => {
    const brought = { spec: management, secrets: { 'node-certs': secret({}) } };
    expect(decide(brought).kind).toBe('on');
    const own = { 'certificates.operator.tigera.io/signer': 'tigera-operator-signer' };
    expect(decide({ ...brought, secrets: { 'node-certs': secret(own) } }).kind).toBe('refused');
  });

  test('all at once, in the order of the user’s input', () => {
    const texts = textsOf({
      spec: {
        calicoNetwork: { windowsDataplane: 'HNS', ipPools: [{ cidr: '10.0.0.0/16', encapsulation: 'IPIP' }] },
      },
      configMaps: {},
      cluster: { windows: { strictAffinity: 'absent', dnsServers: [] } },
    });
    expect(texts.map((text) => text.split(': ').slice(0, 2).join(': '))).toEqual([
      'ConfigMap tigera-operator/kubernetes-services-endpoint: it does not exist, and Windows nodes have to be told where the API server is. Create it with KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT, the address of the API server as nodes reach it without Services.',
      'Installation default: spec.serviceCIDRs',
      'Installation default: spec.calicoNetwork.ipPools[0].encapsulation "IPIP"',
      'IPAMConfig default: spec.strictAffinity',
      "Service kube-system/kube-dns: it does not exist or has no cluster IP, and pods on Windows have to be told their name server. Create it in front of the cluster's DNS with a cluster IP of IPv4.",
    ]);
  });

  test('the range that kubeadm was told of is in the cure', () => {
    const kubeadmConfig: ConfigMap = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kubeadm-config' },
      data: { ClusterConfiguration: 'networking:\n  serviceSubnet: 10.32.0.0/16\n' },
    };
    const { serviceCIDRs: _, ...without } = spec;
    const parts = { spec: without, cluster: { ...complete.cluster, kubeadmConfig } };
    expect(textsOf(parts)).toEqual([expect.stringContaining('kubeadm was told 10.32.0.0/16')]);
  });
});

test.each<[string, SnapshotParts, readonly string[]]>([
  ['VXLAN beside BGP', withNetwork({ bgp: 'Enabled' }), ['spec.calicoNetwork.bgp']],
  [
    'a bare pool without BGP',
    withNetwork({ clusterRoutingMode: 'Felix', ipPools: [{ cidr: '10.0.0.0/16', encapsulation: 'None' }] }),
    ['spec.calicoNetwork.bgp'],
  ],
  [
    'host-local without BGP',
    withNetwork(
      { ipPools: [{ cidr: '10.0.0.0/16', encapsulation: 'None' }] },
      { cni: { type: 'Calico', ipam: { type: 'HostLocal' } } },
    ),
    ['spec.calicoNetwork.bgp'],
  ],
  ['FIPS', { spec: { ...spec, fipsMode: 'Enabled' } }, ['spec.fipsMode']],
  [
    'nothing with BGP and a bare pool',
    withNetwork({ bgp: 'Enabled', ipPools: [{ cidr: '10.0.0.0/16', encapsulation: 'None' }] }),
    [],
  ],
])('remarks: %s', (_name, parts, fields) => {
  expect(warningsOf(parts)).toEqual(fields);
});

test('a pool whose encapsulation was chosen before Windows was on is not changed for it', () => {
  const before = mustResolve(
    defaultSnapshot({ spec: { calicoNetwork: { ipPools: [{ cidr: '10.0.0.0/16' }] } } }),
  );
  const { spec: computed, defaulted } = before;
  const after = mustResolve(
    defaultSnapshot({
      ...complete,
      spec: { ...spec, calicoNetwork: { windowsDataplane: 'HNS', ipPools: [{ cidr: '10.0.0.0/16' }] } },
      status: { computed, defaulted },
    }),
  );
  expect([before, after].map(({ pools }) => pools[0]?.encapsulation)).toEqual(['IPIP', 'IPIP']);
  expect(after.windows.kind).toBe('refused');
});

describe('needs', () => {
  const needsOf = (given: InstallationSpec) =>
    windowsNeeds(mustResolve(defaultSnapshot({ ...complete, spec: given })).spec);

  test.each<[string, InstallationSpec, ReturnType<typeof windowsNeeds>]>([
    ['nothing while Windows is off', {}, { ipam: false }],
    ['IPAM and DNS', spec, { ipam: true, dns: { namespace: 'kube-system', name: 'kube-dns' } }],
    [
      'no IPAM with host-local',
      {
        ...spec,
        cni: { type: 'Calico', ipam: { type: 'HostLocal' } },
        calicoNetwork: { ...spec.calicoNetwork, ipPools: [{ cidr: '10.0.0.0/16', encapsulation: 'None' }] },
      },
      { ipam: false, dns: { namespace: 'kube-system', name: 'kube-dns' } },
    ],
    [
      'the DNS of OpenShift',
      { ...spec, kubernetesProvider: 'OpenShift' },
      { ipam: true, dns: { namespace: 'openshift-dns', name: 'dns-default' } },
    ],
    [
      'the DNS of RKE2',
      { ...spec, kubernetesProvider: 'RKE2' },
      { ipam: true, dns: { namespace: 'kube-system', name: 'rke2-coredns-rke2-coredns' } },
    ],
  ])('%s', (_name, given, needs) => {
    expect(needsOf(given)).toEqual(needs);
  });

  test('an overlay may ask for Windows', () => {
    const { installation } = defaultSnapshot();
    expect(asksForWindows({ installation })).toBe(false);
    expect(asksForWindows({ installation, overlay: { ...installation, spec } })).toBe(true);
  });
});

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
