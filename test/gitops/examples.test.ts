/** The examples of deploy/argocd and deploy/flux are what Argo CD, Flux and Kustomize take. */
import { globSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Environment } from '@marcbachmann/cel-js';
import { load } from 'js-yaml';

import { repository as checkout } from '../../scripts/bundle/bundle.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { kubectlProgram, succeed } from '../cluster/clients.ts';
import { applyDefinitions, pathOf, readManifest } from '../cluster/manifests.ts';
import { streamProgress } from '../control-plane/build/progress.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import { gitOpsPrograms } from './programs.ts';
import { componentStates } from './states.ts';

const cluster = useFreshCluster();
const fluxDefinitions = join(checkout, 'test', 'gitops', 'flux-definitions.json');
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'calico-operator-examples-'));
  const { api } = cluster();
  const { argoDefinitions } = await gitOpsPrograms(streamProgress());
  const files = (await readdir(argoDefinitions)).map((file) => join(argoDefinitions, file));
  const ofArgo = (await Promise.all(files.map((file) => readManifest(file)))).flat();
  const ofFlux = JSON.parse(await readFile(fluxDefinitions, 'utf8')) as readonly KubeObject[];
  await applyDefinitions(api, [...ofArgo, ...ofFlux]);
  for (const name of ['argocd', 'flux-system']) {
    await api.apply(`/api/v1/namespaces/${name}`, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    });
  }
}, 1_800_000);
afterAll(() => rm(scratch, { recursive: true, force: true }));

const examples = globSync('deploy/{argocd/application,flux/}*.yaml', { cwd: checkout })
  .filter((file) => !file.includes('tigerastatus'))
  .sort();

/** Has the API server look at an object, with strict validation; nothing is stored. */
async function tryOut(object: KubeObject): Promise<void> {
  const collection = (await pathOf(cluster().api, object)).replace(/\/[^/]*$/, '');
  await cluster().api.create(`${collection}?dryRun=All&fieldValidation=Strict`, object);
}

test('there are as many as the page says', () => {
  expect(examples).toHaveLength(6);
});

test.each(examples)('%s is accepted as it is', async (file) => {
  const objects = await readManifest(join(checkout, file));
  expect(objects.length).toBeGreaterThan(0);
  for (const object of objects) await tryOut(object);
});

test('a misspelt field would not be', async () => {
  const [object] = await readManifest(join(checkout, 'deploy/flux/kustomizations.yaml'));
  const misspelt = { ...object, spec: { ...(object as { spec?: object }).spec, pruune: true } } as KubeObject;
  await expect(tryOut(misspelt)).rejects.toThrow(/pruune/);
});

test('the folder deploy/argocd is a component that adds health checks to what Argo CD has', async () => {
  await cp(join(checkout, 'deploy', 'argocd'), join(scratch, 'calico'), { recursive: true });
  await mkdir(join(scratch, 'argocd'));
  const configMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'argocd-cm' },
    data: { 'timeout.reconciliation': '120s' },
  };
  await writeFile(join(scratch, 'argocd', 'argocd-cm.yaml'), JSON.stringify(configMap));
  const kustomization = {
    namespace: 'argocd',
    resources: ['argocd-cm.yaml'],
    components: ['../calico'],
  };
  await writeFile(join(scratch, 'argocd', 'kustomization.yaml'), JSON.stringify(kustomization));
  const text = await succeed(await kubectlProgram(), ['kustomize', join(scratch, 'argocd')]);
  const made = load(text) as typeof configMap;
  const ours = load(
    await readFile(join(checkout, 'deploy/argocd/argocd-cm.yaml'), 'utf8'),
  ) as typeof configMap;
  expect(made).toMatchObject({ metadata: { name: 'argocd-cm', namespace: 'argocd' } });
  expect(made.data).toEqual({ ...configMap.data, ...ours.data });
  const values = load(await readFile(join(checkout, 'deploy/argocd/argo-cd-values.yaml'), 'utf8'));
  expect(values).toEqual({ configs: { cm: ours.data } });
});

describe('the health of a TigeraStatus in Flux', () => {
  interface Patch {
    readonly spec: {
      readonly healthCheckExprs: readonly { readonly current: string; readonly failed: string }[];
    };
  }
  const environment = new Environment().registerVariable('status', 'dyn');
  const read = async (): Promise<Patch> =>
    load(await readFile(join(checkout, 'deploy/flux/tigerastatus-health.yaml'), 'utf8')) as Patch;

  test('is a patch that Flux takes', async () => {
    const objects = await readManifest(join(checkout, 'deploy/flux/kustomizations.yaml'));
    const { spec } = await read();
    for (const object of objects)
      await tryOut({ ...object, spec: { ...(object as { spec?: object }).spec, ...spec } } as KubeObject);
  });

  test('is told in every state', async () => {
    const [expressions] = (await read()).spec.healthCheckExprs;
    const holds = (expression: string, object: KubeObject): unknown =>
      environment.evaluate(expression, { status: (object as { status?: object }).status });
    const judged = componentStates.filter(({ object }) => 'status' in object);
    expect(
      judged.map(({ what, object }) => [
        what,
        holds(expressions?.failed ?? '', object),
        holds(expressions?.current ?? '', object),
      ]),
    ).toEqual(judged.map(({ what, argo }) => [what, argo.status === 'Degraded', argo.status === 'Healthy']));
    expect(judged.length).toBeGreaterThan(30);
  });
});
