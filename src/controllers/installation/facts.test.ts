import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../../api/kubernetes.ts';
import { StatusError } from '../../kube/errors.ts';
import type { KubeClient } from '../../kube/types.ts';
import { detectProvider } from '../../resolve/provider.ts';
import { readFacts } from './facts.ts';

/** A cluster with objects of `kube-system` by `Kind/name`, and paths that answer. */
const clientOf = (
  objects: Readonly<Record<string, object>> = {},
  paths: Readonly<Record<string, unknown>> = {},
  refusal: readonly [number, string] = [404, 'NotFound'],
): KubeClient => {
  const answers: Readonly<Record<string, unknown>> = {
    '/version': { major: '1', minor: '36+' },
    '/apis': { groups: [] },
    ...paths,
  };
  const refused = () => new StatusError('no', { code: refusal[0], reason: refusal[1] });
  const client: Pick<KubeClient, 'get' | 'getPath'> = {
    get: ({ resource, name }) => {
      const found = objects[`${resource.kind}/${name}`];
      if (found === undefined) return Promise.reject(refused());
      return Promise.resolve({ kind: resource.kind, metadata: { name }, ...found } as KubeObject);
    },
    getPath: (path) => (path in answers ? Promise.resolve(answers[path]) : Promise.reject(refused())),
  };
  return client as KubeClient;
};

const { signal } = new AbortController();
const withGroup = (...groups: readonly string[]) => ({ groups: groups.map((name) => ({ name })) });
const providerOf = async (client: KubeClient) => {
  const { signs } = await readFacts(client, signal);
  return detectProvider({ ...signs, nodeLabelKeys: [], providerIdSchemes: [] });
};

test('nothing special', async () => {
  expect(await readFacts(clientOf(), signal)).toEqual({
    kubernetesVersion: '1.36',
    signs: { apiGroups: [], openShiftClusterVersion: false, configMaps: [], services: {} },
    awsNode: false,
    dnsServiceAddresses: [],
  });
});

test('what may not be read counts as absent; other failures do not', async () => {
  expect((await readFacts(clientOf({}, {}, [403, 'Forbidden']), signal)).awsNode).toBe(false);
  await expect(readFacts(clientOf({}, {}, [500, 'InternalError']), signal)).rejects.toThrow('no');
});

test('aws-node and the addresses of DNS', async () => {
  const client = clientOf({
    'DaemonSet/aws-node': {},
    'Service/kube-dns': { spec: { clusterIPs: ['10.96.0.10', 'fd00::a'] } },
  });
  expect(await readFacts(client, signal)).toMatchObject({
    awsNode: true,
    dnsServiceAddresses: ['10.96.0.10', 'fd00::a'],
  });
});

describe('platforms', () => {
  const group = 'config.openshift.io';
  const kinds = (...names: readonly string[]) => ({ resources: names.map((kind) => ({ kind })) });
  const eks = { metadata: { name: 'kube-dns', labels: { 'eks.amazonaws.com/component': 'kube-dns' } } };

  test.each<[string, KubeClient, string]>([
    [
      'OpenShift by its ClusterVersion',
      clientOf({}, { '/apis': withGroup(group), [`/apis/${group}/v1`]: kinds('Network', 'ClusterVersion') }),
      'OpenShift',
    ],
    [
      'no OpenShift by other kinds of its group',
      clientOf({}, { '/apis': withGroup(group), [`/apis/${group}/v1`]: kinds('Infrastructure') }),
      '',
    ],
    ['no OpenShift by another version of its group', clientOf({}, { '/apis': withGroup(group) }), ''],
    ['TKG by its group', clientOf({}, { '/apis': withGroup('core.tanzu.vmware.com') }), 'TKG'],
    ['EKS by aws-auth', clientOf({ 'ConfigMap/aws-auth': {} }), 'EKS'],
    ['EKS by its certificates', clientOf({ 'ConfigMap/eks-certificates-controller': {} }), 'EKS'],
    ['EKS by its DNS', clientOf({ 'Service/kube-dns': eks }), 'EKS'],
    ['RKE2 by its ConfigMap', clientOf({ 'ConfigMap/rke2': {} }), 'RKE2'],
    ['RKE2 by its DNS', clientOf({ 'Service/rke2-coredns-rke2-coredns': {} }), 'RKE2'],
    ['nothing by an ordinary DNS', clientOf({ 'Service/kube-dns': {} }), ''],
  ])('%s', async (_name, client, provider) => {
    expect(await providerOf(client)).toBe(provider);
  });
});
