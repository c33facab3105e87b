/** kube-proxy and the addresses of the API server, as kubeadm and the API server make them. */
import type { ApiClient } from '../control-plane/api-client.ts';

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
      minReadySeconds: 2,
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
