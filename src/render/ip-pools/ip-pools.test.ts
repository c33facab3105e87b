import { describe, expect, test } from '@jest/globals';
import type { IPPool, IPPoolObjectSpec } from '../../api/calico.ts';
import type { IPPoolSpec } from '../../api/installation.ts';
import { inputFor } from '../fixtures.ts';
import { renderIpPools } from './ip-pools.ts';

const label = { 'app.kubernetes.io/managed-by': 'tigera-operator' };

const live = (
  name: string,
  spec: IPPoolObjectSpec,
  labels: Readonly<Record<string, string>> = label,
): IPPool => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind: 'IPPool',
  metadata: { name, labels },
  spec,
});

const rendered = (ipPools: readonly IPPoolSpec[], pools: readonly IPPool[] = []) =>
  renderIpPools({ ...inputFor({ calicoNetwork: { bgp: 'Enabled', ipPools } }), live: { pools } });

const specs = (...parameters: Parameters<typeof rendered>) =>
  rendered(...parameters).map(({ object }) => (object as IPPool).spec);

test('a pool is shared, counts for ippools, and carries the label of the reference and no owner', () => {
  expect(rendered([{ name: 'main', cidr: '10.244.0.0/16', encapsulation: 'VXLANCrossSubnet' }])).toEqual([
    {
      stage: 'pools',
      component: 'ippools',
      ownership: 'shared',
      object: {
        apiVersion: 'crd.projectcalico.org/v1',
        kind: 'IPPool',
        metadata: { name: 'main', labels: label },
        spec: {
          cidr: '10.244.0.0/16',
          blockSize: 26,
          ipipMode: 'Never',
          vxlanMode: 'CrossSubnet',
          natOutgoing: true,
          nodeSelector: 'all()',
          allowedUses: ['Workload', 'Tunnel'],
          assignmentMode: 'Automatic',
        },
      },
    },
  ]);
});

test.each<[NonNullable<IPPoolSpec['encapsulation']>, Partial<IPPoolObjectSpec>]>([
  ['IPIP', { ipipMode: 'Always', vxlanMode: 'Never' }],
  ['IPIPCrossSubnet', { ipipMode: 'CrossSubnet', vxlanMode: 'Never' }],
  ['VXLAN', { ipipMode: 'Never', vxlanMode: 'Always' }],
])('encapsulation %s becomes modes', (encapsulation, modes) => {
  expect(specs([{ cidr: '10.244.0.0/16', encapsulation }])).toMatchObject([modes]);
});

test('every setting of the spec arrives', () => {
  const pool: IPPoolSpec = {
    cidr: '10.244.0.0/16',
    encapsulation: 'None',
    natOutgoing: 'Disabled',
    nodeSelector: "rack == 'a'",
    blockSize: 28,
    disableBGPExport: true,
    disableNewAllocations: true,
    allowedUses: ['Workload'],
    assignmentMode: 'Manual',
  };
  const other: IPPoolSpec = { cidr: '10.245.0.0/16', encapsulation: 'IPIP' };
  expect(specs([pool, other])[0]).toEqual({
    cidr: '10.244.0.0/16',
    blockSize: 28,
    nodeSelector: "rack == 'a'",
    disabled: true,
    disableBGPExport: true,
    allowedUses: ['Workload'],
    assignmentMode: 'Manual',
  });
});

describe('fields that say nothing', () => {
  const pool: IPPoolSpec = {
    name: 'main',
    cidr: '10.244.0.0/16',
    encapsulation: 'None',
    natOutgoing: 'Disabled',
  };
  const [fresh] = specs([pool]);

  test('are left out of a new pool', () => {
    expect(fresh).toEqual({
      cidr: '10.244.0.0/16',
      blockSize: 26,
      nodeSelector: 'all()',
      allowedUses: ['Workload', 'Tunnel'],
      assignmentMode: 'Automatic',
    });
  });

  test.each<[Partial<IPPoolObjectSpec>, Partial<IPPoolObjectSpec>]>([
    [{ natOutgoing: true }, { natOutgoing: false }],
    [{ disabled: true }, { disabled: false }],
    [{ disableBGPExport: true }, { disableBGPExport: false }],
    [{ ipipMode: 'Always' }, { ipipMode: 'Never' }],
    [{ vxlanMode: 'Always' }, { vxlanMode: 'Never' }],
  ])('set back what somebody changed: %j', (edit, repair) => {
    const edited = live('main', { ...fresh!, ...edit });
    const repaired = specs([pool], [edited]);
    expect(repaired).toEqual([{ ...fresh, ...repair }]);
    expect(specs([pool], [live('main', repaired[0]!)])).toEqual(repaired);
  });
});

test('with native v3 resources pools are written there', () => {
  const input = inputFor({}, { cluster: { calicoApi: 'projectcalico.org/v3' } });
  expect(renderIpPools(input).map(({ object }) => object.apiVersion)).toEqual(['projectcalico.org/v3']);
});

test('a pool that left keeps everything that it has, but gives out no further addresses', () => {
  const main: IPPoolSpec = { name: 'main', cidr: '10.244.0.0/16', encapsulation: 'IPIP' };
  const old: IPPoolObjectSpec = { cidr: '10.1.0.0/16', ipipMode: 'Always', namespaceSelector: "team == 'a'" };
  const objects = rendered([main], [live('old', old)]);
  expect(objects.map(({ object }) => object.metadata.name)).toEqual(['main', 'old']);
  expect((objects[1]?.object as IPPool).spec).toEqual({ ...old, disabled: true });
});

test("another's pool is not rendered at all, nor is one that must stay in service", () => {
  const main: IPPoolSpec = { name: 'main', cidr: '10.244.0.0/16', encapsulation: 'IPIP' };
  const foreign = live('main', { cidr: '10.244.0.0/16', natOutgoing: false }, {});
  const old = live('old', { cidr: '10.1.0.0/16' });
  expect(rendered([main], [foreign, old])).toEqual([]);
});
