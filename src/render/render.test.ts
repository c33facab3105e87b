import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../api/installation.ts';
import type { Secret } from '../api/kubernetes.ts';
import { findObject, inputFor } from './fixtures.ts';
import { render } from './render.ts';
import type { RenderInput } from './types.ts';

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

const pullSecret: Secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'regcred', namespace: 'tigera-operator', labels: { mine: 'yes' }, uid: '1' },
  type: 'kubernetes.io/dockerconfigjson',
  data: { '.dockerconfigjson': 'e30=' },
};

const specs: Readonly<Record<string, InstallationSpec>> = {
  empty: {},
  bpf: { calicoNetwork: { linuxDataplane: 'BPF' } },
  gke: { kubernetesProvider: 'GKE', cni: { type: 'GKE' } },
  eks: { kubernetesProvider: 'EKS', cni: { type: 'AmazonVPC' } },
  aks: { kubernetesProvider: 'AKS', cni: { type: 'AzureVNET' } },
  docker: { kubernetesProvider: 'DockerEnterprise' },
  typha: { typha: { mode: 'Always' } },
  overrides: {
    imagePullSecrets: [{ name: 'regcred' }],
    calicoNodeDaemonSet: { spec: { template: { spec: { nodeSelector: { zone: 'a' } } } } },
    componentResources: [{ componentName: 'Node', resourceRequirements: { limits: { cpu: '1' } } }],
  },
};

describe.each(Object.entries(specs))('%s', (_name, spec) => {
  const input: RenderInput = inputFor(spec, { pullSecrets: spec.imagePullSecrets ? [pullSecret] : [] });

  test('the same input gives the same objects, and is not touched', () => {
    const text = JSON.stringify(render(input));
    expect(JSON.stringify(render(deepFreeze(structuredClone(input))))).toBe(text);
  });

  test('every owned object is labelled and owned, every shared one is not', () => {
    for (const { object, ownership } of render(input)) {
      const { labels, ownerReferences } = object.metadata;
      if (ownership === 'owned') {
        expect(labels).toMatchObject({
          'app.kubernetes.io/managed-by': 'tigera-operator',
          'app.kubernetes.io/instance': 'default',
          'app.kubernetes.io/part-of': 'Calico',
        });
        expect(ownerReferences).toEqual([input.owner]);
      } else {
        expect(ownerReferences).toBeUndefined();
      }
    }
  });

  test('no object comes twice and nothing has a finalizer', () => {
    const keys = render(input).map(({ object }) =>
      [object.kind, object.metadata.namespace, object.metadata.name].join('/'),
    );
    expect(new Set(keys).size).toBe(keys.length);
    expect(render(input).filter(({ object }) => object.metadata.finalizers !== undefined)).toEqual([]);
  });

  test('every volume is mounted and every mount has its volume', () => {
    for (const { object } of render(input)) {
      const pod = (object as { spec?: { template?: { spec?: Pod } } }).spec?.template?.spec;
      if (pod === undefined) continue;
      const mounted = [...pod.containers, ...(pod.initContainers ?? [])].flatMap(
        ({ volumeMounts }) => volumeMounts?.map(({ name }) => name) ?? [],
      );
      expect([...new Set(mounted)].sort()).toEqual((pod.volumes ?? []).map(({ name }) => name));
    }
  });
});

interface Pod {
  readonly containers: readonly { readonly volumeMounts?: readonly { readonly name: string }[] }[];
  readonly initContainers?: Pod['containers'];
  readonly volumes?: readonly { readonly name: string }[];
}

test('without a cluster there is no owner', () => {
  const { owner: _owner, ...offline } = inputFor({});
  expect(render(offline).every(({ object }) => object.metadata.ownerReferences === undefined)).toBe(true);
});

test('pull secrets are copied as they are, without the metadata of their source', () => {
  const objects = render(
    inputFor({ imagePullSecrets: [{ name: 'regcred' }] }, { pullSecrets: [pullSecret] }),
  );
  const copy = findObject<Secret>(objects, 'Secret', 'regcred', 'calico-system');
  expect(copy).toMatchObject({ type: pullSecret.type, data: pullSecret.data });
  expect(copy.metadata.labels).not.toHaveProperty('mine');
  expect(copy.metadata).not.toHaveProperty('uid');
});

test('AKS exempts the namespace from Azure Policy unless asked not to', () => {
  const labels = (spec: InstallationSpec) =>
    findObject(render(inputFor(spec)), 'Namespace', 'calico-system').metadata.labels;
  const aks: InstallationSpec = { kubernetesProvider: 'AKS', cni: { type: 'AzureVNET' } };
  expect(labels(aks)).toHaveProperty('control-plane', 'true');
  expect(labels({ ...aks, azure: { policyMode: 'Manual' } })).not.toHaveProperty('control-plane');
});
