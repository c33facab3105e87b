import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { IPPool } from '../api/calico.ts';
import type { InstallationSpec } from '../api/installation.ts';
import { installationSpec } from '../api/schema/installation/spec.ts';
import { ipPoolSpec } from '../api/schema/calico/ip-pool.ts';
import { reasonCatalogue } from '../api/conditions.ts';
import { guard } from './guard.ts';
import { resolve } from './resolve.ts';
import { defaultSnapshot, installationWith } from './testing.ts';
import type { Provider, Resolution, Snapshot } from './types.ts';

interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
}

const words = fc.constantFrom(
  '',
  'None',
  '/a/b',
  'all()',
  'x y',
  '10.0.0.0/16',
  '10.0.0.1/8',
  'fd00::/48',
  '::/0',
  '1.2.3.4/99',
  '100Mi',
  '50%',
  'UseDefault',
  'kubernetes.io/os',
  '\u0000',
);

/** Anything of the schema's shape, sensible or not. Optional fields are mostly absent. */
function ofSchema(schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((each) => ofSchema(each, depth)));
  switch (schema.type) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return fc.oneof(fc.constantFrom(0, 1, 26, 122, 1400), fc.integer());
    case 'array':
      return fc.array(ofSchema(schema.items ?? {}, depth + 1), { maxLength: 3 });
    case 'object':
      return ofObject(schema, depth);
    default:
      return fc.oneof({ weight: 3, arbitrary: words }, { weight: 1, arbitrary: fc.string({ maxLength: 8 }) });
  }
}

function ofObject(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0) return fc.dictionary(words, words, { maxKeys: 2 });
  const share = depth === 0 ? 3 : 2;
  const fields = properties.map(([name, property]): [string, fc.Arbitrary<unknown>] => {
    const value = ofSchema(property, depth + 1);
    const absent = { weight: share, arbitrary: fc.constant(undefined) };
    return [
      name,
      schema.required?.includes(name) ? value : fc.oneof(absent, { weight: 1, arbitrary: value }),
    ];
  });
  return fc
    .record(Object.fromEntries(fields))
    .map((object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)));
}

const shapes = ofSchema(installationSpec as unknown as Schema) as fc.Arbitrary<InstallationSpec>;

const some = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const onOff = some('Enabled' as const, 'Disabled' as const);
const pools = fc.record(
  {
    cidr: some('10.0.0.0/16', '10.1.0.9/16', '10.2.0.0/24', 'fd00::/48', 'fd00:1::1/64'),
    encapsulation: some('IPIP', 'IPIPCrossSubnet', 'VXLAN', 'VXLANCrossSubnet', 'None'),
    natOutgoing: onOff,
    blockSize: some(26, 122),
    disableNewAllocations: fc.boolean(),
  },
  { requiredKeys: ['cidr'] },
);

/** Specs that people write, most of them acceptable. */
const sensible = fc.record(
  {
    kubernetesProvider: some('', 'EKS', 'GKE', 'AKS', 'Kind', 'RKE2'),
    cni: some<InstallationSpec['cni'] & object>(
      { type: 'Calico' },
      { type: 'Calico', ipam: { type: 'HostLocal' } },
      { type: 'AmazonVPC' },
    ),
    calicoNetwork: fc.record(
      {
        bgp: onOff,
        linuxDataplane: some('Iptables', 'Nftables', 'BPF'),
        clusterRoutingMode: some('BIRD', 'Felix'),
        ipPools: fc.uniqueArray(pools, { maxLength: 2, selector: (pool) => pool.cidr }),
        hostPorts: onOff,
        mtu: some(0, 1400),
      },
      { requiredKeys: [] },
    ),
    controlPlaneReplicas: some(1, 3),
    flexVolumePath: some('None', '/a'),
    typha: some<InstallationSpec['typha'] & object>({ mode: 'Always' }, { mode: 'Never' }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<InstallationSpec>;
const specs = fc.oneof({ weight: 1, arbitrary: shapes }, { weight: 3, arbitrary: sensible });
const seldom = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const livePools = fc
  .array(fc.tuple(ofSchema(ipPoolSpec as unknown as Schema), fc.boolean()), { maxLength: 3 })
  .map((list) =>
    list.map(
      ([spec, owned], index) =>
        ({
          apiVersion: 'crd.projectcalico.org/v1',
          kind: 'IPPool',
          metadata: {
            name: `pool-${index}`,
            labels: owned ? { 'app.kubernetes.io/managed-by': 'tigera-operator' } : {},
          },
          spec,
        }) as IPPool,
    ),
  );

const snapshots: fc.Arbitrary<Snapshot> = fc
  .record({
    spec: specs,
    overlay: seldom(specs),
    pools: seldom(livePools),
    detectedProvider: seldom(fc.constantFrom<Provider>('EKS', 'GKE', 'OpenShift', 'Kind')),
    podSubnet: seldom(words),
    awsNode: fc.boolean(),
  })
  .map(({ spec, overlay, pools, podSubnet, detectedProvider = '', awsNode }) =>
    defaultSnapshot({
      spec,
      pools: pools ?? [],
      ...(overlay === undefined ? {} : { overlay: installationWith(overlay) }),
      cluster: {
        detectedProvider,
        awsNode,
        ...(podSubnet === undefined
          ? {}
          : {
              kubeadmConfig: {
                apiVersion: 'v1',
                kind: 'ConfigMap',
                metadata: { name: 'kubeadm-config' },
                data: { ClusterConfiguration: `networking:\n  podSubnet: ${podSubnet}\n` },
              },
            }),
      },
    }),
  );

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}

const reversedKeys = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(reversedKeys)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .toReversed()
            .map(([key, part]) => [key, reversedKeys(part)]),
        )
      : value;

const withStatus = (
  snapshot: Snapshot,
  resolution: Resolution & { readonly kind: 'resolved' },
): Snapshot => ({
  ...snapshot,
  installation: {
    ...snapshot.installation,
    status: { computed: resolution.resolved.spec, defaulted: resolution.resolved.defaulted },
  },
});

describe('for any input of the right shape', () => {
  const runs = { numRuns: 500, seed: 20240 };

  test('a good part of the generated input is acceptable', () => {
    const accepted = fc.sample(snapshots, runs).filter((snapshot) => resolve(snapshot).kind === 'resolved');
    expect(accepted.length).toBeGreaterThan(40);
  });

  test('resolve changes nothing of it and gives the same again, whatever the order of keys', () => {
    fc.assert(
      fc.property(snapshots, (snapshot) => {
        const first = resolve(deepFreeze(snapshot));
        expect(resolve(reversedKeys(snapshot) as Snapshot)).toEqual(first);
      }),
      runs,
    );
  });

  test('every finding has a known reason, an object, a problem and a cure', () => {
    fc.assert(
      fc.property(snapshots, (snapshot) => {
        const resolution = resolve(snapshot);
        const findings =
          resolution.kind === 'refused'
            ? [...resolution.refusals, ...resolution.warnings]
            : resolution.resolved.warnings;
        for (const finding of findings) {
          expect(Object.keys(reasonCatalogue)).toContain(finding.reason);
          expect([finding.object, finding.problem, finding.cure].every((text) => text !== '')).toBe(true);
          expect((finding.value ?? '').length).toBeLessThanOrEqual(120);
        }
        expect(resolution.kind === 'resolved' || resolution.refusals.length > 0).toBe(true);
      }),
      runs,
    );
  });

  test('what was decided once is decided again from its own record, and the guard lets it pass', () => {
    fc.assert(
      fc.property(snapshots, (snapshot) => {
        const first = resolve(snapshot);
        if (first.kind === 'refused') return;
        const second = resolve(withStatus(snapshot, first));
        expect(second).toMatchObject({ kind: 'resolved', resolved: { spec: first.resolved.spec } });
        if (second.kind === 'resolved') {
          expect(second.resolved.defaulted).toEqual(first.resolved.defaulted);
          expect(guard(second.resolved, first.resolved.spec)).toEqual({ kind: 'allowed' });
        }
      }),
      runs,
    );
  });
});
