import { expect, test } from '@jest/globals';
import type { IPPoolSpec } from '../api/installation.ts';
import { guard } from './guard.ts';
import { defaultSnapshot, mustResolve } from './testing.ts';

const withPools = (...ipPools: readonly IPPoolSpec[]) =>
  mustResolve(defaultSnapshot({ spec: { calicoNetwork: { ipPools } } }));

const lb: IPPoolSpec = { cidr: '10.9.0.0/16', allowedUses: ['LoadBalancer'] };

test('a first run is allowed', () => {
  expect(guard(withPools({ cidr: '10.0.0.0/16' }), undefined)).toEqual({ kind: 'allowed' });
});

test.each<[string, readonly IPPoolSpec[], readonly IPPoolSpec[]]>([
  ['nothing', [{ cidr: '10.0.0.0/16' }], [{ cidr: '10.0.0.0/16' }]],
  ['how the range is written', [{ cidr: 'fd00::/48' }], [{ cidr: 'fd00:0::0/48' }]],
  ['encapsulation', [{ cidr: '10.0.0.0/16' }], [{ cidr: '10.0.0.0/16', encapsulation: 'VXLAN' }]],
  ['another range', [{ cidr: '10.0.0.0/16' }], [{ cidr: '10.1.0.0/16', name: 'next' }]],
  [
    'a range beside',
    [{ cidr: '10.0.0.0/16', name: 'a' }],
    [{ cidr: '10.0.0.0/16', name: 'a' }, { cidr: '10.1.0.0/16' }],
  ],
])('a change of %s is allowed', (_name, before, now) => {
  expect(guard(withPools(...now), withPools(...before).spec)).toEqual({ kind: 'allowed' });
});

test.each<[string, readonly IPPoolSpec[], readonly IPPoolSpec[], string]>([
  ['block size', [{ cidr: '10.0.0.0/16' }], [{ cidr: '10.0.0.0/16', blockSize: 28 }], '[0].blockSize'],
  ['name', [{ cidr: '10.0.0.0/16' }], [{ cidr: '10.0.0.0/16', name: 'other' }], '[0].name'],
  ['size', [{ cidr: '10.0.0.0/16' }], [{ cidr: '10.0.0.0/15' }], '[0].cidr'],
  [
    'use',
    [{ cidr: '10.0.0.0/16', name: 'a' }, lb],
    [
      { cidr: '10.0.0.0/16', name: 'a' },
      { ...lb, allowedUses: ['Workload'] },
    ],
    '[1].allowedUses',
  ],
])('a change of %s is refused', (_name, before, now, field) => {
  expect(guard(withPools(...now), withPools(...before).spec)).toMatchObject({
    kind: 'refused',
    refusals: [{ reason: 'UnsafeChangeRefused', field: `spec.calicoNetwork.ipPools${field}` }],
  });
});
