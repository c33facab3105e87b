import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../api/installation.ts';
import type { Namespace, ResourceQuota, RoleBinding, Secret } from '../../api/kubernetes.ts';
import { findObject, inputFor } from '../fixtures.ts';
import { renderNamespaces } from './namespaces.ts';

const openShift = { openShiftClusterNetworks: ['10.128.0.0/14'] };
const rendered = (spec: InstallationSpec, changes: Parameters<typeof inputFor>[1] = {}) =>
  renderNamespaces(
    inputFor(spec, { ...changes, cluster: spec.kubernetesProvider === 'OpenShift' ? openShift : {} }),
  );
const namespace = (spec: InstallationSpec) =>
  findObject<Namespace>(rendered(spec), 'Namespace', 'calico-system').metadata;

describe('namespace calico-system', () => {
  const always = {
    name: 'calico-system',
    'pod-security.kubernetes.io/enforce': 'privileged',
    'pod-security.kubernetes.io/enforce-version': 'latest',
  };

  test.each<[string, InstallationSpec, object]>([
    ['anywhere', {}, {}],
    ['on OpenShift', { kubernetesProvider: 'OpenShift' }, { 'openshift.io/run-level': '0' }],
    ['on AKS', { kubernetesProvider: 'AKS' }, { 'control-plane': 'true' }],
    [
      'on AKS, asked for',
      { kubernetesProvider: 'AKS', azure: { policyMode: 'Default' } },
      { 'control-plane': 'true' },
    ],
    ['on AKS, open', { kubernetesProvider: 'AKS', azure: {} }, { 'control-plane': 'true' }],
    ['on AKS, Manual', { kubernetesProvider: 'AKS', azure: { policyMode: 'Manual' } }, {}],
    ['on EKS', { kubernetesProvider: 'EKS' }, {}],
  ])('labels %s', (_name, spec, more) => {
    const labels = Object.entries(namespace(spec).labels ?? {}).filter(
      ([key]) => key !== 'k8s-app' && !key.startsWith('app.kubernetes.io/'),
    );
    expect(Object.fromEntries(labels)).toEqual({ ...always, ...more });
  });

  test('annotations on OpenShift keep its scheduler and its label controller off', () => {
    expect(namespace({ kubernetesProvider: 'OpenShift' }).annotations).toEqual({
      'openshift.io/node-selector': '',
      'security.openshift.io/scc.podSecurityLabelSync': 'false',
    });
    expect(namespace({}).annotations).toBeUndefined();
  });
});

test('the operator gives itself access to Secrets there', () => {
  const binding = findObject<RoleBinding>(rendered({}), 'RoleBinding', 'tigera-operator-secrets');
  expect(binding.metadata.namespace).toBe('calico-system');
  expect(binding.roleRef).toMatchObject({ kind: 'ClusterRole', name: 'tigera-operator-secrets' });
  expect(binding.subjects).toEqual([
    { kind: 'ServiceAccount', name: 'tigera-operator', namespace: 'tigera-operator' },
  ]);
});

test('GKE, and only GKE, needs a quota for critical pods', () => {
  const quota = findObject<ResourceQuota>(
    rendered({ kubernetesProvider: 'GKE' }),
    'ResourceQuota',
    'calico-critical-pods',
  );
  expect(quota.spec).toEqual({
    scopeSelector: {
      matchExpressions: [
        {
          scopeName: 'PriorityClass',
          operator: 'In',
          values: ['system-node-critical', 'system-cluster-critical'],
        },
      ],
    },
  });
  for (const kubernetesProvider of ['', 'EKS', 'AKS', 'OpenShift'] as const) {
    const kinds = rendered({ kubernetesProvider }).map(({ object }) => object.kind);
    expect(kinds).not.toContain('ResourceQuota');
  }
});

test('pull secrets are copied with name, type and data, and nothing else of theirs', () => {
  const source: Secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'regcred', namespace: 'tigera-operator', labels: { team: 'a' }, uid: '1' },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': 'e30=' },
  };
  const objects = rendered({ imagePullSecrets: [{ name: 'regcred' }] }, { pullSecrets: [source] });
  const copy = findObject<Secret>(objects, 'Secret', 'regcred', 'calico-system');
  expect(copy).toMatchObject({ type: source.type, data: source.data });
  expect(copy.metadata.labels).not.toHaveProperty('team');
  expect(copy.metadata.uid).toBeUndefined();
});
