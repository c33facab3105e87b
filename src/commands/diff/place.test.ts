import { expect, test } from '@jest/globals';
import type { KubeObject } from '../../api/kubernetes.ts';
import { refOf } from '../../apply/refs.ts';
import type { ObjectRef } from '../../kube/types.ts';
import { type Place, placeOf } from './place.ts';

const made = (apiVersion: string, kind: string, name: string, content: object): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'calico-system' },
  ...content,
});
const node = (...env: readonly object[]): KubeObject =>
  made('apps/v1', 'DaemonSet', 'calico-node', {
    spec: { template: { spec: { containers: [{ name: 'calico-node', env }] } } },
  });
const place = (...objects: readonly KubeObject[]): Place => {
  const sameAs = (ref: ObjectRef) => (object: KubeObject) =>
    refOf(object).resource.kind === ref.resource.kind && object.metadata.name === ref.name;
  return placeOf(
    { live: (ref) => objects.find(sameAs(ref)) },
    {
      operatorNamespace: 'tigera-operator',
      kubernetesService: { host: '10.96.0.1', port: '443' },
      systemRoots: 'roots of this program\n',
    },
  );
};

test('without anything made: as a pod would find it', () => {
  expect(place()).toMatchObject({
    apiEndpoint: { host: '10.96.0.1', port: '443' },
    serviceAccount: 'tigera-operator',
    systemRoots: 'roots of this program\n',
  });
});

test('what the operator has made tells its environment, its account and its roots', () => {
  const env = [
    { name: 'KUBERNETES_SERVICE_HOST', value: 'api.example.com' },
    { name: 'KUBERNETES_SERVICE_PORT', value: '6443' },
  ];
  const found = place(
    node(...env),
    made('rbac.authorization.k8s.io/v1', 'RoleBinding', 'tigera-operator-secrets', {
      subjects: [{ kind: 'ServiceAccount', name: 'mine' }],
    }),
    made('v1', 'ConfigMap', 'tigera-ca-bundle', { data: { 'ca-bundle.crt': 'its roots\n' } }),
  );
  expect(found).toMatchObject({
    apiEndpoint: { host: 'api.example.com', port: '6443' },
    serviceAccount: 'mine',
    systemRoots: 'its roots\n',
  });
});

test('an operator that was given no address of the API server has rendered none', () => {
  expect(place(node())).not.toHaveProperty('apiEndpoint');
});
