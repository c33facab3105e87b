import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../api/installation.ts';
import type { ClusterRoleBinding, ConfigMap, Deployment, Service } from '../../api/kubernetes.ts';
import { findObject, inputFor } from '../fixtures.ts';
import { renderKubeControllers } from './kube-controllers.ts';

type Changes = NonNullable<Parameters<typeof inputFor>[1]>;

const rendered = (spec: InstallationSpec = {}, changes: Changes = {}) =>
  renderKubeControllers(inputFor(spec, changes));

const deployment = (...parameters: Parameters<typeof rendered>): Deployment =>
  findObject<Deployment>(rendered(...parameters), 'Deployment', 'calico-kube-controllers');

const podSpec = (...parameters: Parameters<typeof rendered>) => deployment(...parameters).spec?.template.spec;

const withMetricsPort = (prometheusMetricsPort: number): Changes => ({
  live: {
    kubeControllers: {
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'KubeControllersConfiguration',
      metadata: { name: 'default' },
      spec: { controllers: {}, prometheusMetricsPort },
    },
  },
});

test('everything is owned and goes with the Installation, the workload after what it needs', () => {
  expect(
    rendered().map(
      ({ object, stage, ownership, teardown }) =>
        `${stage} ${object.kind} ${ownership} ${teardown ?? 'first'}`,
    ),
  ).toEqual([
    'identity ServiceAccount owned first',
    'identity ClusterRole owned first',
    'identity ClusterRoleBinding owned first',
    'workload Deployment owned first',
  ]);
});

test('there is one replica, and never two at once', () => {
  expect(deployment({ controlPlaneReplicas: 3 }).spec).toMatchObject({
    replicas: 1,
    strategy: { type: 'Recreate' },
  });
});

describe('metrics', () => {
  test('get a Service on the port of the live configuration', () => {
    const service = findObject<Service>(
      rendered({}, withMetricsPort(9094)),
      'Service',
      'calico-kube-controllers-metrics',
    );
    expect(service.metadata).toMatchObject({
      labels: { 'k8s-app': 'calico-kube-controllers' },
      annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9094' },
    });
    expect(service.spec).toEqual({
      type: 'ClusterIP',
      clusterIP: 'None',
      selector: { 'k8s-app': 'calico-kube-controllers' },
      ports: [{ name: 'metrics-port', port: 9094, protocol: 'TCP', targetPort: 9094 }],
    });
  });

  test.each([{}, withMetricsPort(0)])('get none where metrics are off', (changes) => {
    expect(rendered({}, changes).map(({ object }) => object.kind)).not.toContain('Service');
  });
});

test('the API server is reached over the Service, unless the user says otherwise for the pod network', () => {
  const endpoint = (data: Readonly<Record<string, string>>): Changes => {
    const configMap: ConfigMap = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kubernetes-services-endpoint' },
      data,
    };
    return { configMaps: { [configMap.metadata.name]: configMap } };
  };
  const variables = (changes: Changes) =>
    (
      podSpec({}, { ...changes, cluster: { apiEndpoint: { host: '10.0.0.1', port: '6443' } } })?.containers[0]
        ?.env ?? []
    ).flatMap(({ name, value }) => (name.startsWith('KUBERNETES_') ? [`${name}=${value ?? ''}`] : []));
  expect(variables({})).toEqual([]);
  expect(variables(endpoint({ KUBERNETES_SERVICE_HOST: '1.1.1.1', KUBERNETES_SERVICE_PORT: '443' }))).toEqual(
    [],
  );
  expect(variables(endpoint({ KUBERNETES_SERVICE_HOST_POD_NETWORK: '1.1.1.1' }))).toEqual([]);
  expect(
    variables(
      endpoint({
        KUBERNETES_SERVICE_HOST_POD_NETWORK: '1.1.1.1',
        KUBERNETES_SERVICE_PORT_POD_NETWORK: '443',
      }),
    ),
  ).toEqual(['KUBERNETES_SERVICE_HOST=1.1.1.1', 'KUBERNETES_SERVICE_PORT=443']);
});

describe('placement', () => {
  const needed = [
    { effect: 'NoSchedule', key: 'node-role.kubernetes.io/master' },
    { effect: 'NoSchedule', key: 'node-role.kubernetes.io/control-plane' },
    { key: 'CriticalAddonsOnly', operator: 'Exists' },
  ];

  test("follows the user's control plane, each toleration once", () => {
    const infra = { key: 'infra', operator: 'Exists' };
    const spec: InstallationSpec = {
      controlPlaneNodeSelector: { role: 'infra' },
      controlPlaneTolerations: [infra, { operator: 'Exists', key: 'CriticalAddonsOnly' }],
    };
    expect(podSpec(spec)?.nodeSelector).toEqual({ role: 'infra', 'kubernetes.io/os': 'linux' });
    expect(podSpec(spec)?.tolerations).toHaveLength(4);
    expect(podSpec(spec)?.tolerations).toEqual(expect.arrayContaining([infra, ...needed]));
  });

  test('is on any node that a control plane runs on by default', () => {
    expect(podSpec()?.tolerations).toEqual(needed);
    expect(podSpec({ kubernetesProvider: 'GKE' })?.tolerations).toContainEqual(
      expect.objectContaining({ key: 'kubernetes.io/arch' }),
    );
  });
});

test('resources come from the override, else from componentResources', () => {
  const deprecated: InstallationSpec = {
    componentResources: [
      { componentName: 'KubeControllers', resourceRequirements: { requests: { cpu: '100m' } } },
    ],
  };
  const both: InstallationSpec = {
    ...deprecated,
    calicoKubeControllersDeployment: {
      spec: {
        template: {
          spec: {
            containers: [{ name: 'calico-kube-controllers', resources: { requests: { cpu: '200m' } } }],
          },
        },
      },
    },
  };
  expect(podSpec()?.containers[0]?.resources).toBeUndefined();
  expect(podSpec(deprecated)?.containers[0]?.resources).toEqual({ requests: { cpu: '100m' } });
  expect(podSpec(both)?.containers[0]?.resources).toEqual({ requests: { cpu: '200m' } });
});

test('pods roll when trust changes', () => {
  expect(deployment().spec?.template.metadata?.annotations).toEqual(
    expect.objectContaining({
      'tigera-operator.hash.operator.tigera.io/tigera-ca-private': 'hash-of-tigera-ca-private',
    }),
  );
});

test('an override cannot take the name from the template that the reference gave it', () => {
  const spec: InstallationSpec = {
    calicoKubeControllersDeployment: {
      spec: { template: { metadata: { labels: { team: 'net' }, annotations: { note: 'yes' } } } },
    },
  };
  expect(deployment(spec).spec?.template.metadata).toMatchObject({
    name: 'calico-kube-controllers',
    namespace: 'calico-system',
    labels: { team: 'net', 'k8s-app': 'calico-kube-controllers' },
    annotations: { note: 'yes' },
  });
});

test('OpenShift: the account may also keep endpoints', () => {
  const binding = findObject<ClusterRoleBinding>(
    rendered(
      { kubernetesProvider: 'OpenShift' },
      { cluster: { openShiftClusterNetworks: ['10.128.0.0/14'] } },
    ),
    'ClusterRoleBinding',
    'calico-kube-controllers-endpoint-controller',
  );
  expect(binding.roleRef.name).toBe('system:controller:endpoint-controller');
  expect(binding.subjects).toEqual([
    { kind: 'ServiceAccount', name: 'calico-kube-controllers', namespace: 'calico-system' },
  ]);
});
