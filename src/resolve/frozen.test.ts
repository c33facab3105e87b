import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../api/installation.ts';
import { mergeOverlay } from './overlay.ts';
import { resolve } from './resolve.ts';
import { defaultSnapshot, installationWith, mustResolve, type SnapshotParts } from './testing.ts';
import type { ClusterFacts, Provider, Resolved } from './types.ts';

const statusOf = ({ spec, defaulted }: Resolved) => ({ computed: spec, defaulted });

/** The field of a spec at a path as `cni.type`. */
const at = (spec: object, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], spec);

/** An object with one field at a path. */
const only = (path: string, value: unknown): InstallationSpec =>
  path.split('.').reduceRight<unknown>((inner, step) => ({ [step]: inner }), value) as InstallationSpec;

/** Merges deeply, for building records. */
const withField = (spec: InstallationSpec, path: string, value: unknown): InstallationSpec => {
  const [head = '', ...rest] = path.split('.');
  const below = (spec as Readonly<Record<string, unknown>>)[head];
  return {
    ...spec,
    [head]: rest.length === 0 ? value : withField(below ?? {}, rest.join('.'), value),
  };
};

/**
 * Every default with a value that an earlier release, or an earlier look at the cluster, could have chosen instead; and
 * what the user can write to set it anew.
 */
const defaults: readonly (readonly [path: string, earlier: unknown, ofUser: unknown])[] = [
  ['cni.type', 'AmazonVPC', undefined],
  ['cni.ipam.type', 'HostLocal', undefined],
  ['cni.binDir', '/earlier/bin', undefined],
  ['cni.confDir', '/earlier/conf', undefined],
  ['calicoNetwork.linuxDataplane', 'Nftables', 'BPF'],
  ['calicoNetwork.bgp', 'Disabled', 'Enabled'],
  ['calicoNetwork.hostPorts', 'Disabled', 'Enabled'],
  ['calicoNetwork.multiInterfaceMode', 'Multus', 'None'],
  ['calicoNetwork.linuxPolicySetupTimeoutSeconds', 7, 1],
  ['calicoNetwork.nodeAddressAutodetectionV4', { interface: 'eth0' }, { canReach: '8.8.8.8' }],
  ['logging.cni.logSeverity', 'Debug', 'Error'],
  ['logging.cni.logFileMaxSize', '5Mi', '6Mi'],
  ['logging.cni.logFileMaxAgeDays', 5, 6],
  ['logging.cni.logFileMaxCount', 5, 6],
  ['controlPlaneReplicas', 5, 6],
  ['flexVolumePath', '/earlier/flex/', '/user/flex'],
  ['kubeletVolumePluginPath', '/earlier/kubelet', 'None'],
  ['nodeUpdateStrategy.rollingUpdate.maxUnavailable', 3, 2],
  ['typha.mode', 'Never', 'Always'],
  ['typha.nodeThreshold', 7, 8],
  ['typha.switchOffAfterSeconds', 7, 8],
  ['typha.switchOffPercent', 7, 8],
];

const stock: InstallationSpec = {
  calicoNetwork: { ipPools: [{ cidr: '10.244.0.0/16', encapsulation: 'VXLAN' }] },
};

describe.each(defaults)('the default of %s', (path, earlier, ofUser) => {
  const first = mustResolve(defaultSnapshot({ spec: stock }));
  const recorded = { computed: withField(first.spec, path, earlier), defaulted: first.defaulted };
  // A plugin of a cloud brings its own IPAM and no encapsulation along.
  const spec: InstallationSpec =
    path === 'cni.type' || path === 'cni.ipam.type'
      ? { calicoNetwork: { ipPools: [{ cidr: '10.244.0.0/16' }] } }
      : stock;

  test('is one, and is named', () => {
    expect(first.defaulted).toContain(path);
    expect(at(first.spec, path)).not.toEqual(earlier);
  });

  test('stays what it once was, in a release that chooses otherwise, and again in the pass after', () => {
    const second = mustResolve(defaultSnapshot({ spec, status: recorded }));
    expect(at(second.spec, path)).toEqual(earlier);
    expect(second.defaulted).toContain(path);
    const third = mustResolve(defaultSnapshot({ spec, status: statusOf(second) }));
    expect(third.spec).toEqual(second.spec);
    expect(third.defaulted).toEqual(second.defaulted);
  });

  test('gives way to the user, in the spec or in the overlay, and is the default again afterwards', () => {
    if (ofUser === undefined) return;
    const asked = mustResolve(
      defaultSnapshot({ spec: mergeOverlay(spec, only(path, ofUser)), status: recorded }),
    );
    expect(at(asked.spec, path)).toEqual(ofUser);
    expect(asked.defaulted).not.toContain(path);
    const overlay = { ...installationWith(only(path, ofUser)), metadata: { name: 'overlay' } };
    expect(at(mustResolve(defaultSnapshot({ spec, overlay, status: recorded })).spec, path)).toEqual(ofUser);
    const after = mustResolve(defaultSnapshot({ spec, status: statusOf(asked) }));
    expect(at(after.spec, path)).toEqual(at(first.spec, path));
  });
});

test('every default of a plain cluster is in the table above, or follows from it', () => {
  const elsewhere = [
    'calicoNetwork.ipPools',
    'calicoNetwork.windowsDataplane',
    'kubernetesProvider',
    'nodeUpdateStrategy.type',
    'variant',
  ];
  const { defaulted } = mustResolve(defaultSnapshot({ spec: stock }));
  const untold = defaulted.filter(
    (path) =>
      !defaults.some(([each]) => each === path) && !elsewhere.includes(path) && !path.includes('ipPools['),
  );
  expect(untold).toEqual([]);
});

describe('what is found out about the cluster later moves nothing', () => {
  test.each<[string, Partial<ClusterFacts>]>([
    ['a platform', { detectedProvider: 'GKE' }],
    ['another platform', { detectedProvider: 'EKS' }],
    ['DaemonSet aws-node', { awsNode: true }],
    [
      'a kubeadm-config',
      {
        kubeadmConfig: {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'kubeadm-config' },
          data: { ClusterConfiguration: 'networking: {podSubnet: 10.1.0.0/16}' },
        },
      },
    ],
    ['another version of Kubernetes', { kubernetesVersion: '1.37' }],
    ['another DNS Service', { dnsServiceAddresses: ['fd00::a'] }],
  ])('%s', (_name, cluster) => {
    const first = mustResolve(defaultSnapshot());
    const second = mustResolve(defaultSnapshot({ status: statusOf(first), cluster }));
    expect(second.spec).toEqual(first.spec);
    expect(second.defaulted).toEqual(first.defaulted);
  });

  test('and a platform that is not seen any more moves nothing either', () => {
    const first = mustResolve(defaultSnapshot({ cluster: { detectedProvider: 'GKE' } }));
    expect(first.spec).toMatchObject({ kubernetesProvider: 'GKE', cni: { type: 'GKE' } });
    expect(mustResolve(defaultSnapshot({ status: statusOf(first) })).spec).toEqual(first.spec);
  });
});

describe('with the reference these edits are refused for defaults that it has written into the spec', () => {
  const pool = { cidr: '10.244.0.0/16' };
  test.each<[string, InstallationSpec, InstallationSpec]>([
    ['another CNI plugin', {}, { cni: { type: 'AmazonVPC' } }],
    [
      'Windows off',
      {
        serviceCIDRs: ['10.96.0.0/12'],
        calicoNetwork: { windowsDataplane: 'HNS', ipPools: [{ ...pool, encapsulation: 'VXLAN' }] },
      },
      { calicoNetwork: { ipPools: [{ ...pool, encapsulation: 'VXLAN' }] } },
    ],
    ['VPP', {}, { calicoNetwork: { linuxDataplane: 'VPP' } }],
    [
      'another way to find addresses',
      {},
      { calicoNetwork: { nodeAddressAutodetectionV4: { kubernetes: 'NodeInternalIP' } } },
    ],
    [
      'BGP off',
      { calicoNetwork: { ipPools: [pool] } },
      { calicoNetwork: { bgp: 'Disabled', ipPools: [pool] } },
    ],
    ['away from AKS', { kubernetesProvider: 'AKS' }, { kubernetesProvider: 'RKE2' }],
  ])('%s', (_name, before, after) => {
    const cluster = { apiEndpoint: { host: '10.0.0.1', port: '6443' } };
    const first = mustResolve(defaultSnapshot({ spec: before, cluster }));
    expect(resolve(defaultSnapshot({ spec: after, cluster, status: statusOf(first) }))).toMatchObject({
      kind: 'resolved',
    });
  });

  test('from one cloud to another: Typha keeps off the virtual nodes of the one that it is on', () => {
    const first = mustResolve(defaultSnapshot({ spec: { kubernetesProvider: 'AKS' } }));
    const eks = defaultSnapshot({ spec: { kubernetesProvider: 'EKS' } });
    const moved = defaultSnapshot({ spec: { kubernetesProvider: 'EKS' }, status: statusOf(first) });
    expect(first.spec.typhaAffinity).toBeDefined();
    expect(mustResolve(moved).spec.typhaAffinity).toEqual(mustResolve(eks).spec.typhaAffinity);
  });

  test('from a plugin of a cloud to Calico: BGP is as with Calico from the start', () => {
    const first = mustResolve(defaultSnapshot({ spec: { cni: { type: 'AzureVNET' } } }));
    expect(first.spec.calicoNetwork.bgp).toBe('Disabled');
    const second = mustResolve(
      defaultSnapshot({ spec: { cni: { type: 'Calico' } }, status: statusOf(first) }),
    );
    expect(second.spec.calicoNetwork.bgp).toBe('Enabled');
  });
});

test('an overlay that switches Windows on gets the directories that the base would', () => {
  const parts: SnapshotParts = {
    spec: { serviceCIDRs: ['10.96.0.0/12'], ...stock },
    overlay: {
      ...installationWith({ calicoNetwork: { windowsDataplane: 'HNS' } }),
      metadata: { name: 'overlay' },
    },
    cluster: { apiEndpoint: { host: '10.0.0.1', port: '6443' } },
  };
  expect(mustResolve(defaultSnapshot(parts)).spec.windowsNodes).toMatchObject({ cniBinDir: '/opt/cni/bin' });
});

describe('shapes that users apply', () => {
  test('the manifest of Calico: a VXLAN pool, and BGP all the same', () => {
    const { spec } = mustResolve(
      defaultSnapshot({
        spec: {
          calicoNetwork: {
            ipPools: [
              {
                name: 'default-ipv4-ippool',
                blockSize: 26,
                cidr: '192.168.0.0/16',
                encapsulation: 'VXLANCrossSubnet',
                natOutgoing: 'Enabled',
                nodeSelector: 'all()',
              },
            ],
          },
        },
      }),
    );
    expect(spec.calicoNetwork).toMatchObject({
      bgp: 'Enabled',
      ipPools: [{ encapsulation: 'VXLANCrossSubnet' }],
    });
  });

  test('the manifest for OpenShift: BPF, and the pools of its Network', () => {
    const cluster = {
      detectedProvider: 'OpenShift' as Provider,
      openShiftClusterNetworks: ['10.128.0.0/14'],
    };
    const { spec } = mustResolve(
      defaultSnapshot({ spec: { variant: 'Calico', calicoNetwork: { linuxDataplane: 'BPF' } }, cluster }),
    );
    expect(spec).toMatchObject({
      kubernetesProvider: 'OpenShift',
      calicoNetwork: { ipPools: [{ cidr: '10.128.0.0/14', encapsulation: 'IPIP' }] },
    });
  });

  test('the Helm chart without values: IPIP, and no CSI driver', () => {
    const { spec } = mustResolve(
      defaultSnapshot({
        spec: {
          kubeletVolumePluginPath: 'None',
          imagePullSecrets: [],
          kubernetesProvider: '',
          controlPlaneReplicas: 2,
          controlPlaneNodeSelector: {},
          controlPlaneTolerations: [],
          nonPrivileged: 'Disabled',
        },
      }),
    );
    expect(spec).toMatchObject({
      kubeletVolumePluginPath: 'None',
      calicoNetwork: { ipPools: [{ cidr: '192.168.0.0/16', encapsulation: 'IPIP' }] },
    });
  });
});
