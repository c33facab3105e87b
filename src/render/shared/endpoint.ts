/** How host-networked programs reach the API server before Services work. */
import type { EnvVar } from '../../api/kubernetes.ts';
import type { RenderInput } from '../types.ts';
import { env } from './pod.ts';

interface Endpoint {
  readonly host: string;
  readonly port: string;
}

/** The user's ConfigMap `kubernetes-services-endpoint`, else what the operator itself was given; absent if unknown. */
export function apiEndpoint(input: RenderInput): Endpoint | undefined {
  const data = input.configMaps['kubernetes-services-endpoint']?.data;
  const host = data?.['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = data?.['KUBERNETES_SERVICE_PORT'] ?? '';
  return host !== '' && port !== '' ? { host, port } : input.resolved.cluster.apiEndpoint;
}

/** The endpoint as URL; absent if unknown. */
export function apiEndpointUrl(input: RenderInput): string | undefined {
  const endpoint = apiEndpoint(input);
  if (endpoint === undefined) return undefined;
  const { host, port } = endpoint;
  const isBareIpv6 = host.includes(':') && !host.startsWith('[');
  return `https://${isBareIpv6 ? `[${host}]` : host}:${port}`;
}

/** The endpoint as variables that client libraries look for. */
export function apiEndpointEnv(input: RenderInput): readonly EnvVar[] {
  const endpoint = apiEndpoint(input);
  return endpoint === undefined
    ? []
    : env({ KUBERNETES_SERVICE_HOST: endpoint.host, KUBERNETES_SERVICE_PORT: endpoint.port });
}
