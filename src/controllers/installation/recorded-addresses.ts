/** The addresses of the API server that calico-node was last rolled out with. */
import type { DaemonSet } from '../../api/kubernetes.ts';
import { bootstrapVariables } from '../../render/node/bootstrap.ts';
import type { ApiServerAddresses } from '../../resolve/types.ts';

/** What the live DaemonSet's `ebpf-bootstrap` is given; undefined when it is given nothing. */
export function recordedAddresses(node: DaemonSet | undefined): ApiServerAddresses | undefined {
  const containers = node?.spec?.template.spec?.initContainers ?? [];
  const variables = containers.find(({ name }) => name === 'ebpf-bootstrap')?.env ?? [];
  const listOf = (name: string): readonly string[] =>
    (variables.find((variable) => variable.name === name)?.value ?? '')
      .split(',')
      .filter((text) => text !== '');
  const services = listOf(bootstrapVariables.services);
  const endpoints = listOf(bootstrapVariables.endpoints);
  return services.length === 0 || endpoints.length === 0 ? undefined : { services, endpoints };
}
