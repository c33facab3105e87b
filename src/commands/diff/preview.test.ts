import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Installation, InstallationSpec } from '../../api/installation.ts';
import type { DaemonSet, KubeObject, ManagedFieldsEntry, Secret } from '../../api/kubernetes.ts';
import { describeRef } from '../../apply/refs.ts';
import { ModelServer } from '../../apply/testing/model-server.ts';
import { installationManager } from '../../controllers/installation/outfit.ts';
import { makeAuthority, makeLeaf } from '../../certificates/sign.ts';
import { systemGenerator } from '../../certificates/generator.ts';
import { coreCertificates } from '../../certificates/constants.ts';
import { describePair } from '../../certificates/pairs.ts';
import { inspectCertificate } from '../../certificates/inspect.ts';
import { classify, type Verdict } from './classify.ts';
import { lookAt } from './look.ts';
import { placeOf } from './place.ts';
import { preview, type Preview } from './preview.ts';
import { linuxNode, readerOf } from './testing.ts';

const now = Date.parse('2026-06-01T00:00:00Z');
const roots = 'public roots\n';
const nodes = ['a', 'b', 'c'].map(linuxNode);

const installationWith = (spec: InstallationSpec, status: object = {}): Installation => ({
  apiVersion: 'operator.tigera.io/v1',
  kind: 'Installation',
  metadata: { name: 'default', uid: 'installation' },
  spec,
  status,
});

async function previewOf(
  objects: readonly KubeObject[],
  installation: Installation,
  at = now,
  systemRoots = roots,
): Promise<Preview> {
  const { stores, facts } = await lookAt(readerOf([...objects, ...nodes, installation]), 'tigera-operator');
  const place = placeOf(stores, { operatorNamespace: 'tigera-operator', systemRoots });
  return preview({ installation, stores, facts, place, version: '0.0.0', now: at });
}

function decided(previewed: Preview): Extract<Preview, { kind: 'decided' }> {
  if (previewed.kind === 'decided') return previewed;
  throw new Error(JSON.stringify(previewed.refusals));
}

const spec: InstallationSpec = {
  calicoNetwork: { ipPools: [{ cidr: '10.244.0.0/16', encapsulation: 'VXLAN' }] },
};

/** Certificates as the operator issues them, in its own namespace. */
async function issuedSecrets(): Promise<readonly KubeObject[]> {
  const authority = await makeAuthority(now, systemGenerator);
  const inspection = inspectCertificate(authority.certificate);
  if (inspection === undefined) throw new Error('unreadable');
  const signer = describePair('tigera-ca-private', authority, inspection);
  const leaves = await Promise.all(
    coreCertificates.map(async (wanted) => ({
      name: wanted.secretName,
      ...(await makeLeaf(wanted, signer, now, systemGenerator)),
    })),
  );
  return [{ name: 'tigera-ca-private', ...authority }, ...leaves].map(
    ({ name, certificate, privateKey }): KubeObject => {
      const encode = (text: string): string => Buffer.from(text).toString('base64');
      const data = { 'tls.crt': encode(certificate), 'tls.key': encode(privateKey) };
      const labels = { 'certificates.operator.tigera.io/signer': 'tigera-operator-signer' };
      const metadata = { name, namespace: 'tigera-operator', labels };
      return { apiVersion: 'v1', kind: 'Secret', metadata, data } as KubeObject;
    },
  );
}

let server: ModelServer;
/** The cluster after the operator's work, with the certificates that it has issued. */
let live: readonly KubeObject[];
let computed: InstallationSpec;

beforeAll(async () => {
  server = new ModelServer();
  const first = decided(await previewOf(await issuedSecrets(), installationWith(spec)));
  computed = first.resolved.spec;
  for (const { ref, after } of first.changes) {
    if (after !== undefined) await server.apply(ref.resource, after, { fieldManager: installationManager });
  }
  live = server.list();
});

const after = (changed: InstallationSpec): Promise<Preview> =>
  previewOf(live, installationWith(changed, { computed, defaulted: [] }), now, 'roots of this program\n');
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
  const installation = installationWith(spec, { computed, defaulted: [] });
  const { changes } = decided(await previewOf(live, installation, now + years));
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
    const installation = installationWith(spec, { computed, defaulted: [] });
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
  const { waiting } = decided(await previewOf(leaving, installationWith(spec, { computed, defaulted: [] })));
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
  const installation = installationWith(spec, { computed, defaulted: [] });
  expect(names(await previewOf(handedOver, installation))).toEqual([]);
});
