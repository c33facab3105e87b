import type { Container, Deployment, EnvVar, Toleration } from '../../api/kubernetes.ts';
import { calicoNamespace, names } from '../shared/names.ts';
import { platformTolerations } from '../shared/platform-tolerations.ts';
import { env, restrictedSecurityContext, tolerateControlPlane } from '../shared/pod.ts';
import { stableJson } from '../shared/hash.ts';
import { trustBundleHashes, trustBundleMounts, trustBundlePath, trustBundleVolume } from '../shared/trust.ts';
import { componentResources, progressDeadline, workload } from '../shared/workload.ts';
import type { RenderInput } from '../types.ts';

/** The API server for programs on the pod network: Services work for them, so only what a user asks for. */
function podNetworkEndpoint({ configMaps }: RenderInput): readonly EnvVar[] {
  const data = configMaps['kubernetes-services-endpoint']?.data;
  const host = data?.['KUBERNETES_SERVICE_HOST_POD_NETWORK'] ?? '';
  const port = data?.['KUBERNETES_SERVICE_PORT_POD_NETWORK'] ?? '';
  return host === '' || port === ''
    ? []
    : env({ KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port });
}

/** The user's first, then what the program needs anyway; each once. */
function tolerations({ resolved }: RenderInput): readonly Toleration[] {
  const { controlPlaneTolerations = [], kubernetesProvider } = resolved.spec;
  const all: readonly Toleration[] = [
    ...controlPlaneTolerations,
    ...tolerateControlPlane,
    { key: 'CriticalAddonsOnly', operator: 'Exists' },
    ...platformTolerations(kubernetesProvider),
  ];
  return [...new Map(all.map((toleration) => [stableJson(toleration), toleration])).values()];
}

function container(input: RenderInput): Container {
  return {
    name: names.kubeControllers,
    image: input.resolved.images.kubeControllers,
    ...componentResources(input, 'KubeControllers'),
    env: [
      ...env({
        KUBE_CONTROLLERS_CONFIG_NAME: 'default',
        DATASTORE_TYPE: 'kubernetes',
        ENABLED_CONTROLLERS: 'node,loadbalancer',
        DISABLE_KUBE_CONTROLLERS_CONFIG_API: 'false',
      }),
      ...podNetworkEndpoint(input),
      ...env({ CA_CRT_PATH: trustBundlePath }),
    ],
    securityContext: restrictedSecurityContext({ runAsUser: 999, runAsGroup: 0 }),
    livenessProbe: {
      exec: { command: ['/usr/bin/check-status', '-l'] },
      failureThreshold: 6,
      initialDelaySeconds: 10,
      timeoutSeconds: 10,
    },
    readinessProbe: { exec: { command: ['/usr/bin/check-status', '-r'] }, timeoutSeconds: 10 },
    volumeMounts: trustBundleMounts(input),
  };
}

/** The one replica: two would fight over the same addresses, so an update first stops the old one. */
export function kubeControllersDeployment(input: RenderInput): Deployment {
  const { spec } = input.resolved;
  const { metadata, spec: common } = workload(input, {
    name: names.kubeControllers,
    podAnnotations: trustBundleHashes(input),
    override: spec.calicoKubeControllersDeployment,
    podSpec: {
      serviceAccountName: names.kubeControllers,
      priorityClassName: 'system-cluster-critical',
      ...(spec.controlPlaneNodeSelector === undefined ? {} : { nodeSelector: spec.controlPlaneNodeSelector }),
      tolerations: tolerations(input),
      containers: [container(input)],
      volumes: [trustBundleVolume()],
    },
  });
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      ...common,
      replicas: 1,
      ...(common.minReadySeconds === undefined ? {} : { progressDeadlineSeconds: progressDeadline(common) }),
      strategy: { type: 'Recreate' },
      template: {
        ...common.template,
        // The reference names the template; left out, taking over its Deployment would restart the pod for nothing.
        metadata: { name: names.kubeControllers, namespace: calicoNamespace, ...common.template.metadata },
      },
    },
  };
}
