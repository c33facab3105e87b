import { expect, test } from '@jest/globals';
import type { KubeObject } from '../../api/kubernetes.ts';
import { installationWith } from '../../resolve/testing.ts';
import type { WindowsDecision } from '../../resolve/types.ts';
import { planAll } from './plan-all.ts';
import type { Stores } from './stores.ts';

const installation = { ...installationWith({}), metadata: { name: 'default', uid: 'owner' } };
const left: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: {
    name: 'calico-windows-upgrade',
    namespace: 'calico-system',
    uid: 'old',
    ownerReferences: [
      { apiVersion: 'operator.tigera.io/v1', kind: 'Installation', name: 'default', uid: 'owner' },
    ],
  },
};
const stores = { live: () => undefined, owned: [{ list: () => [left] }] } as unknown as Stores;
const on: WindowsDecision = { kind: 'on', dnsServers: [], serviceCidrs: [], warnings: [] };

test('what upgraded Windows nodes long ago is removed where Windows is on, and nowhere else', () => {
  const removed = (windows: WindowsDecision) =>
    planAll(installation, { desired: [], windows }, stores).flatMap(({ actions }) =>
      actions.map(({ kind, ref }) => `${kind} ${ref.resource.kind} ${ref.name}`),
    );
  expect(removed(on)).toEqual(['delete DaemonSet calico-windows-upgrade']);
  expect(removed({ kind: 'off' })).toEqual([]);
  expect(removed({ kind: 'waiting' })).toEqual([]);
});
