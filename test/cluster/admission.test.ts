import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadBundledCrds } from '../../src/api/crds.ts';
import { resources } from '../../src/api/resources.ts';
import type { ApiObject } from '../control-plane/api-client.ts';
import { eventually } from '../control-plane/eventually.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import { type Case, cases } from '../reference/admission/cases.ts';
import { recordedSpecs, refusedRecordings, storedSpecs } from '../reference/admission/specs.ts';
import { installCrds } from './operator.ts';

const crdPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const installations = '/apis/operator.tigera.io/v1/installations';

interface Crd extends ApiObject {
  readonly spec: { readonly versions: readonly { readonly schema: object }[] };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

const cluster = useFreshCluster();

const bundled = async (): Promise<readonly Crd[]> =>
  (await loadBundledCrds()).map(({ json }) => JSON.parse(json) as Crd);

async function install(crd: Crd): Promise<void> {
  await cluster().api.apply(`${crdPath}/${crd.metadata.name}`, crd);
}

const conditionOf = (crd: Crd, wanted: string): string | undefined =>
  crd.status?.conditions?.find(({ type }) => type === wanted)?.status;

const resourceOf = (kind: string) => {
  const resource = Object.values(resources).find((candidate) => candidate.kind === kind);
  if (resource === undefined) throw new Error(`no resource of kind ${kind}`);
  return resource;
};

/** What the API server would say to the object; undefined if it accepts it. */
async function tryOut({ kind = 'Installation', name = 'default', spec }: Omit<Case, 'title'>) {
  const { group, version, plural } = resourceOf(kind);
  const object = { apiVersion: `${group}/${version}`, kind, metadata: { name }, spec };
  return cluster()
    .api.create(`/apis/${group}/${version}/${plural}?dryRun=All&fieldValidation=Strict`, object)
    .then(
      () => undefined,
      (error: unknown) => String(error),
    );
}

beforeAll(async () => {
  await installCrds(cluster().api);
});

describe('CustomResourceDefinitions', () => {
  test('are accepted as written, structural and within the limits on CEL', async () => {
    for (const { metadata, spec } of await bundled()) {
      const stored = await cluster().api.get<Crd>(`${crdPath}/${metadata.name}`);
      expect(conditionOf(stored, 'NonStructuralSchema')).toBeUndefined();
      expect(stored.spec).toMatchObject(spec);
    }
  });

  test('are small enough for kubectl apply, which keeps a copy in an annotation', async () => {
    for (const crd of await loadBundledCrds()) expect(crd.json.length).toBeLessThan(256 * 1024);
  });
});

describe('admission', () => {
  const titled = cases.map((row) => [`${row.kind ?? 'Installation'}: ${row.title}`, row] as const);

  test.each(titled.filter(([, { refusal }]) => refusal === undefined))('accepts %s', async (_, row) => {
    expect(await tryOut(row)).toBeUndefined();
  });

  test.each(titled.filter(([, { refusal }]) => refusal !== undefined))('refuses %s', async (_, row) => {
    const answer = await tryOut(row);
    for (const part of row.refusal ?? []) expect(answer).toContain(part);
  });

  test.each(recordedSpecs)('treats recorded spec $name as it should', async ({ name, spec }) => {
    const refusal = refusedRecordings.get(name);
    if (refusal === undefined) expect(await tryOut({ spec })).toBeUndefined();
    else expect(await tryOut({ spec })).toContain(refusal);
  });
});

describe('what is stored', () => {
  test('by the reference operator, its defaults written in, stays valid', async () => {
    for (const { name, spec } of storedSpecs.filter((stored) => !refusedRecordings.has(stored.name))) {
      expect([name, await tryOut({ spec })]).toEqual([name, undefined]);
    }
  });

  test('is what was sent: only three fields have defaults, so that GitOps sees no difference', async () => {
    const spec = {
      azure: {},
      calicoNetwork: { ipPools: [{ cidr: '10.0.0.0/16' }] },
      kubernetesProvider: 'AKS',
      logging: { cni: {} },
      typha: {},
    };
    const object = {
      apiVersion: 'operator.tigera.io/v1',
      kind: 'Installation',
      metadata: { name: 'overlay' },
      spec,
    };
    const stored = await cluster().api.create(installations, object);
    expect(stored['spec']).toEqual({
      ...spec,
      azure: { policyMode: 'Default' },
      calicoNetwork: { ipPools: [{ cidr: '10.0.0.0/16', disableBGPExport: false }] },
    });
    await cluster().api.delete(`${installations}/overlay`);
  });

  test('under a CRD without our rules stays usable: unchanged mistakes do not stand in the way of other changes', async () => {
    const name = 'installations.operator.tigera.io';
    const ours = (await bundled()).find(({ metadata }) => metadata.name === name);
    if (ours === undefined) throw new Error(`${name} is not bundled`);
    const lenient = JSON.parse(
      JSON.stringify(ours, (key, value: unknown) => (key === 'x-kubernetes-validations' ? undefined : value)),
    ) as Crd;
    const mistaken = {
      apiVersion: 'operator.tigera.io/v1',
      kind: 'Installation',
      metadata: { name: 'default' },
      spec: {
        nonPrivileged: 'Enabled',
        cni: { type: 'Calico', ipam: { type: 'AmazonVPC' } },
        calicoNetwork: {
          bgp: 'Disabled',
          ipPools: [{ cidr: '10.0.0.0/8', encapsulation: 'IPIP' }, { cidr: '10.1.0.0/16' }],
        },
      },
    };
    await install(lenient);
    // The API server takes a moment to serve a changed schema; until then it may refuse as before.
    await eventually(() =>
      cluster()
        .api.create(installations, mistaken)
        .then(
          () => true,
          () => false,
        ),
    );
    await install(ours);
    await eventually(
      async () => (await tryOut({ name: 'overlay', spec: { nonPrivileged: 'Enabled' } })) !== undefined,
    );

    const path = `${installations}/default`;
    await cluster().api.mergePatch(path, { metadata: { finalizers: ['operator.tigera.io/test'] } });
    await cluster().api.mergePatch(path, { metadata: { finalizers: null, labels: { touched: 'yes' } } });
    await cluster().api.mergePatch(`${path}/status`, { status: { calicoVersion: 'v3.32.1' } });
    await expect(cluster().api.mergePatch(path, { spec: { cni: { type: 'GKE' } } })).rejects.toThrow(
      'does not go with type GKE',
    );
    await cluster().api.delete(path);
  });
});
