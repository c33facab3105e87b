import { describe, expect, test } from '@jest/globals';
import type { IPPool, IPPoolObjectSpec } from '../../api/calico.ts';
import type { IPPoolSpec } from '../../api/installation.ts';
import type { Resolved } from '../../resolve/types.ts';
import { inputFor } from '../fixtures.ts';
import { poolOwnership } from './ownership.ts';

const label = { 'app.kubernetes.io/managed-by': 'tigera-operator' };

const live = (
  name: string,
  spec: IPPoolObjectSpec,
  labels: Readonly<Record<string, string>> = {},
): IPPool => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind: 'IPPool',
  metadata: { name, labels },
  spec,
});

const resolvedWith = (...ipPools: readonly IPPoolSpec[]): Resolved =>
  inputFor({ calicoNetwork: { bgp: 'Enabled', ipPools } }).resolved;

const main: IPPoolSpec = { name: 'main', cidr: '10.244.0.0/16', encapsulation: 'IPIP' };

/** What the operator makes of `main`. */
const mainSpec: IPPoolObjectSpec = {
  cidr: '10.244.0.0/16',
  blockSize: 26,
  ipipMode: 'Always',
  vxlanMode: 'Never',
  natOutgoing: true,
  nodeSelector: 'all()',
  allowedUses: ['Workload', 'Tunnel'],
  assignmentMode: 'Automatic',
};

const names = (pools: readonly { readonly name: string }[]) => pools.map(({ name }) => name);

describe('a pool of the spec', () => {
  test('is written when the cluster has none like it', () => {
    const ownership = poolOwnership([], resolvedWith(main));
    expect(names(ownership.managed)).toEqual(['main']);
    expect(ownership).toMatchObject({ adopted: [], left: [], refusals: [], warnings: [] });
  });

  test('stays ours, however its settings were changed', () => {
    const pool = live('main', { ...mainSpec, natOutgoing: false, nodeSelector: "zone == 'a'" }, label);
    const ownership = poolOwnership([pool], resolvedWith(main));
    expect(names(ownership.managed)).toEqual(['main']);
    expect(ownership).toMatchObject({ adopted: [], left: [], refusals: [] });
  });

  test('is ours by the label that the API server of Calico keeps in an annotation', () => {
    const stored = live('main', { ...mainSpec, natOutgoing: false });
    const annotations = { 'projectcalico.org/metadata': JSON.stringify({ labels: label }) };
    const pool = { ...stored, metadata: { name: 'main', annotations } };
    expect(names(poolOwnership([pool], resolvedWith(main)).managed)).toEqual(['main']);
  });

  test.each<[string, IPPoolObjectSpec]>([
    ['the same in every field', mainSpec],
    [
      'the same but for fields left to their defaults',
      { cidr: '10.244.0.0/16', ipipMode: 'Always', natOutgoing: true },
    ],
    ['the same uses in another order', { ...mainSpec, allowedUses: ['Tunnel', 'Workload'] }],
  ])('takes over a pool of somebody else that is %s', (_how, spec) => {
    const ownership = poolOwnership([live('main', spec)], resolvedWith(main));
    expect(ownership.adopted).toEqual(['main']);
    expect(names(ownership.managed)).toEqual(['main']);
    expect(ownership.refusals).toEqual([]);
  });

  test('takes over a pool without encapsulation, whether that is written out or not', () => {
    const plain: IPPoolSpec = { name: 'main', cidr: '10.244.0.0/16', encapsulation: 'None' };
    const { ipipMode: _ipip, vxlanMode: _vxlan, ...without } = mainSpec;
    for (const spec of [without, { ...without, ipipMode: 'Never' as const, vxlanMode: 'Never' as const }]) {
      expect(poolOwnership([live('main', spec)], resolvedWith(plain)).adopted).toEqual(['main']);
    }
  });

  test('takes over an IPv6 range that is written in another form', () => {
    const pool: IPPoolSpec = { name: 'six', cidr: 'fd00:10:244::/48', encapsulation: 'VXLAN' };
    const spec: IPPoolObjectSpec = { cidr: 'FD00:0010:0244:0::/48', vxlanMode: 'Always' };
    expect(poolOwnership([live('six', spec)], resolvedWith(pool)).adopted).toEqual(['six']);
  });

  test("is refused over another's pool of the same range, which is named with what differs", () => {
    const foreign = live('main', { ...mainSpec, natOutgoing: false, blockSize: 24 });
    const ownership = poolOwnership([foreign], resolvedWith({ ...main, blockSize: 26 }));
    expect(ownership.managed).toEqual([]);
    expect(ownership.refusals).toEqual([
      {
        reason: 'ForeignObject',
        object: 'Installation default',
        field: 'spec.calicoNetwork.ipPools[0].cidr',
        value: '10.244.0.0/16',
        problem: "IPPool main has this range, is not the operator's and differs in natOutgoing, blockSize",
        cure:
          'Make the two equal, or leave the range out of the Installation, or hand the IPPool over with the label ' +
          'app.kubernetes.io/managed-by=tigera-operator',
      },
    ]);
  });

  test.each([
    ['ours', label, 'UnsafeChangeRefused'],
    ["somebody else's", {}, 'ForeignObject'],
  ])('is refused when its name is the name of another range, %s', (_whose, labels, reason) => {
    const other = live('main', { ...mainSpec, cidr: '10.1.0.0/16' }, labels);
    expect(poolOwnership([other], resolvedWith(main))).toMatchObject({
      managed: [],
      refusals: [
        {
          reason,
          field: 'spec.calicoNetwork.ipPools[0].name',
          value: 'main',
          problem: 'IPPool main has the range 10.1.0.0/16, and the range of a pool never changes',
          cure: 'Give the pool for 10.244.0.0/16 a name of its own',
        },
      ],
    });
  });

  test('is refused under a new name: two pools of one range would give out the same addresses', () => {
    const ownership = poolOwnership([live('old', mainSpec, label)], resolvedWith(main));
    expect(ownership).toMatchObject({
      managed: [],
      left: [],
      refusals: [{ reason: 'UnsafeChangeRefused', value: 'main', cure: 'Set the name to old' }],
    });
  });

  test('that can be written is, beside one that is refused', () => {
    const second: IPPoolSpec = { name: 'second', cidr: '10.245.0.0/16', encapsulation: 'IPIP' };
    const foreign = live('main', { ...mainSpec, nodeSelector: 'none()' });
    const ownership = poolOwnership([foreign], resolvedWith(main, second));
    expect(names(ownership.managed)).toEqual(['second']);
    expect(ownership.refusals).toHaveLength(1);
  });
});

describe('a pool that left the spec', () => {
  const old = live('old', { ...mainSpec, cidr: '10.1.0.0/16' }, label);

  test('goes out of service while another of its family takes over, and status says so', () => {
    const ownership = poolOwnership([old, live('main', mainSpec, label)], resolvedWith(main));
    expect(ownership.left).toEqual([{ name: 'old', cidr: '10.1.0.0/16', action: 'disable' }]);
    expect(ownership.warnings).toEqual([
      {
        reason: 'ConfigurationWarning',
        object: 'IPPool old',
        value: '10.1.0.0/16',
        problem:
          'the Installation no longer lists it, so that it gives out no further addresses; those in use stay',
        cure: 'List it again, or delete the IPPool once no pod has an address of it',
      },
    ]);
  });

  test('stays in service when pods would get no address without it', () => {
    const six: IPPoolSpec = { cidr: 'fd00:10:244::/48', encapsulation: 'VXLAN' };
    expect(poolOwnership([old], resolvedWith(six)).left).toMatchObject([{ name: 'old', action: 'keep' }]);
    const disabled: IPPoolSpec = { ...main, disableNewAllocations: true };
    expect(poolOwnership([old], resolvedWith(six, disabled)).left).toMatchObject([
      { name: 'old', action: 'keep' },
    ]);
  });

  test('stays in service while a pool of the spec is refused', () => {
    const foreign = live('main', { ...mainSpec, natOutgoing: false });
    expect(poolOwnership([old, foreign], resolvedWith(main)).left).toMatchObject([{ action: 'keep' }]);
  });

  test('goes out of service at once when it gives pods no addresses anyway', () => {
    const balancer = live('lb', { cidr: '10.9.0.0/24', allowedUses: ['LoadBalancer'] }, label);
    const six: IPPoolSpec = { cidr: 'fd00:10:244::/48', encapsulation: 'VXLAN' };
    expect(poolOwnership([balancer], resolvedWith(six)).left).toMatchObject([{ action: 'disable' }]);
  });

  test("is left alone when the spec lists no pools, and when it is somebody else's", () => {
    const resolved = resolvedWith(main);
    const elsewhere: Resolved = { ...resolved, pools: [], poolsManagedElsewhere: true };
    expect(poolOwnership([old], elsewhere)).toMatchObject({ left: [], warnings: [] });
    const foreign = live('foreign', { ...mainSpec, cidr: '10.1.0.0/16' });
    expect(poolOwnership([foreign], resolved)).toMatchObject({ left: [], warnings: [] });
  });
});
