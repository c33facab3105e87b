import { expect, test } from '@jest/globals';
import type { KubeObject } from '../../api/kubernetes.ts';
import { readDocuments } from '../documents.ts';
import { putGiven, uidToCome } from './given.ts';
import { lookAt } from './look.ts';
import { readerOf } from './testing.ts';

const live = {
  apiVersion: 'operator.tigera.io/v1',
  kind: 'Installation',
  metadata: { name: 'default', uid: 'u', finalizers: ['f'] },
  spec: { registry: 'live.example.com/', nodeMetricsPort: 1 },
  status: { computed: { variant: 'Calico' } },
} as KubeObject;

async function given(objects: readonly KubeObject[], text: string) {
  const { stores } = await lookAt(readerOf(objects), 'tigera-operator');
  const remarks = putGiven(stores, readDocuments(text, 'my.yaml'), 'tigera-operator');
  return { stores, remarks };
}

const installation = (name: string): string =>
  `---\napiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {name: ${name}, uid: forged}\nspec: {registry: my.example.com/}\nstatus: {computed: {}}\n`;

test('the spec of the file is the whole spec; status and identity stay those of the cluster', async () => {
  const { stores } = await given([live], installation('default'));
  expect(stores.installations.get('default')).toEqual({
    ...live,
    spec: { registry: 'my.example.com/' },
  });
});

test('an Installation that is not there yet begins without a status', async () => {
  const { stores } = await given([], installation('default') + installation('overlay'));
  expect(stores.installations.get('default')).toMatchObject({ metadata: { uid: uidToCome } });
  expect(stores.installations.get('default')).not.toHaveProperty('status');
  expect(stores.installations.get('overlay')?.spec).toEqual({ registry: 'my.example.com/' });
});

test('what decisions read is laid over, what they do not is passed over, the latter aloud where it matters', async () => {
  const object = (apiVersion: string, kind: string, name: string, namespace = ''): string =>
    `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}${namespace === '' ? '' : `, namespace: ${namespace}`}}\n`;
  const { stores, remarks } = await given(
    [],
    object('operator.tigera.io/v1', 'ImageSet', 'calico-v1') +
      object('v1', 'Secret', 'pull', 'tigera-operator') +
      object('v1', 'Secret', 'pull', 'elsewhere') +
      object('v1', 'ConfigMap', 'bgp-layout', 'tigera-operator') +
      object('v1', 'ConfigMap', 'kubeadm-config', 'kube-system') +
      object('operator.tigera.io/v1', 'APIServer', 'default') +
      object('projectcalico.org/v3', 'IPPool', 'mine'),
  );
  expect({
    imageSets: stores.imageSets.size,
    secrets: stores.operatorSecrets.list().map(({ metadata }) => metadata.namespace),
    configMaps: stores.operatorConfigMaps.size,
    kubeadm: stores.kubeadmConfig.size,
    pools: stores.pools.size,
  }).toEqual({ imageSets: 1, secrets: ['tigera-operator'], configMaps: 1, kubeadm: 1, pools: 0 });
  expect(remarks).toEqual([
    expect.stringMatching(/^my\.yaml:\d+: IPPool mine: passed over, .* Apply it first\.$/),
  ]);
});
