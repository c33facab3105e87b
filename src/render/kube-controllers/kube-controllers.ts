import type { Service } from '../../api/kubernetes.ts';
import { objectMeta, standardLabels } from '../shared/metadata.ts';
import { calicoNamespace, names } from '../shared/names.ts';
import { clusterRole, clusterRoleBinding, owned, serviceAccount } from '../shared/objects.ts';
import type { DesiredObject, RenderInput } from '../types.ts';
import { kubeControllersDeployment } from './deployment.ts';
import { kubeControllersRules } from './rbac.ts';

/** Where metrics are collected; the port is the user's, in KubeControllersConfiguration `default`. */
function metricsService(input: RenderInput): Service | undefined {
  const port = input.live.kubeControllers?.spec?.prometheusMetricsPort ?? 0;
  if (port === 0) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: objectMeta(input, `${names.kubeControllers}-metrics`, {
      namespace: calicoNamespace,
      labels: standardLabels(names.kubeControllers),
      annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': String(port) },
    }),
    spec: {
      type: 'ClusterIP',
      clusterIP: 'None',
      selector: { 'k8s-app': names.kubeControllers },
      ports: [{ name: 'metrics-port', port, protocol: 'TCP', targetPort: port }],
    },
  };
}

/** calico-kube-controllers, which keeps Calico's data in step with Kubernetes'. */
export function renderKubeControllers(input: RenderInput): readonly DesiredObject[] {
  const { kubernetesProvider } = input.resolved.spec;
  const service = metricsService(input);
  const endpointController = clusterRoleBinding(input, `${names.kubeControllers}-endpoint-controller`, {
    role: 'system:controller:endpoint-controller',
    accounts: [names.kubeControllers],
  });
  return [
    owned('identity', serviceAccount(input, names.kubeControllers)),
    owned('identity', clusterRole(input, names.kubeControllers, kubeControllersRules(kubernetesProvider))),
    owned('identity', clusterRoleBinding(input, names.kubeControllers)),
    ...(kubernetesProvider === 'OpenShift' ? [owned('identity', endpointController)] : []),
    ...(service === undefined ? [] : [owned('configuration', service)]),
    owned('workload', kubeControllersDeployment(input)),
  ];
}
