import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Installation, InstallationSpec } from '../../api/installation.ts';
import type { DaemonSet, KubeObject, ManagedFieldsEntry, Secret } from '../../api/kubernetes.ts';
import { describeRef } from '../../apply/refs.ts';
import { classify, type Verdict } from './classify.ts';
import type { Preview } from './preview.ts';
import {
  decided,
  installationWith,
  moment as now,
  previewOf,
  type SettledCluster,
  settledCluster,
  stockSpec as spec,
} from './testing.ts';

let cluster: SettledCluster;
/** The cluster after the operator's work, with the certificates that it has issued. */
let live: readonly KubeObject[];

beforeAll(async () => {
  cluster = await settledCluster();
  live = cluster.objects;
});

const carriedOut = (changed: InstallationSpec): Installation =>
  installationWith(changed, { computed: cluster.computed, defaulted: [] });
const after = (changed: InstallationSpec): Promise<Preview> =>
  previewOf(live, carriedOut(changed), { systemRoots: 'roots of this program\n' });
const names = (previewed: Preview): readonly string[] =>
  decided(previewed).changes.map(({ ref, action }) => `${action} ${describeRef(ref)}`);
const judge = (previewed: Preview): Verdict => classify({ ...decided(previewed), pools: [] });

test('on an empty cluster everything is created, in the order in which it is written', async () => {
  const all = names(await previewOf([], installationWith(spec)));
  expect(all[0]).toBe('create Namespace calico-system');
  expect(all).toContain('create DaemonSet calico-system/calico-node');
  expect(all.filter((name) => !name.startsWith('create '))).toEqual([]);
  expect(all.indexOf('create ClusterRole calico-node')).toBeLessThan(
    all.indexOf('create DaemonSet calico-system/calico-node'),
  );
});

test('what the operator has made needs no change: neither its certificates nor the public roots of its image', async () => {
  expect(names(await after(spec))).toEqual([]);
});

test('only what a field reaches changes, as it will be stored', async () => {
  const { changes } = decided(await after({ ...spec, nodeMetricsPort: 9091 }));
  expect(changes.map(({ ref, action }) => [describeRef(ref), action])).toEqual([
    ['DaemonSet calico-system/calico-node', 'update'],
  ]);
  expect(JSON.stringify(changes[0]?.before)).not.toContain('FELIX_PROMETHEUSMETRICSPORT');
  expect(JSON.stringify(changes[0]?.after)).toContain(
    '{"name":"FELIX_PROMETHEUSMETRICSPORT","value":"9091"}',
  );
});

test('what is no longer wanted is deleted, last', async () => {
  const without = await after({ ...spec, kubeletVolumePluginPath: 'None' });
  expect(names(without)).toEqual(
    expect.arrayContaining([
      'delete DaemonSet calico-system/csi-node-driver',
      'delete CSIDriver csi.tigera.io',
    ]),
  );
  expect(judge(without).concerns.map(({ topic }) => topic)).toEqual(['CSI driver']);
});

test('Typha is shown as it stands in the end, not on the way', async () => {
  const all = names(await after({ ...spec, typha: { mode: 'Always' } }));
  expect(all).toEqual(
    expect.arrayContaining([
      'create Deployment calico-system/calico-typha',
      'update DaemonSet calico-system/calico-node',
    ]),
  );
});

test('a certificate that has expired is issued anew, without a key being made here', async () => {
  const years = 20 * 365 * 24 * 3_600_000;
  const installation = carriedOut(spec);
  const { changes } = decided(await previewOf(live, installation, { now: now + years }));
  const secrets = changes.filter(({ ref }) => ref.resource.kind === 'Secret');
  expect(secrets.map(({ ref }) => ref.name)).toEqual(
    expect.arrayContaining(['tigera-ca-private', 'node-certs']),
  );
  const [first] = secrets;
  const key = (first?.after as Secret | undefined)?.data?.['tls.key'] ?? '';
  expect(Buffer.from(key, 'base64').toString()).toBe('issued-in-the-cluster\n');
});

describe('refused', () => {
  test('by the rules of the spec', async () => {
    const pools = [{ cidr: '10.244.0.0/40' }];
    const previewed = await after({ calicoNetwork: { ipPools: pools } });
    expect(previewed).toMatchObject({
      kind: 'refused',
      refusals: [{ field: 'spec.calicoNetwork.ipPools[0].cidr' }],
    });
  });

  test('by what runs', async () => {
    const pools = [{ cidr: '10.244.0.0/16', encapsulation: 'VXLAN' as const, blockSize: 28 }];
    const previewed = await after({ calicoNetwork: { ipPools: pools } });
    expect(previewed).toMatchObject({ kind: 'refused', refusals: [{ reason: 'UnsafeChangeRefused' }] });
  });

  test('by a selector that cannot be changed', async () => {
    const selector = { matchLabels: { other: 'label' } };
    const foreign = live.map((object): KubeObject => {
      if (object.kind !== 'DaemonSet') return object;
      return { ...object, spec: { ...(object as DaemonSet).spec, selector } } as KubeObject;
    });
    const installation = carriedOut(spec);
    expect(await previewOf(foreign, installation)).toMatchObject({
      kind: 'refused',
      refusals: [{ field: 'spec.selector' }],
    });
  });
});

test('an object that is being deleted has to be waited for', async () => {
  const leaving = live.map((object) =>
    object.kind === 'DaemonSet'
      ? { ...object, metadata: { ...object.metadata, deletionTimestamp: '2026-06-01T00:00:00Z' } }
      : object,
  );
  const { waiting } = decided(await previewOf(leaving, carriedOut(spec)));
  expect(waiting).toContainEqual(
    expect.stringMatching(/^DaemonSet calico-system\/calico-node is being deleted/),
  );
});

test('taking over a field that stays as it is changes nothing', async () => {
  const withoutMetadata = (entry: ManagedFieldsEntry): ManagedFieldsEntry => {
    const { 'f:metadata': _, ...fields } = entry.fieldsV1 as Readonly<Record<string, unknown>>;
    return { ...entry, fieldsV1: fields };
  };
  const handedOver = live.map((object): KubeObject => {
    const managedFields = (object.metadata.managedFields ?? []).map(withoutMetadata);
    return { ...object, metadata: { ...object.metadata, managedFields } };
  });
  const installation = carriedOut(spec);
  expect(names(await previewOf(handedOver, installation))).toEqual([]);
});
