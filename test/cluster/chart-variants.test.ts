/** Every variant of the chart and every overlay is accepted by the API server, field by field. */
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';

import { repository } from '../../scripts/bundle/bundle.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import { kindsInstalled, tryOut } from './chart-kinds.ts';
import { helms, kubectlProgram, succeed, templateArguments } from './clients.ts';
import { variants } from './fixtures/chart-variants.ts';

const crdPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const cluster = useFreshCluster(kindsInstalled);

let kubectl: string;
beforeAll(async () => {
  [kubectl] = await Promise.all([kubectlProgram(), ...helms.map(({ program }) => program())]);
}, 1_800_000);

const accept = (input: string): Promise<string> =>
  succeed(kubectl, [...tryOut, '-f', '-'], { kubeconfig: cluster().kubeconfig, input });

/** What the newest Helm makes of the chart; chart.test.ts shows that others make the same. */
async function render(values: object, ...more: readonly string[]): Promise<string> {
  const helm = (await helms.at(-1)?.program()) ?? '';
  const args = templateArguments('--values=-', ...more);
  return succeed(helm, args, { kubeconfig: cluster().kubeconfig, input: JSON.stringify(values) });
}

test.each(Object.entries(variants))('%s', async (_name, values) => {
  await accept(await render(values));
});

test('the hook that upgrades definitions', async () => {
  const { api } = cluster();
  const definition = `${crdPath}/installations.operator.tigera.io`;
  const annotate = (release: string): Promise<unknown> =>
    api.mergePatch(definition, { metadata: { annotations: { 'operator.tigera.io/crd-release': release } } });
  const { annotations } = (await api.get(definition)).metadata;
  await annotate('0.0.9');
  const rendered = await render(
    { imagePullSecrets: { mine: '{}' }, kubernetesServiceEndpoint: { host: 'api.example.com' } },
    // With what it finds in the cluster.
    '--dry-run=server',
    '--is-upgrade',
  );
  expect(rendered).toContain('name: tigera-operator-crds-mine');
  await accept(rendered);
  await annotate(annotations?.['operator.tigera.io/crd-release'] ?? '');
});

// kubectl gives all of a folder that is a kustomization; the overlays hold the base, deploy/manifests.
test.each(globSync('deploy/overlays/*', { cwd: repository }))('%s', async (folder) => {
  const args = [...tryOut, '-k', join(repository, folder)];
  await succeed(kubectl, args, { kubeconfig: cluster().kubeconfig });
});

test.each(globSync('deploy/manifests/*.yaml', { cwd: repository, exclude: ['**/kustomization.yaml'] }))(
  '%s',
  async (file) => {
    await accept(await readFile(join(repository, file), 'utf8'));
  },
);

test('a field that does not exist would be noticed', async () => {
  const rendered = await render({}, '--show-only=templates/deployment.yaml');
  const wrong = rendered.replace('terminationGracePeriodSeconds', 'terminationGraceSeconds');
  await expect(accept(wrong)).rejects.toThrow(
    '.spec.template.spec.terminationGraceSeconds: field not declared in schema',
  );
});
