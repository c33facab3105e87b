import { describe, expect, test } from '@jest/globals';
import type { Installation, InstallationSpec } from '../../api/installation.ts';
import type { KubeObject } from '../../api/kubernetes.ts';
import { followReferences, type ReferenceStores, referable } from './references.ts';

const object = (kind: string, name: string): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'calico-system' },
});
const store = (items: readonly unknown[], state = 'synced') => ({ state, list: () => items });

interface Scene {
  readonly spec?: InstallationSpec;
  readonly overlay?: InstallationSpec;
  readonly namespace?: boolean;
  readonly secrets?: 'synced' | 'forbidden';
  readonly classes?: 'synced' | 'syncing' | 'forbidden';
}

function scene({ spec = {}, overlay, namespace = true, secrets = 'synced', classes = 'synced' }: Scene) {
  const demanded: boolean[] = [];
  const specs: Readonly<Record<string, InstallationSpec | undefined>> = { default: spec, overlay };
  const stores = {
    installations: { get: (name: string) => ({ spec: specs[name] }) as Installation },
    live: () => (namespace ? object('Namespace', 'calico-system') : undefined),
    storeOf: ({ resource }: { resource: { kind: string } }) =>
      resource.kind === 'Secret'
        ? store([object('Secret', 's')], secrets)
        : store([object('ConfigMap', 'c')]),
    priorityClasses: { ...store(['p'], classes), demand: (needed: boolean) => void demanded.push(needed) },
  } as unknown as ReferenceStores;
  return { stores, demanded };
}

const named = (priorityClassName: string): InstallationSpec => ({
  csiNodeDriverDaemonSet: { spec: { template: { spec: { priorityClassName } } } },
});

describe('PriorityClasses are watched', () => {
  test.each<[string, Scene, boolean]>([
    ['while an override names one', { spec: named('mine') }, true],
    ['while the overlay does', { spec: {}, overlay: named('mine') }, true],
    ['not for those that are always there', { spec: named('system-node-critical') }, false],
    ['not for an empty name', { spec: named('') }, false],
    ['not without overrides', {}, false],
  ])('%s', (_name, given, needed) => {
    const { stores, demanded } = scene(given);
    expect(followReferences(stores)).toBe(true);
    expect(demanded).toEqual([needed]);
  });

  test('and waited for, unless they may not be read', () => {
    expect(followReferences(scene({ spec: named('mine'), classes: 'syncing' }).stores)).toBe(false);
    expect(followReferences(scene({ spec: named('mine'), classes: 'forbidden' }).stores)).toBe(true);
  });
});

describe('known is', () => {
  test('what is there', () => {
    expect(referable(scene({}).stores)).toEqual({ ConfigMap: ['c'], Secret: ['s'], PriorityClass: ['p'] });
  });

  test('nothing of a namespace that is not there yet, and nothing that may not be read', () => {
    expect(referable(scene({ namespace: false }).stores)).toEqual({ PriorityClass: ['p'] });
    expect(referable(scene({ secrets: 'forbidden', classes: 'forbidden' }).stores)).toEqual({
      ConfigMap: ['c'],
    });
  });
});
