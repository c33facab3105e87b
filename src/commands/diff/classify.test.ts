import { expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../api/installation.ts';
import type { KubeObject } from '../../api/kubernetes.ts';
import { refOf } from '../../apply/refs.ts';
import { defaultSnapshot, mustResolve } from '../../resolve/testing.ts';
import { classify } from './classify.ts';
import type { Change } from './types.ts';

const resolve = (linuxDataplane: 'Iptables' | 'Nftables') =>
  mustResolve(defaultSnapshot({ spec: { calicoNetwork: { linuxDataplane } } }));
const judge = (changes: readonly Change[], computed?: InstallationSpec) =>
  classify({ changes, steps: [], computed, resolved: resolve('Nftables'), pools: [] });

const change = (kind: string, name: string, before: object, after: object): Change => {
  const object = (spec: object): KubeObject =>
    ({
      apiVersion: kind === 'DaemonSet' ? 'apps/v1' : 'crd.projectcalico.org/v1',
      kind,
      metadata: { name, ...(kind === 'DaemonSet' ? { namespace: 'calico-system' } : {}) },
      spec,
    }) as KubeObject;
  return { ref: refOf(object(after)), action: 'update', before: object(before), after: object(after) };
};
const felix = change('FelixConfiguration', 'default', { nftablesMode: 'Disabled' }, { nftablesMode: 'Auto' });
const node = change(
  'DaemonSet',
  'calico-node',
  { template: { spec: { a: 1 } } },
  { template: { spec: { a: 2 } } },
);
const { spec: before } = resolve('Iptables');

test('a concern is told once, and hangs on the object that carries it to the nodes', () => {
  const { concerns, changes } = judge([felix, node], before);
  expect(concerns.map(({ topic, object }) => [topic, object])).toEqual([
    ['data plane', 'DaemonSet calico-system/calico-node'],
  ]);
  expect(changes.map((each) => each.class)).toEqual(['no restart', 'disruptive']);
});

test('without a change of the usual object it hangs on the one that says the same', () => {
  const { concerns, changes } = judge([felix], before);
  expect(concerns).toMatchObject([
    { object: 'FelixConfiguration default', field: 'Installation spec.calicoNetwork.linuxDataplane' },
  ]);
  expect(changes.map((each) => each.class)).toEqual(['disruptive']);
});

test('an object that somebody changed is judged without any change of the spec', () => {
  const { changes, concerns } = judge([felix, node]);
  expect(concerns).toMatchObject([{ field: 'spec.nftablesMode', from: 'Disabled', to: 'Auto' }]);
  expect(changes.map((each) => each.class)).toEqual(['disruptive', 'rolls']);
});

test('no change, no concern', () => {
  expect(judge([], before)).toEqual({ changes: [], concerns: [], steps: [] });
});
