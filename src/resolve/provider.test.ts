import { describe, expect, test } from '@jest/globals';
import { detectProvider, type ProviderSigns } from './provider.ts';
import { resolve } from './resolve.ts';
import { defaultSnapshot, mustResolve } from './testing.ts';
import type { Provider } from './types.ts';

const nothing: ProviderSigns = {
  apiGroups: [],
  nodeLabelKeys: [],
  providerIdSchemes: [],
  configMaps: [],
  services: {},
};

test.each<[Provider, Partial<ProviderSigns>]>([
  ['', {}],
  ['GKE', { apiGroups: ['networking.gke.io'], nodeLabelKeys: ['cloud.google.com/gke-nodepool'] }],
  ['', { apiGroups: ['networking.gke.io'] }],
  ['', { nodeLabelKeys: ['cloud.google.com/gke-nodepool'] }],
  ['TKG', { apiGroups: ['core.tanzu.vmware.com'] }],
  ['OpenShift', { openShiftClusterVersion: true }],
  ['DockerEnterprise', { dockerEnterpriseMaster: true }],
  ['EKS', { configMaps: ['aws-auth'] }],
  ['EKS', { configMaps: ['eks-certificates-controller'] }],
  ['EKS', { services: { 'kube-dns': ['eks.amazonaws.com/component'] } }],
  ['', { services: { 'kube-dns': ['k8s-app'] } }],
  ['RKE2', { configMaps: ['rke2'] }],
  ['RKE2', { services: { 'rke2-coredns-rke2-coredns': [] } }],
  ['Kind', { providerIdSchemes: ['kind'] }],
  ['', { nodeLabelKeys: ['kubernetes.azure.com/cluster'] }],
  ['OpenShift', { openShiftClusterVersion: true, configMaps: ['aws-auth'], providerIdSchemes: ['kind'] }],
])('recognises %j', (provider, signs) => {
  expect(detectProvider({ ...nothing, ...signs })).toBe(provider);
});

describe('the provider to go by', () => {
  test('the recognised one, and it counts as a default', () => {
    const { spec, defaulted } = mustResolve(defaultSnapshot({ cluster: { detectedProvider: 'RKE2' } }));
    expect(spec.kubernetesProvider).toBe('RKE2');
    expect(spec.flexVolumePath).toBe('/var/lib/kubelet/volumeplugins/');
    expect(defaulted).toContain('kubernetesProvider');
  });

  test("the user's where nothing is recognised", () => {
    expect(
      mustResolve(defaultSnapshot({ spec: { kubernetesProvider: 'AKS' } })).spec.kubernetesProvider,
    ).toBe('AKS');
  });

  test('empty text is no word of the user', () => {
    const snapshot = defaultSnapshot({
      spec: { kubernetesProvider: '' },
      cluster: { detectedProvider: 'Kind' },
    });
    expect(mustResolve(snapshot).spec.kubernetesProvider).toBe('Kind');
  });

  test("the user's word against a recognised platform is refused", () => {
    const snapshot = defaultSnapshot({
      spec: { kubernetesProvider: 'GKE' },
      cluster: { detectedProvider: 'EKS' },
    });
    expect(resolve(snapshot)).toMatchObject({
      kind: 'refused',
      refusals: [
        {
          reason: 'InvalidConfigurationError',
          field: 'spec.kubernetesProvider',
          value: 'GKE',
          problem: 'the cluster is EKS',
        },
      ],
    });
  });

  test.each<Provider>(['', 'RKE2'])(
    'what a cluster was installed as (%j) outlives what it looks like later',
    (earlier) => {
      const first = mustResolve(defaultSnapshot({ cluster: { detectedProvider: earlier } }));
      const later = mustResolve(
        defaultSnapshot({
          status: { computed: first.spec, defaulted: first.defaulted },
          cluster: { detectedProvider: 'EKS' },
        }),
      );
      expect(later.spec).toEqual(first.spec);
      expect(later.warnings).toMatchObject([
        { field: 'spec.kubernetesProvider', reason: 'ConfigurationWarning' },
      ]);
    },
  );
});
