/** Every field of the Installation's spec has been thought about: what its change does to pods, Calico's and the users'. */
import { expect, test } from '@jest/globals';
import type { IPPool } from '../../api/calico.ts';
import type { InstallationSpec } from '../../api/installation.ts';
import type { KubeObject } from '../../api/kubernetes.ts';
import { installationSpec } from '../../api/schema/installation/spec.ts';
import { makeAuthority } from '../../certificates/sign.ts';
import { systemGenerator } from '../../certificates/generator.ts';
import { classify } from './classify.ts';
import { specRules } from './concerns/spec-rules.ts';
import {
  apiServer,
  changedBySteps,
  changedObjects,
  decided,
  installationWith,
  moment,
  previewOf,
  settledCluster,
  stockSpec,
} from './testing.ts';

/** A change of one field, and what it is expected to mean. */
interface Sample {
  /** Default: the stock spec. */
  readonly before?: InstallationSpec;
  readonly after: InstallationSpec;
  readonly others?: readonly KubeObject[];
  /** DaemonSets and Deployments whose pods are replaced. */
  readonly rolls: readonly string[];
  /** As `severity: topic`; none: no pod of a user notices. */
  readonly concerns: readonly string[];
}

const stock = stockSpec;
const network = (calicoNetwork: NonNullable<InstallationSpec['calicoNetwork']>): InstallationSpec => ({
  calicoNetwork: { ...stock.calicoNetwork, ...calicoNetwork },
});
const withTypha: InstallationSpec = { ...stock, typha: { mode: 'Always' } };
const windows: InstallationSpec = {
  ...network({ windowsDataplane: 'HNS' }),
  serviceCIDRs: ['10.96.0.0/12'],
};
const forWindows = [
  ...apiServer,
  {
    apiVersion: 'crd.projectcalico.org/v1',
    kind: 'IPAMConfig',
    metadata: { name: 'default' },
    spec: { strictAffinity: true },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns', namespace: 'kube-system' },
    spec: { clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'] },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kubernetes-services-endpoint', namespace: 'tigera-operator' },
    data: { KUBERNETES_SERVICE_HOST: '192.168.0.1', KUBERNETES_SERVICE_PORT: '6443' },
  },
] as readonly KubeObject[];
const windowsNodes = (changes: NonNullable<InstallationSpec['windowsNodes']>): Sample => ({
  before: windows,
  after: { ...windows, windowsNodes: changes },
  others: forWindows,
  rolls: [windowsNode],
  concerns: [],
});
const [node, windowsNode, csi, typha, controllers] = [
  'calico-node',
  'calico-node-windows',
  'csi-node-driver',
  'calico-typha',
  'calico-kube-controllers',
];
const onAks: InstallationSpec = { ...stock, kubernetesProvider: 'AKS', cni: { type: 'Calico' } };
const ipip: InstallationSpec = {
  calicoNetwork: { ipPools: [{ cidr: '10.244.0.0/16', encapsulation: 'IPIP' }] },
};
const bpf: InstallationSpec = network({ linuxDataplane: 'BPF' });
const labels = { metadata: { labels: { team: 'net' } } };
const caCert = Buffer.from((await makeAuthority(moment, systemGenerator)).certificate).toString('base64');
const otherCaCert = Buffer.from((await makeAuthority(moment, systemGenerator)).certificate).toString(
  'base64',
);
const signer = { caCert, signerName: 'example.com/calico' };
const managed = (changes: Partial<NonNullable<InstallationSpec['certificateManagement']>> = {}) => ({
  ...withTypha,
  certificateManagement: { ...signer, ...changes },
});
const pullSecret = {
  apiVersion: 'v1',
  kind: 'Secret',
  type: 'kubernetes.io/dockerconfigjson',
  metadata: { name: 'pull', namespace: 'tigera-operator' },
  data: { '.dockerconfigjson': Buffer.from('{"auths":{}}').toString('base64') },
} as KubeObject;

/** A change to this spec, what it rolls, and what it means. */
const to = (
  after: InstallationSpec,
  rolls: readonly string[],
  concerns: readonly string[] = [],
  more: Pick<Sample, 'before' | 'others'> = {},
): Sample => ({ after, rolls, concerns, ...more });

/** By path: a sample, or why a change is refused or without any effect. */
const fields: Readonly<Record<string, Sample | string>> = {
  variant: 'there is one only',
  registry: to({ ...stock, registry: 'registry.example.com/' }, [node, csi, controllers]),
  imagePath: to({ ...stock, imagePath: 'mirror' }, [node, csi, controllers]),
  imagePrefix: to({ ...stock, imagePrefix: 'my-' }, [node, csi, controllers]),
  imagePullSecrets: to({ ...stock, imagePullSecrets: [{ name: 'pull' }] }, [node, csi, controllers], [], {
    others: [pullSecret],
  }),
  kubernetesProvider: to(
    { ...stock, kubernetesProvider: 'RKE2' },
    [node],
    ['note: platform', 'note: FlexVolume driver'],
  ),
  'cni.type': to(
    { cni: { type: 'AmazonVPC' } },
    [node],
    [
      'disruptive: BGP',
      'disruptive: CNI plugin',
      'disruptive: IPAM',
      'disruptive: encapsulation of default-ipv4-ippool',
      'disruptive: policy: interfaces of pods',
      'disruptive: policy: what is allowed',
      'disruptive: routing',
    ],
  ),
  'cni.ipam': to(
    { ...ipip, cni: { type: 'Calico', ipam: { type: 'HostLocal' } } },
    [node],
    ['disruptive: IPAM'],
    { before: ipip },
  ),
  'cni.binDir': to(
    { ...stock, cni: { type: 'Calico', binDir: '/opt/bin' } },
    [node],
    ['disruptive: CNI binDir'],
  ),
  'cni.confDir': to(
    { ...stock, cni: { type: 'Calico', confDir: '/etc/x' } },
    [node],
    ['disruptive: CNI confDir'],
  ),
  'calicoNetwork.linuxDataplane': to(network({ linuxDataplane: 'Nftables' }), [], ['disruptive: data plane']),
  'calicoNetwork.windowsDataplane': to({ ...windows, ...network({}) }, [], ['disruptive: Windows'], {
    before: windows,
    others: forWindows,
  }),
  'calicoNetwork.bpfNetworkBootstrap': to(
    { calicoNetwork: { ...bpf.calicoNetwork, bpfNetworkBootstrap: 'Enabled' } },
    [node],
    [],
    { before: bpf, others: apiServer },
  ),
  'calicoNetwork.kubeProxyManagement': to(network({ kubeProxyManagement: 'Enabled' }), []),
  'calicoNetwork.bgp': to(network({ bgp: 'Disabled' }), [node], ['disruptive: BGP']),
  'calicoNetwork.clusterRoutingMode': to(
    network({ clusterRoutingMode: 'Felix' }),
    [],
    ['disruptive: routing'],
  ),
  'calicoNetwork.ipPools': to(ipip, [], ['disruptive: encapsulation of default-ipv4-ippool']),
  'calicoNetwork.mtu': to(network({ mtu: 1400 }), [node], ['disruptive: MTU']),
  'calicoNetwork.nodeAddressAutodetectionV4': to(
    network({ nodeAddressAutodetectionV4: { interface: 'eth1' } }),
    [node],
    ['disruptive: node address V4'],
  ),
  'calicoNetwork.nodeAddressAutodetectionV6': to(
    network({ nodeAddressAutodetectionV6: { interface: 'eth1' } }),
    [node],
    ['disruptive: node address V6'],
    { before: network({ nodeAddressAutodetectionV6: { firstFound: true } }) },
  ),
  'calicoNetwork.hostPorts': to(network({ hostPorts: 'Disabled' }), [node], ['disruptive: host ports']),
  'calicoNetwork.multiInterfaceMode': to(network({ multiInterfaceMode: 'Multus' }), []),
  'calicoNetwork.containerIPForwarding': to(
    network({ containerIPForwarding: 'Enabled' }),
    [node],
    ['note: IP forwarding'],
  ),
  'calicoNetwork.sysctl': to(
    network({ sysctl: [{ key: 'net.ipv4.tcp_keepalive_time', value: '40' }] }),
    [node],
    ['note: sysctl'],
  ),
  'calicoNetwork.linuxPolicySetupTimeoutSeconds': to(
    network({ linuxPolicySetupTimeoutSeconds: 5 }),
    [node],
    ['note: policy setup'],
  ),
  controlPlaneNodeSelector: to({ ...stock, controlPlaneNodeSelector: { a: 'b' } }, [controllers]),
  controlPlaneTolerations: to({ ...stock, controlPlaneTolerations: [{ key: 'a', operator: 'Exists' }] }, [
    controllers,
  ]),
  controlPlaneReplicas: to({ ...stock, controlPlaneReplicas: 3 }, []),
  nodeMetricsPort: to({ ...stock, nodeMetricsPort: 9092 }, [node], ['note: nodeMetricsPort'], {
    before: { ...stock, nodeMetricsPort: 9091 },
  }),
  typhaMetricsPort: to({ ...withTypha, typhaMetricsPort: 9094 }, [typha], ['note: typhaMetricsPort'], {
    before: { ...withTypha, typhaMetricsPort: 9093 },
  }),
  flexVolumePath: to({ ...stock, flexVolumePath: '/var/flex' }, [node], ['note: FlexVolume driver']),
  kubeletVolumePluginPath: to(
    { ...stock, kubeletVolumePluginPath: '/var/other' },
    [csi],
    ['disruptive: CSI driver'],
  ),
  nodeUpdateStrategy: to({ ...stock, nodeUpdateStrategy: { rollingUpdate: { maxUnavailable: 2 } } }, []),
  'certificateManagement.caCert': to(
    managed({ caCert: otherCaCert }),
    [node, typha, controllers],
    ['note: authority'],
    { before: managed() },
  ),
  'certificateManagement.signerName': to(managed(), [node, typha, controllers], ['note: certificates'], {
    before: withTypha,
  }),
  'certificateManagement.keyAlgorithm': to(managed({ keyAlgorithm: 'RSAWithSize4096' }), [node, typha], [], {
    before: managed(),
  }),
  'certificateManagement.signatureAlgorithm': to(
    managed({ signatureAlgorithm: 'SHA512WithRSA' }),
    [node, typha],
    [],
    { before: managed() },
  ),
  tlsCipherSuites: to(
    { ...stock, tlsCipherSuites: [{ name: 'TLS_AES_256_GCM_SHA384' }] },
    [node, csi, controllers],
    ['note: TLS'],
  ),
  nonPrivileged: 'refused, whatever it was',
  fipsMode: to({ ...stock, fipsMode: 'Enabled' }, [node, csi, controllers], ['note: FIPS']),
  logging: to({ ...stock, logging: { cni: { logSeverity: 'Debug' } } }, [node]),
  'windowsNodes.cniBinDir': {
    ...windowsNodes({ cniBinDir: '/x' }),
    concerns: ['disruptive: Windows cniBinDir'],
  },
  'windowsNodes.cniConfigDir': {
    ...windowsNodes({ cniConfigDir: '/x' }),
    concerns: ['disruptive: Windows cniConfigDir'],
  },
  'windowsNodes.cniLogDir': windowsNodes({ cniLogDir: '/x' }),
  'windowsNodes.vxlanMACPrefix': {
    ...windowsNodes({ vxlanMACPrefix: '0E-2B' }),
    concerns: ['disruptive: Windows VXLAN'],
  },
  'windowsNodes.vxlanAdapter': {
    ...windowsNodes({ vxlanAdapter: 'eth1' }),
    concerns: ['disruptive: Windows VXLAN'],
  },
  serviceCIDRs: to({ ...stock, serviceCIDRs: ['10.96.0.0/12'] }, []),
  azure: to({ ...onAks, azure: { policyMode: 'Manual' } }, [], [], { before: onAks }),
  proxy: to({ ...stock, proxy: { httpsProxy: 'http://proxy.example.com:3128' } }, []),
  calicoNodeDaemonSet: to({ ...stock, calicoNodeDaemonSet: labels }, []),
  csiNodeDriverDaemonSet: to({ ...stock, csiNodeDriverDaemonSet: labels }, []),
  calicoKubeControllersDeployment: to({ ...stock, calicoKubeControllersDeployment: labels }, []),
  typhaDeployment: to({ ...withTypha, typhaDeployment: labels }, [], [], { before: withTypha }),
  calicoNodeWindowsDaemonSet: to({ ...windows, calicoNodeWindowsDaemonSet: labels }, [], [], {
    before: windows,
    others: forWindows,
  }),
  calicoWindowsUpgradeDaemonSet: 'the DaemonSet that it changed does not exist any more',
  componentResources: to(
    {
      ...stock,
      componentResources: [{ componentName: 'Node', resourceRequirements: { limits: { cpu: '1' } } }],
    },
    [node],
  ),
  typhaAffinity: to(
    {
      ...withTypha,
      typhaAffinity: {
        nodeAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 1, preference: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } },
          ],
        },
      },
    },
    [typha],
    [],
    { before: withTypha },
  ),
  typha: to(withTypha, [node], ['note: Typha']),
  deletionPolicy: 'counts when the Installation is deleted',
  hostIntegration: 'nothing reads it yet',
  imageMirrors: 'nothing reads it yet',
  reconcile: 'nothing reads it yet',
};

test.each(Object.entries(fields))('%s', async (_, sample) => {
  if (typeof sample === 'string') return;
  const { before = stock, after, others = [], rolls, concerns } = sample;
  const cluster = await settledCluster(before, others);
  const { computed, objects } = cluster;
  const installation = installationWith(after, { computed, defaulted: [] });
  const previewed = decided(await previewOf(objects, installation));
  expect(changedObjects(previewed)).toEqual(changedBySteps(previewed));
  const pools = objects.filter((object): object is IPPool => object.kind === 'IPPool');
  const verdict = classify({ ...previewed, pools });
  const rolled = verdict.changes.flatMap(({ ref, effect }) => (effect.kind === 'rolls' ? [ref.name] : []));
  expect({
    rolls: rolled.sort(),
    concerns: verdict.concerns.map(({ severity, topic }) => `${severity}: ${topic}`),
  }).toEqual({ rolls: [...rolls].sort(), concerns });
});

/** Fields of some blocks are looked at one by one. */
const blocks = ['cni', 'calicoNetwork', 'certificateManagement', 'windowsNodes'];

test('no field of the spec is left out, and none is named that does not exist', () => {
  const paths = Object.entries(installationSpec.properties).flatMap(([name, schema]) =>
    blocks.includes(name)
      ? Object.keys((schema as { readonly properties: object }).properties).map((inner) => `${name}.${inner}`)
      : [name],
  );
  expect(Object.keys(fields).sort()).toEqual(paths.sort());
});

test('every rule about a field is seen at work', () => {
  const named = Object.keys(fields);
  const unseen = specRules.filter(
    ({ field }) => !named.some((path) => field === path || field.startsWith(`${path}.`)),
  );
  expect(unseen).toEqual([]);
});
