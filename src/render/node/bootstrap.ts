/** The init container that prepares a node for BPF. */
import type { Container } from '../../api/kubernetes.ts';
import type { ApiServerAddresses } from '../../resolve/types.ts';
import { env, mount, privilegedSecurityContext, readOnlyMount } from '../shared/pod.ts';
import type { RenderInput } from '../types.ts';

/** Names of the variables from which Services are programmed before Felix runs. Lists of `host:port`, by comma. */
export const bootstrapVariables = {
  services: 'KUBERNETES_SERVICE_IPS_PORTS',
  endpoints: 'KUBERNETES_APISERVER_ENDPOINTS',
} as const;

/** Where calico-node's phase is unknown, it is as asked for. */
function isForBpf({ phase, resolved }: RenderInput): boolean {
  return phase.dataPlane?.bpfTemplate ?? resolved.spec.calicoNetwork.linuxDataplane === 'BPF';
}

/** The spec's, or those that a switch away from BPF must keep until it is over. */
function addresses({ phase, resolved }: RenderInput): ApiServerAddresses | undefined {
  const { linuxDataplane, bpfNetworkBootstrap } = resolved.spec.calicoNetwork;
  if (linuxDataplane !== 'BPF') return phase.dataPlane?.bootstrap;
  return bpfNetworkBootstrap === 'Enabled' ? resolved.cluster.apiServer : undefined;
}

/**
 * Mounts the BPF file system and cgroup 2, and with addresses makes the Service of the API server work without
 * kube-proxy. Only the BPF data plane cannot do without: elsewhere its failure does not count.
 */
export function ebpfBootstrap(input: RenderInput): Container {
  const cgroupPath = input.live.felix?.spec?.cgroupV2Path ?? '';
  const given = addresses(input);
  const variables = env({
    ...(given === undefined
      ? {}
      : {
          [bootstrapVariables.services]: given.services.join(','),
          [bootstrapVariables.endpoints]: given.endpoints.join(','),
        }),
    ...(cgroupPath === '' ? {} : { CALICO_CGROUP_PATH: cgroupPath }),
  });
  return {
    name: 'ebpf-bootstrap',
    image: input.resolved.images.node,
    imagePullPolicy: 'IfNotPresent',
    securityContext: privilegedSecurityContext,
    command: ['calico-node', '-init', ...(isForBpf(input) ? [] : ['-best-effort'])],
    ...(variables.length === 0 ? {} : { env: variables }),
    volumeMounts: [
      mount('sys-fs', '/sys/fs', { mountPropagation: 'Bidirectional' }),
      mount('var-run-calico', '/var/run/calico', { mountPropagation: 'Bidirectional' }),
      readOnlyMount('nodeproc', '/nodeproc'),
    ],
  };
}
