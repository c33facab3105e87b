import type { PodDisruptionBudget, Service } from '../../api/kubernetes.ts';
import { objectMeta } from '../shared/metadata.ts';
import { calicoNamespace, names } from '../shared/names.ts';
import { clusterRole, clusterRoleBinding, owned, serviceAccount } from '../shared/objects.ts';
import type { DesiredObject, RenderInput } from '../types.ts';
import { typhaDeployment, typhaPort } from './deployment.ts';
import { typhaRules } from './rbac.ts';

const selector = { 'k8s-app': names.typha };

function service(
  input: RenderInput,
  name: string,
  port: { number: number; target: number | string },
): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: objectMeta(input, name, { namespace: calicoNamespace }),
    spec: {
      type: 'ClusterIP',
      selector,
      ports: [{ name, port: port.number, protocol: 'TCP', targetPort: port.target }],
    },
  };
}

function disruptionBudget(input: RenderInput): PodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: objectMeta(input, names.typha, { namespace: calicoNamespace }),
    spec: { maxUnavailable: 1, selector: { matchLabels: selector } },
  };
}

/**
 * Typha, which stands between the API server and the nodes' agents; nothing while it is not deployed. Felix does not
 * run without the Typha it is told to use, so all of it goes late on deletion.
 */
export function renderTypha(input: RenderInput): readonly DesiredObject[] {
  if (!input.phase.typhaDeployed) return [];
  const { kubernetesProvider, typhaMetricsPort } = input.resolved.spec;
  const last = { teardown: 'last' } as const;
  const metrics =
    typhaMetricsPort === undefined
      ? []
      : [service(input, `${names.typha}-metrics`, { number: typhaMetricsPort, target: typhaMetricsPort })];
  return [
    owned('identity', serviceAccount(input, names.typha), last),
    owned('identity', clusterRole(input, names.typha, typhaRules(kubernetesProvider)), last),
    owned('identity', clusterRoleBinding(input, names.typha), last),
    owned('configuration', disruptionBudget(input), last),
    // Felix finds Typha by the Service's name and the port's.
    owned('configuration', service(input, names.typha, { number: typhaPort, target: names.typha }), last),
    ...metrics.map((object) => owned('configuration', object, last)),
    owned('workload', typhaDeployment(input), last),
  ];
}
