/** Installations with Windows nodes, and ways to look at what is rendered for them. For tests. */
import type { InstallationSpec } from '../../api/installation.ts';
import type { ConfigMap, Container, DaemonSet, EnvVar } from '../../api/kubernetes.ts';
import type { ClusterFacts, Snapshot } from '../../resolve/types.ts';
import { exampleInput, exampleSnapshot, findObject, resolveOrThrow } from '../fixtures.ts';
import type { RenderInput } from '../types.ts';
import { renderWindows } from './windows.ts';

/** Windows nodes in a VXLAN network. */
export const vxlan: InstallationSpec = {
  serviceCIDRs: ['10.96.0.0/12', '10.200.0.0/16'],
  calicoNetwork: {
    windowsDataplane: 'HNS',
    bgp: 'Disabled',
    ipPools: [{ cidr: '10.0.0.0/16', encapsulation: 'VXLAN' }],
  },
};
/** Windows nodes with BGP and without encapsulation. */
export const bgp: InstallationSpec = {
  ...vxlan,
  calicoNetwork: {
    windowsDataplane: 'HNS',
    bgp: 'Enabled',
    ipPools: [{ cidr: '10.0.0.0/16', encapsulation: 'None' }],
  },
};
/** Windows nodes beside Amazon's plugin. */
export const eks: InstallationSpec = {
  kubernetesProvider: 'EKS',
  cni: { type: 'AmazonVPC' },
  calicoNetwork: { windowsDataplane: 'HNS' },
};
const endpoint: ConfigMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'kubernetes-services-endpoint' },
  data: { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '6443' },
};

/** What differs from an ordinary cluster whose facts all suit Windows. */
export interface Changes extends Partial<Omit<RenderInput, 'resolved'>> {
  readonly cluster?: Partial<ClusterFacts>;
  readonly snapshot?: Partial<Omit<Snapshot, 'cluster'>>;
}

/** Input of the renderers. */
export function inputOf(
  spec: InstallationSpec,
  { cluster, snapshot, ...changes }: Changes = {},
): RenderInput {
  const configMaps = { [endpoint.metadata.name]: endpoint };
  const whole = exampleSnapshot(spec, {
    configMaps,
    cluster: { windows: { strictAffinity: true, dnsServers: ['10.96.0.10'] }, ...cluster },
    ...snapshot,
  });
  return exampleInput(resolveOrThrow(whole), { configMaps, ...changes });
}

/** The DaemonSet and parts of it. */
export function podOf(spec: InstallationSpec, changes: Changes = {}) {
  const daemonSet = findObject<DaemonSet>(
    renderWindows(inputOf(spec, changes)),
    'DaemonSet',
    'calico-node-windows',
    'calico-system',
  );
  const template = daemonSet.spec?.template;
  const pod = template?.spec;
  const containers = [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])];
  const container = (name: string): Container | undefined => containers.find((each) => each.name === name);
  return { daemonSet, template, pod, container, names: containers.map(({ name }) => name) };
}

/** Variables by name: the value, or where it comes from. */
export const valuesOf = (variables: readonly EnvVar[] | undefined) =>
  Object.fromEntries(
    (variables ?? []).map(({ name, value, valueFrom }) => [
      name,
      value ?? valueFrom?.fieldRef?.fieldPath ?? valueFrom?.configMapKeyRef,
    ]),
  );
/** Variables of one container. */
export const envOf = (spec: InstallationSpec, changes: Changes = {}, container = 'felix') =>
  valuesOf(podOf(spec, changes).container(container)?.env);

/** The CNI configuration, read back. */
export function cniOf(spec: InstallationSpec, changes: Changes = {}) {
  const map = findObject<ConfigMap>(renderWindows(inputOf(spec, changes)), 'ConfigMap', 'cni-config-windows');
  const { plugins, ...top } = JSON.parse(map.data?.['config'] ?? '') as {
    plugins: Record<string, unknown>[];
  };
  return { top, plugin: plugins[0] ?? {}, count: plugins.length };
}
