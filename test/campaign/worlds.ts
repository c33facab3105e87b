/** Clusters, each with an Installation that fits: what changes of single settings start from. */
import type { InstallationSpec } from '../../src/api/installation.ts';
import type { ConfigMap, Secret } from '../../src/api/kubernetes.ts';
import { exampleSnapshot } from '../../src/render/fixtures.ts';
import type { ClusterFacts, Snapshot } from '../../src/resolve/types.ts';
import { authorities } from './authorities.ts';

/** A cluster and what its user asks for first. */
export interface World {
  readonly name: string;
  readonly spec: InstallationSpec;
  readonly cluster: Partial<ClusterFacts>;
  readonly configMaps: Snapshot['configMaps'];
}

const apiEndpoint = { host: '192.0.2.10', port: '6443' };
const world = (
  name: string,
  spec: InstallationSpec,
  cluster: Partial<ClusterFacts> = {},
  configMaps: Snapshot['configMaps'] = {},
): World => ({ name, spec, cluster, configMaps });

const endpoint: ConfigMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'kubernetes-services-endpoint', namespace: 'tigera-operator' },
  data: { KUBERNETES_SERVICE_HOST: apiEndpoint.host, KUBERNETES_SERVICE_PORT: apiEndpoint.port },
};

const typhaAlways: InstallationSpec['typha'] = { mode: 'Always' };

/** All worlds; the first that a setting has an effect in is the one that it is tried in. */
export const worlds: readonly World[] = [
  world('plain with Typha', { typha: typhaAlways }),
  world('plain', {}, { apiEndpoint }),
  world('stock', {
    calicoNetwork: { ipPools: [{ cidr: '192.168.0.0/16', encapsulation: 'VXLANCrossSubnet' }] },
  }),
  world('60 nodes', {}, { nodes: nodes(60) }),
  world(
    'dual stack without BGP',
    {
      calicoNetwork: {
        bgp: 'Disabled',
        linuxDataplane: 'Nftables',
        ipPools: [
          { cidr: '10.48.0.0/16', encapsulation: 'VXLAN' },
          { cidr: 'fd00:48::/64', encapsulation: 'VXLAN', natOutgoing: 'Enabled' },
        ],
      },
    },
    { calicoApi: 'projectcalico.org/v3' },
  ),
  world(
    'BPF',
    { calicoNetwork: { linuxDataplane: 'BPF' } },
    { apiEndpoint },
    { 'kubernetes-services-endpoint': endpoint },
  ),
  world(
    'BPF that finds the API server',
    { calicoNetwork: { linuxDataplane: 'BPF', bpfNetworkBootstrap: 'Enabled' } },
    { apiServer: { services: ['10.96.0.1:443'], endpoints: ['192.0.2.10:6443'] } },
  ),
  world(
    'Windows',
    {
      serviceCIDRs: ['10.96.0.0/12'],
      typha: typhaAlways,
      calicoNetwork: {
        bgp: 'Disabled',
        windowsDataplane: 'HNS',
        ipPools: [{ cidr: '10.48.0.0/16', encapsulation: 'VXLAN' }],
      },
    },
    {
      apiEndpoint,
      windows: { strictAffinity: true, dnsServers: ['10.96.0.10'] },
      nodes: { ...nodes(4), linux: 3, windows: 1 },
    },
    { 'kubernetes-services-endpoint': endpoint },
  ),
  world('certificates by a signer', {
    typha: typhaAlways,
    certificateManagement: { caCert: authorities.one, signerName: 'example.com/signer' },
  }),
  world('host-local', {
    cni: { type: 'Calico', ipam: { type: 'HostLocal' } },
    calicoNetwork: { ipPools: [{ cidr: '10.48.0.0/16' }] },
  }),
  world('VPP', { calicoNetwork: { linuxDataplane: 'VPP' } }),
  world('AKS', { kubernetesProvider: 'AKS' }),
  world('EKS', { typha: typhaAlways }, { detectedProvider: 'EKS', awsNode: true }),
  world('EKS with Calico', { cni: { type: 'Calico' } }, { detectedProvider: 'EKS' }),
  world('GKE', { kubernetesProvider: 'GKE' }),
  world('OpenShift', {}, { detectedProvider: 'OpenShift', openShiftClusterNetworks: ['10.128.0.0/14'] }),
  world(
    'OpenShift on AWS',
    {},
    {
      detectedProvider: 'OpenShift',
      openShiftClusterNetworks: ['10.128.0.0/14'],
      aws: { name: 'mine-x7k2p', region: 'eu-west-1', hosted: false },
    },
  ),
  world('RKE2', { kubernetesProvider: 'RKE2' }),
  world('Docker Enterprise', {
    kubernetesProvider: 'DockerEnterprise',
    calicoNetwork: { linuxDataplane: 'BPF' },
  }),
];

function nodes(count: number): ClusterFacts['nodes'] {
  return { total: count, linux: count, windows: 0, typhaCandidates: count, typhaCandidatesLinux: count };
}

const secret = (name: string, type: string): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'tigera-operator' },
  type,
  data: { '.dockerconfigjson': Buffer.from('{"auths":{}}').toString('base64') },
});

/** Secrets that every world has, by name. */
export const secrets: Snapshot['secrets'] = Object.fromEntries(
  [
    secret('pull-one', 'kubernetes.io/dockerconfigjson'),
    secret('pull-two', 'kubernetes.io/dockerconfigjson'),
    secret('wrong-type', 'Opaque'),
  ].map((each) => [each.metadata.name, each]),
);

/** What the operator gathers in a world, with its status and pools as earlier runs left them. */
export function snapshotOf(
  { cluster, configMaps }: World,
  spec: InstallationSpec,
  past: {
    readonly status?: NonNullable<Snapshot['installation']['status']>;
    readonly pools: Snapshot['pools'];
  },
): Snapshot {
  const snapshot = exampleSnapshot(spec, { cluster, configMaps, secrets, pools: past.pools });
  const { status } = past;
  return status === undefined
    ? snapshot
    : { ...snapshot, installation: { ...snapshot.installation, status } };
}
