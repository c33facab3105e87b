import { readFile } from 'node:fs/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { loadAll } from 'js-yaml';
import { loadBundledCrds } from '../../src/api/crds.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { resources } from '../../src/api/resources.ts';
import { systemClock } from '../../src/clock.ts';
import { keepCrds } from '../../src/controllers/crds/keep.ts';
import { type CrdOptions, manageCrds } from '../../src/controllers/crds/manage.ts';
import type { Crd } from '../../src/controllers/crds/types.ts';
import { createClient } from '../../src/kube/client.ts';
import { loadClusterAccess } from '../../src/kube/cluster-access.ts';
import { resourcePath } from '../../src/kube/paths.ts';
import { createTransport, type Transport, userAgent } from '../../src/kube/transport.ts';
import { type LogFields, type Logger, silentLogger } from '../../src/telemetry/types.ts';
import { eventually } from '../control-plane/eventually.ts';
import { useFreshCluster } from '../control-plane/shared.ts';

// The API server is slow to take up definitions when the machine is busy.
const cluster = useFreshCluster();
const operator = { namespace: 'tigera-operator', name: 'tigera-operator' };
const nobody = { namespace: 'default', name: 'default' };
const owner = 'operator.tigera.io/crd-owner';
const release = 'operator.tigera.io/crd-release';

interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
}

let transport: Transport;
let lines: Line[];
let stop: AbortController;

/** What the operator would pass, as a ServiceAccount. */
async function connect(account: typeof operator): Promise<CrdOptions> {
  const kubeconfig = await cluster().kubeconfigFor(account);
  const access = await loadClusterAccess({ kubeconfig, environment: {}, clock: systemClock });
  transport = createTransport({ access, clock: systemClock, userAgent: userAgent('0.0.0', 'crds-test') });
  const write =
    (level: string) =>
    (message: string, fields: LogFields = {}): void => {
      lines.push({ level, message, fields });
    };
  const logger: Logger = { ...silentLogger, info: write('info'), warn: write('warn'), error: write('error') };
  return { client: createClient(transport), clock: systemClock, logger, signal: stop.signal };
}

const pathOf = (name: string): string => resourcePath({ resource: resources.CustomResourceDefinition, name });
const read = (name: string): Promise<Crd> => cluster().api.get<Crd>(pathOf(name));

async function ours(name: string): Promise<Crd> {
  const found = (await loadBundledCrds()).find((crd) => crd.name === name);
  if (found === undefined) throw new Error(`${name} is not bundled`);
  return JSON.parse(found.json) as Crd;
}

/** Puts a definition in the place of the one that is there. */
async function put(crd: KubeObject): Promise<Crd> {
  const { name } = crd.metadata;
  await remove(name);
  await cluster().api.create(pathOf('').replace(/\/$/, ''), crd);
  return eventually(async () => {
    const live = await read(name);
    return isEstablished(live) ? live : undefined;
  });
}

async function remove(name: string): Promise<void> {
  await cluster().api.delete(pathOf(name));
  await eventually(async () => (await cluster().api.find(pathOf(name))) === undefined);
}

const isEstablished = (crd: Crd): boolean =>
  (
    crd as {
      readonly status?: {
        readonly conditions?: readonly { readonly type: string; readonly status: string }[];
      };
    }
  ).status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True') === true;

beforeAll(async () => {
  for (const file of ['namespace.yaml', 'rbac.yaml']) {
    const manifest = new URL(`../../deploy/manifests/${file}`, import.meta.url);
    for (const object of loadAll(await readFile(manifest, 'utf8')) as unknown as readonly KubeObject[]) {
      const resource = Object.values(resources).find(({ kind }) => kind === object.kind);
      if (resource === undefined) throw new Error(`${file}: unknown kind ${object.kind}`);
      const { name, namespace } = object.metadata;
      await cluster().api.apply(resourcePath({ resource, name, namespace }), object);
    }
  }
});

beforeEach(() => {
  lines = [];
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort();
  await transport.close();
});

test('an empty cluster gets all of them, served, under the shipped ClusterRole; a restart writes nothing', async () => {
  const names = (await loadBundledCrds()).map(({ name }) => name);
  await Promise.all(names.map(remove));
  const options = await connect(operator);
  expect(await manageCrds(options)).toEqual(names.map((name) => ({ kind: 'created', name })));
  const live = await Promise.all(names.map(read));
  for (const crd of live) {
    expect(isEstablished(crd)).toBe(true);
    expect(crd.metadata.managedFields?.map(({ manager }) => manager)).toContain('calico-operator/crds');
  }
  expect(lines).toEqual([
    { level: 'info', message: 'CustomResourceDefinitions installed', fields: { names } },
  ]);

  const again = await manageCrds(options);
  expect(again).toEqual(names.map((name) => ({ kind: 'kept', name, reason: 'current', missing: [] })));
  const later = await Promise.all(names.map(read));
  expect(later.map(({ metadata }) => metadata.resourceVersion)).toEqual(
    live.map(({ metadata }) => metadata.resourceVersion),
  );
});

describe('a definition of ours', () => {
  const name = 'imagesets.operator.tigera.io';

  test('of an older release is replaced whole, and its objects stay', async () => {
    const current = await ours(name);
    const older = JSON.parse(JSON.stringify(current).replaceAll('"images":', '"pictures":')) as Crd;
    expect(JSON.stringify(older)).toContain('"pictures"');
    const annotations = { ...older.metadata.annotations, [release]: '0.0.1' };
    await put({ ...older, metadata: { ...older.metadata, annotations } });
    const object = { apiVersion: 'operator.tigera.io/v1', kind: 'ImageSet', metadata: { name: 'calico-v1' } };
    const images = resourcePath({ resource: resources.ImageSet });
    await eventually(() =>
      cluster()
        .api.create(images, { ...object, spec: { pictures: [] } })
        .catch(() => undefined),
    );

    const options = await connect(operator);
    expect(await manageCrds({ ...options, names: [name] })).toEqual([{ kind: 'upgraded', name }]);
    const live = await read(name);
    expect(live.spec).toMatchObject(current.spec);
    expect(JSON.stringify(live.spec)).not.toContain('"pictures"');
    expect(live.metadata.annotations).toMatchObject(current.metadata.annotations ?? {});
    // The API server takes a moment to serve a changed definition.
    await eventually(async () => (await cluster().api.list(images)).length === 1);
  });

  test('of a newer release is kept as it is', async () => {
    const current = await ours(name);
    const annotations = { ...current.metadata.annotations, [release]: '99.0.0' };
    const before = await put({ ...current, metadata: { ...current.metadata, annotations } });
    const options = await connect(operator);
    expect(await manageCrds({ ...options, names: [name] })).toMatchObject([
      { kind: 'kept', reason: 'newer' },
    ]);
    expect((await read(name)).metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    expect(lines.map(({ level, fields }) => [level, fields])).toEqual([['info', { names: [name] }]]);
  });

  test('that is deleted later is installed again while the operator runs', async () => {
    const options = await connect(operator);
    const first = await manageCrds({ ...options, names: [name] });
    let served = true;
    const keeping = keepCrds({ ...options, first, missing: () => (served ? [] : [name]) });
    await remove(name);
    served = false;
    await eventually(async () => {
      const live = await cluster().api.find<Crd>(pathOf(name));
      return live !== undefined && isEstablished(live);
    });
    served = true;
    stop.abort();
    await keeping;
  });
});

describe('a definition of somebody else', () => {
  const name = 'goldmanes.operator.tigera.io';

  /** As another operator would install it: richer than ours in one place, poorer in another. */
  async function foreign(): Promise<KubeObject & { readonly spec: object }> {
    const { apiVersion, kind, spec } = await ours(name);
    const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    const properties = { spec: { type: 'object', properties: { theirs: { type: 'string' } } }, status: open };
    const schema = { openAPIV3Schema: { type: 'object', properties } };
    const versions = spec.versions.map((version) => ({ ...version, schema }));
    return { apiVersion, kind, metadata: { name }, spec: { ...spec, versions } };
  }

  test('is kept, with a warning that says what is missing and how to hand it over', async () => {
    const before = await put(await foreign());
    const options = await connect(operator);
    expect(await manageCrds({ ...options, names: [name] })).toMatchObject([
      { kind: 'kept', reason: 'foreign' },
    ]);
    expect((await read(name)).metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    expect(lines.map(({ level }) => level)).toEqual(['warn']);
    expect(lines[0]?.fields['missing']).toEqual({ [name]: ['spec.goldmaneDeployment', 'spec.metricsPort'] });
    expect(lines[0]?.fields['cure']).toContain(`${name} ${owner}=calico-operator`);
  });

  test('is replaced once it was handed over', async () => {
    await put(await foreign());
    await cluster().api.mergePatch(pathOf(name), {
      metadata: { annotations: { [owner]: 'calico-operator' } },
    });
    const options = await connect(operator);
    expect(await manageCrds({ ...options, names: [name] })).toEqual([{ kind: 'upgraded', name }]);
    const live = await read(name);
    const current = await ours(name);
    expect(live.spec).toMatchObject(current.spec);
    expect(JSON.stringify(live.spec)).not.toContain('theirs');
    expect(await manageCrds({ ...options, names: [name] })).toMatchObject([
      { kind: 'kept', reason: 'current' },
    ]);
  });
});

test('without the right nothing happens, but an error that tells the cure', async () => {
  const options = await connect(nobody);
  const report = await manageCrds(options);
  expect(report.map(({ kind }) => kind)).toEqual(report.map(() => 'failed'));
  expect(lines.map(({ level }) => level)).toEqual(['error']);
  expect(lines[0]?.fields['error']).toContain('forbidden');
  expect(lines[0]?.fields['cure']).toContain('deploy/manifests/rbac.yaml');
});
