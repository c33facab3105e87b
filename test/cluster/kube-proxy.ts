/** kube-proxy and the addresses of the API server, as kubeadm and the API server make them. */
import { expect } from '@jest/globals';

import type { FelixConfiguration } from '../../src/api/calico.ts';
import type { DaemonSet } from '../../src/api/kubernetes.ts';
import type { ApiClient } from '../control-plane/api-client.ts';
import type { AuditMark } from '../control-plane/audit-log.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { installationManager, operatorWrites, untilPasses } from './harness.ts';

export const felixPath = '/apis/crd.projectcalico.org/v1/felixconfigurations/default';
export const kubeProxyPath = '/apis/apps/v1/namespaces/kube-system/daemonsets/kube-proxy';
const slicePath = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes';

/** A kube-proxy with a moment between the start of a pod and its service. */
export function applyKubeProxy(api: ApiClient): Promise<unknown> {
  const labels = { 'k8s-app': 'kube-proxy' };
  return api.apply(kubeProxyPath, {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'kube-proxy', namespace: 'kube-system', labels },
    spec: {
      minReadySeconds: 6,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          tolerations: [{ operator: 'Exists' }],
          containers: [{ name: 'kube-proxy', image: 'registry.k8s.io/kube-proxy:v1.36.0' }],
        },
      },
    },
  });
}

/** The API servers behind Service `default/kubernetes`. */
export function applyApiServers(api: ApiClient, ...addresses: readonly string[]): Promise<unknown> {
  return api.apply(slicePath, {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { 'kubernetes.io/service-name': 'kubernetes' },
    },
    addressType: 'IPv4',
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
    ports: [{ name: 'https', port: 6443, protocol: 'TCP' }],
  });
}

/** Node selector by which kube-proxy is kept off every node. */
export const disableSelector = 'operator.tigera.io/disable-kube-proxy';

/** Waits until kube-proxy's node selector keeps it off every node, or off none. */
export const untilKubeProxyIs = (api: ApiClient, state: 'off' | 'on'): Promise<void> =>
  untilPasses(
    async () =>
      expect((await api.get<DaemonSet>(kubeProxyPath)).spec?.template.spec?.nodeSelector).toEqual({
        'kubernetes.io/os': 'linux',
        ...(state === 'off' ? { [disableSelector]: 'true' } : {}),
      }),
    { description: `kube-proxy to be ${state}` },
  );

/** As if the operator had written FelixConfiguration an hour ago: Felix has had its time. */
export async function ageFelixConfiguration(api: ApiClient): Promise<void> {
  const { metadata } = await api.get<FelixConfiguration>(felixPath);
  const managedFields = metadata.managedFields?.map((entry) =>
    entry.manager === installationManager
      ? {
          ...entry,
          time: new Date(Date.parse(entry.time ?? '') - 3_600_000).toISOString().replace(/\.\d+/, ''),
        }
      : entry,
  );
  // The API server passes over a write that changes nothing but times.
  const annotations = { aged: String(performance.now()) };
  await api.mergePatch(felixPath, { metadata: { annotations, managedFields } });
}

/** The operator's writes to Felix' configuration, calico-node and kube-proxy, in their order. */
export async function handOverSteps(cluster: ControlPlane, mark: AuditMark): Promise<readonly string[]> {
  return (await operatorWrites(cluster, mark))
    .filter(({ verb, code }) => ['patch', 'delete'].includes(verb) && code < 300)
    .toSorted((a, b) => (a.receivedAt < b.receivedAt ? -1 : 1))
    .map(({ verb, name, resource }) => `${verb} ${resource === 'felixconfigurations' ? 'felix' : name}`)
    .filter((step) => /(felix|calico-node|kube-proxy)$/.test(step));
}
