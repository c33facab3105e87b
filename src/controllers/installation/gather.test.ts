import { describe, expect, test } from '@jest/globals';
import type { ConfigMap, KubeObject } from '../../api/kubernetes.ts';
import { installationWith } from '../../resolve/testing.ts';
import { gather, type SnapshotStores } from './gather.ts';
import { projectNode } from './nodes.ts';

const none = { get: () => undefined, list: () => [] };
const storeOf = <Item extends KubeObject>(...items: readonly Item[]) => ({
  get: (name: string) => items.find(({ metadata }) => metadata.name === name),
  list: () => items,
});

const facts = {
  kubernetesVersion: '1.36',
  signs: { apiGroups: ['networking.gke.io'], configMaps: [], services: {} },
  awsNode: false,
  dnsServiceAddresses: [],
};
const surroundings = {
  operatorNamespace: 'tigera-operator',
  clusterDomain: 'cluster.local',
  apiEndpoint: { host: '10.96.0.1', port: '443' },
};

const snapshotOf = (stores: Partial<SnapshotStores> = {}) =>
  gather(
    installationWith({}),
    {
      installations: none,
      imageSets: none,
      pools: none,
      nodes: none,
      operatorSecrets: none,
      operatorConfigMaps: none,
      kubeadmConfig: none,
      openShiftNetwork: none,
      aws: { facts: () => undefined },
      windows: { facts: () => undefined },
      ...stores,
    },
    facts,
    surroundings,
  );

describe('where hosts reach the API server', () => {
  const told = (data: Readonly<Record<string, string>>) => {
    const configMap: ConfigMap = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kubernetes-services-endpoint', namespace: 'tigera-operator' },
      data,
    };
    return snapshotOf({ operatorConfigMaps: storeOf(configMap) }).cluster.apiEndpoint;
  };

  test.each<[string, Readonly<Record<string, string>>, string]>([
    [
      'as told',
      { KUBERNETES_SERVICE_HOST: 'api.example.com', KUBERNETES_SERVICE_PORT: '6443' },
      'api.example.com',
    ],
    ['as the operator does without a host', { KUBERNETES_SERVICE_PORT: '6443' }, '10.96.0.1'],
    [
      'as the operator does with empty text',
      { KUBERNETES_SERVICE_HOST: '', KUBERNETES_SERVICE_PORT: '' },
      '10.96.0.1',
    ],
  ])('%s', (_name, data, host) => expect(told(data)?.host).toBe(host));

  test('and again as the operator does once the ConfigMap is gone: nothing is remembered', () => {
    expect(snapshotOf().cluster.apiEndpoint).toEqual(surroundings.apiEndpoint);
  });
});

test('pod networks of OpenShift', () => {
  const network = {
    apiVersion: 'config.openshift.io/v1' as const,
    kind: 'Network' as const,
    metadata: { name: 'cluster' },
    spec: { clusterNetwork: [{ cidr: '10.128.0.0/14' }, { cidr: 'fd01::/48' }] },
  };
  expect(snapshotOf({ openShiftNetwork: storeOf(network) }).cluster.openShiftClusterNetworks).toEqual([
    '10.128.0.0/14',
    'fd01::/48',
  ]);
  expect(snapshotOf().cluster).not.toHaveProperty('openShiftClusterNetworks');
});

test('a platform is recognised by nodes that come later, too', () => {
  const node = projectNode({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'a', labels: { 'cloud.google.com/gke-nodepool': 'p' } },
  });
  const nodes = { get: () => node, list: () => [node] };
  expect(snapshotOf().cluster.detectedProvider).toBe('');
  expect(snapshotOf({ nodes }).cluster.detectedProvider).toBe('GKE');
});

test('the overlay, and nothing else, is laid over', () => {
  const overlay = { ...installationWith({ registry: 'r/' }), metadata: { name: 'overlay' } };
  const other = { ...installationWith({ registry: 'x/' }), metadata: { name: 'tigera-secure' } };
  expect(snapshotOf({ installations: storeOf(overlay, other) }).overlay).toBe(overlay);
  expect(snapshotOf({ installations: storeOf(other) })).not.toHaveProperty('overlay');
});

test('where in AWS the cluster is, with the user’s word on its control plane', () => {
  const aws = { facts: (hosted: boolean) => ({ name: 'mine', region: 'eu-west-1', hosted }) };
  expect(snapshotOf({ aws }).cluster.aws).toEqual({ name: 'mine', region: 'eu-west-1', hosted: false });
  expect(snapshotOf().cluster).not.toHaveProperty('aws');
});
