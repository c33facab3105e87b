import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../api/installation.ts';
import type { ClusterRole, Deployment, EnvVar, PodDisruptionBudget, Service } from '../../api/kubernetes.ts';
import type { KeyPair } from '../../api/key-pair.ts';
import { exampleCertificates, exampleKeyPair, findObject, inputFor } from '../fixtures.ts';
import type { RenderInput } from '../types.ts';
import { renderTypha } from './typha.ts';

type Changes = NonNullable<Parameters<typeof inputFor>[1]>;

const openShift = {
  spec: { kubernetesProvider: 'OpenShift' } satisfies InstallationSpec,
  changes: { cluster: { openShiftClusterNetworks: ['10.128.0.0/14'] } } satisfies Changes,
};

const typhaInput = (spec: InstallationSpec = {}, changes: Changes = {}): RenderInput =>
  inputFor({ typha: { mode: 'Always' }, ...spec }, changes);

const deployment = (spec?: InstallationSpec, changes?: Changes): Deployment =>
  findObject<Deployment>(renderTypha(typhaInput(spec, changes)), 'Deployment', 'calico-typha');

const podSpec = (...parameters: Parameters<typeof deployment>) =>
  deployment(...parameters).spec?.template.spec;

const container = (...parameters: Parameters<typeof deployment>) => podSpec(...parameters)?.containers[0];

const environment = (...parameters: Parameters<typeof deployment>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (container(...parameters)?.env ?? []).map(({ name, value }: EnvVar) => [name, value ?? '']),
  );

const withNodeCertificate = (changes: Partial<KeyPair>): Changes => ({
  certificates: {
    ...exampleCertificates,
    pairs: { ...exampleCertificates.pairs, 'node-certs': exampleKeyPair('node-certs', changes) },
  },
});

test('nothing is rendered while Typha is not deployed', () => {
  const phase = { typhaDeployed: false, felixUsesTypha: false };
  expect(renderTypha(typhaInput({}, { phase }))).toEqual([]);
});

test('public roots, which come with the image of the operator, restart no Typha', () => {
  const certificates = { ...exampleCertificates, systemRoots: 'other roots' };
  expect(deployment({}, { certificates })).toEqual(deployment());
});

test('identities come before configuration, configuration before the workload, and all of it leaves last', () => {
  expect(
    renderTypha(typhaInput({ typhaMetricsPort: 9093 })).map(
      ({ object, stage, ownership, teardown }) =>
        `${stage} ${object.kind} ${object.metadata.name} ${ownership} ${teardown ?? ''}`,
    ),
  ).toEqual([
    'identity ServiceAccount calico-typha owned last',
    'identity ClusterRole calico-typha owned last',
    'identity ClusterRoleBinding calico-typha owned last',
    'configuration PodDisruptionBudget calico-typha owned last',
    'configuration Service calico-typha owned last',
    'configuration Service calico-typha-metrics owned last',
    'workload Deployment calico-typha owned last',
  ]);
});

test.each([
  [1, 1],
  [3, 2],
  [250, 3],
  [600, 5],
])('on %i nodes there are %i replicas', (count, replicas) => {
  const nodes = {
    total: count,
    linux: count,
    windows: 0,
    typhaCandidates: count,
    typhaCandidatesLinux: count,
  };
  expect(deployment({}, { cluster: { nodes } }).spec?.replicas).toBe(replicas);
});

describe('the identity that Typha lets in', () => {
  test("is the name in the operator's certificate", () => {
    const { TYPHA_CLIENTCN, TYPHA_CLIENTURISAN } = environment();
    expect({ TYPHA_CLIENTCN, TYPHA_CLIENTURISAN }).toEqual({ TYPHA_CLIENTCN: 'typha-client' });
  });

  test("is what a user's Secret declares", () => {
    const both = { userProvided: true, commonName: 'felix.corp', uriSan: 'spiffe://corp/felix' };
    expect(environment({}, withNodeCertificate(both))).toMatchObject({
      TYPHA_CLIENTCN: 'felix.corp',
      TYPHA_CLIENTURISAN: 'spiffe://corp/felix',
    });
    const uriOnly = environment(
      {},
      withNodeCertificate({ userProvided: true, uriSan: 'spiffe://corp/felix' }),
    );
    expect(uriOnly).toMatchObject({ TYPHA_CLIENTURISAN: 'spiffe://corp/felix' });
    expect(uriOnly).not.toHaveProperty('TYPHA_CLIENTCN');
  });
});

describe('the time that Typha gets to leave', () => {
  const leaving = (seconds: number): InstallationSpec => ({
    typhaDeployment: { spec: { template: { spec: { terminationGracePeriodSeconds: seconds } } } },
  });

  test.each([
    [42, 600],
    [500, 600],
    [501, 601],
    [1000, 1200],
  ])('of %i s reaches pod and program, and a rollout may take %i s', (seconds, deadline) => {
    expect(podSpec(leaving(seconds))?.terminationGracePeriodSeconds).toBe(seconds);
    expect(environment(leaving(seconds))['TYPHA_SHUTDOWNTIMEOUTSECS']).toBe(String(seconds));
    expect(deployment(leaving(seconds)).spec?.progressDeadlineSeconds).toBe(deadline);
  });

  test('is five minutes by default', () => {
    expect(podSpec()?.terminationGracePeriodSeconds).toBe(300);
    expect(environment()['TYPHA_SHUTDOWNTIMEOUTSECS']).toBe('300');
  });
});

test("Typha's health port stands one below Felix's, in program and probes alike", () => {
  const live: Changes = {
    live: {
      felix: {
        apiVersion: 'crd.projectcalico.org/v1',
        kind: 'FelixConfiguration',
        metadata: { name: 'default' },
        spec: { healthPort: 9999 },
      },
    },
  };
  expect(environment({}, live)['TYPHA_HEALTHPORT']).toBe('9998');
  expect(container({}, live)?.livenessProbe?.httpGet).toEqual({
    host: 'localhost',
    path: '/liveness',
    port: 9998,
  });
  expect(container({}, live)?.readinessProbe?.httpGet?.port).toBe(9998);
  expect(environment(openShift.spec, openShift.changes)['TYPHA_HEALTHPORT']).toBe('9198');
});

describe('affinity', () => {
  const zones = podSpec()?.affinity?.podAntiAffinity;
  const nodeAffinity = {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'rack', operator: 'Exists' }] }],
    },
  };

  test('spreads over zones', () => {
    expect(zones?.preferredDuringSchedulingIgnoredDuringExecution).toMatchObject([
      { podAffinityTerm: { topologyKey: 'topology.kubernetes.io/zone' } },
    ]);
  });

  test('takes in the deprecated typhaAffinity; an empty one takes nothing away', () => {
    expect(podSpec({ typhaAffinity: { nodeAffinity } })?.affinity).toEqual({
      nodeAffinity,
      podAntiAffinity: zones,
    });
    expect(podSpec({ typhaAffinity: { nodeAffinity: {} } })?.affinity).toEqual({ podAntiAffinity: zones });
  });

  test('is replaced by the override', () => {
    const spec: InstallationSpec = {
      typhaDeployment: { spec: { template: { spec: { affinity: { nodeAffinity } } } } },
    };
    expect(podSpec(spec)?.affinity).toEqual({ nodeAffinity });
  });
});

test('the override of the strategy replaces both numbers', () => {
  const spec: InstallationSpec = {
    typhaDeployment: { spec: { strategy: { rollingUpdate: { maxUnavailable: 2 } } } },
  };
  expect(deployment(spec).spec?.strategy).toEqual({
    type: 'RollingUpdate',
    rollingUpdate: { maxUnavailable: 2 },
  });
});

test('resources come from the override, else from componentResources', () => {
  const deprecated: InstallationSpec = {
    componentResources: [{ componentName: 'Typha', resourceRequirements: { requests: { cpu: '100m' } } }],
  };
  expect(container(deprecated)?.resources).toEqual({ requests: { cpu: '100m' } });
  const both: InstallationSpec = {
    ...deprecated,
    typhaDeployment: {
      spec: {
        template: {
          spec: { containers: [{ name: 'calico-typha', resources: { requests: { cpu: '200m' } } }] },
        },
      },
    },
  };
  expect(container(both)?.resources).toEqual({ requests: { cpu: '200m' } });
});

test('metrics get variables, annotations and a Service of their own; without a port nothing of it', () => {
  const metrics = { typhaMetricsPort: 9093 };
  expect(environment(metrics)).toMatchObject({
    TYPHA_PROMETHEUSMETRICSENABLED: 'true',
    TYPHA_PROMETHEUSMETRICSPORT: '9093',
  });
  expect(deployment(metrics).spec?.template.metadata?.annotations).toMatchObject({
    'prometheus.io/scrape': 'true',
    'prometheus.io/port': '9093',
  });
  const service = findObject<Service>(renderTypha(typhaInput(metrics)), 'Service', 'calico-typha-metrics');
  expect(service.spec).toMatchObject({
    selector: { 'k8s-app': 'calico-typha' },
    ports: [{ name: 'calico-typha-metrics', port: 9093, targetPort: 9093 }],
  });
  expect(Object.keys(environment()).join()).not.toContain('METRICS');
  expect(renderTypha(typhaInput()).map(({ object }) => object.metadata.name)).not.toContain(
    'calico-typha-metrics',
  );
});

test('pods roll when trust or their own certificate changes, and only then', () => {
  const annotations = (certificates = exampleCertificates) =>
    deployment({}, { certificates }).spec?.template.metadata?.annotations;
  const { pairs } = exampleCertificates;
  const renewed = (name: string) => ({
    ...exampleCertificates,
    pairs: { ...pairs, [name]: exampleKeyPair(name, { hash: 'another' }) },
  });
  expect(annotations(renewed('typha-certs'))).not.toEqual(annotations());
  expect(
    annotations({ ...exampleCertificates, authority: exampleKeyPair('x', { hash: 'other' }) }),
  ).not.toEqual(annotations());
  expect(annotations(renewed('node-certs'))).toEqual(annotations());
});

test('the API server is reached at the address that the user or the environment gives', () => {
  const cluster = { apiEndpoint: { host: '10.0.0.1', port: '6443' } };
  expect(environment({}, { cluster })).toMatchObject({
    KUBERNETES_SERVICE_HOST: '10.0.0.1',
    KUBERNETES_SERVICE_PORT: '6443',
  });
  expect(environment()).not.toHaveProperty('KUBERNETES_SERVICE_HOST');
});

describe('other CNI plugins', () => {
  test.each<[InstallationSpec, string | undefined]>([
    [{ cni: { type: 'AmazonVPC' } }, 'eni'],
    [{ cni: { type: 'GKE' } }, 'gke'],
    [{ cni: { type: 'AzureVNET' } }, 'azv'],
    [{ cni: { type: 'Calico' } }, undefined],
  ])('%j: interfaces of pods begin with %s', (spec, prefix) => {
    expect(environment(spec)['FELIX_INTERFACEPREFIX']).toBe(prefix);
  });

  test('with host-local IPAM blocks are the pod CIDRs of nodes', () => {
    const hostLocal: InstallationSpec = {
      cni: { type: 'Calico', ipam: { type: 'HostLocal' } },
      calicoNetwork: { ipPools: [{ cidr: '10.0.0.0/16' }] },
    };
    expect(environment(hostLocal)['USE_POD_CIDR']).toBe('true');
    expect(environment()).not.toHaveProperty('USE_POD_CIDR');
  });
});

test('controlPlaneNodeSelector is not for Typha, which all nodes need', () => {
  expect(podSpec({ controlPlaneNodeSelector: { role: 'infra' } })?.nodeSelector).toEqual({
    'kubernetes.io/os': 'linux',
  });
});

test('one Typha at a time may be drained', () => {
  const { spec } = findObject<PodDisruptionBudget>(
    renderTypha(typhaInput()),
    'PodDisruptionBudget',
    'calico-typha',
  );
  expect(spec).toEqual({ maxUnavailable: 1, selector: { matchLabels: { 'k8s-app': 'calico-typha' } } });
});

describe('platforms', () => {
  test('GKE: Arm nodes are tolerated beside what the user says', () => {
    const arm = { effect: 'NoSchedule', key: 'kubernetes.io/arch', operator: 'Equal', value: 'arm64' };
    const infra = { key: 'infra', operator: 'Exists' };
    expect(podSpec({ kubernetesProvider: 'GKE' })?.tolerations).toContainEqual(arm);
    expect(podSpec({ kubernetesProvider: 'GKE', controlPlaneTolerations: [infra] })?.tolerations).toEqual([
      infra,
      arm,
    ]);
  });

  test('OpenShift: the role allows the constraint for non-root pods', () => {
    const usable = (spec?: InstallationSpec, changes?: Changes) =>
      findObject<ClusterRole>(
        renderTypha(typhaInput(spec, changes)),
        'ClusterRole',
        'calico-typha',
      ).rules?.flatMap((rule) => rule.resourceNames ?? []);
    expect(usable(openShift.spec, openShift.changes)).toEqual(['nonroot-v2']);
    expect(usable()).toEqual([]);
  });
});
