import { expect, test } from '@jest/globals';
import type { KubeObject } from '../../api/kubernetes.ts';
import { StatusError } from '../../kube/errors.ts';
import type { Selection } from '../../kube/types.ts';
import { lookAt } from './look.ts';
import { linuxNode, readerOf } from './testing.ts';

const kubernetes = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'kubernetes', namespace: 'default' },
  spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443 }] },
} as KubeObject;

test('sees what decisions depend on, and where pods find the API server', async () => {
  const { stores, kubernetesService, forbidden, missing } = await lookAt(
    readerOf([kubernetes, linuxNode('a')]),
    'tigera-operator',
  );
  expect({ nodes: stores.nodes.size, kubernetesService, forbidden, missing }).toEqual({
    nodes: 1,
    kubernetesService: { host: '10.96.0.1', port: '443' },
    forbidden: [],
    missing: [],
  });
});

test('names every permission that is missing, once, and asks for none that is not needed', async () => {
  const asked = new Set<string>();
  const isForbidden = ({ resource, namespace }: Selection): boolean => {
    asked.add(resource.plural);
    return resource.plural === 'secrets' || (resource.plural === 'services' && namespace === 'default');
  };
  const namespace: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'calico-system' } };
  const node: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'calico-node', namespace: 'calico-system' },
  };
  const { forbidden } = await lookAt(readerOf([namespace, node], isForbidden), 'tigera-operator');
  expect(forbidden).toEqual([
    'list secrets in namespace tigera-operator',
    'list secrets in namespace calico-system',
    'get services in namespace default named kubernetes',
  ]);
  expect([...asked]).not.toEqual(expect.arrayContaining(['pods']));
});

test('pods count only where calico-node may run without a DaemonSet', async () => {
  const namespace: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'calico-system' } };
  const orphan = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'calico-node-x', namespace: 'calico-system', labels: { 'k8s-app': 'calico-node' } },
  } as KubeObject;
  const { stores } = await lookAt(readerOf([namespace, orphan]), 'tigera-operator');
  expect(stores.pods.list()).toMatchObject([{ app: 'calico-node' }]);
});

test('a kube-proxy that was switched off is seen, although the spec says nothing of it any more', async () => {
  const kubeProxy: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'kube-proxy', namespace: 'kube-system' },
  };
  const monitor: KubeObject = {
    apiVersion: 'operator.tigera.io/v1',
    kind: 'TigeraStatus',
    metadata: { name: 'kubeproxy-monitor' },
  };
  const seen = async (objects: readonly KubeObject[]) =>
    (await lookAt(readerOf(objects), 'tigera-operator')).stores.optional.kubeProxy.size;
  expect([await seen([kubeProxy]), await seen([kubeProxy, monitor])]).toEqual([0, 1]);
});

test('names the definitions that are not installed', async () => {
  const reader = readerOf([]);
  const list = (selection: Selection) =>
    selection.resource.group === 'crd.projectcalico.org'
      ? Promise.reject(new StatusError('no', { code: 404, reason: 'NotFound' }))
      : reader.list(selection);
  const { missing } = await lookAt({ ...reader, list }, 'tigera-operator');
  expect(missing).toContain('ippools.crd.projectcalico.org');
});

test('what may not be read in a namespace that is not there is nothing to see', async () => {
  const isForbidden = ({ resource }: Selection): boolean => resource.plural === 'secrets';
  const { forbidden } = await lookAt(readerOf([], isForbidden), 'tigera-operator');
  expect(forbidden).toEqual(['list secrets in namespace tigera-operator']);
});

test('what the spec that counts may refer to is read, and only then', async () => {
  const asked: string[] = [];
  const isForbidden = ({ resource }: Selection): boolean => {
    asked.push(resource.plural);
    return resource.plural === 'priorityclasses';
  };
  const template = { spec: { priorityClassName: 'mine' } };
  const installation = {
    apiVersion: 'operator.tigera.io/v1',
    kind: 'Installation',
    metadata: { name: 'default' },
    spec: { calicoNodeDaemonSet: { spec: { template } } },
  } as KubeObject;
  await lookAt(readerOf([], isForbidden), 'tigera-operator');
  expect(asked).not.toContain('priorityclasses');
  const { forbidden } = await lookAt(readerOf([], isForbidden), 'tigera-operator', ({ installations }) =>
    installations.observe(installation),
  );
  expect(forbidden).toEqual(['list priorityclasses.scheduling.k8s.io']);
});
