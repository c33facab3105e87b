/** Install and remove with kubectl and the manifests of the repository. Pods of the operator's image are processes. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { repository } from '../../scripts/bundle/bundle.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import { kubectlProgram, succeed } from './clients.ts';
import { calicoNodePath } from './harness.ts';
import { buildOperator } from './operator.ts';
import { type OperatorPods, runOperatorPods } from './operator-pods.ts';

const cluster = useFreshCluster();
const manifest = (name: string): string => join(repository, 'deploy', 'manifests', name);
const installationCrdPath =
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/installations.operator.tigera.io';

let kubectl: string;
let pods: OperatorPods | undefined;

beforeAll(async () => {
  [kubectl] = await Promise.all([kubectlProgram(), buildOperator()]);
  await cluster().createNodes(2);
}, 1_800_000);
afterAll(() => pods?.stop());

const run = (...args: readonly string[]): Promise<string> =>
  succeed(kubectl, args, { kubeconfig: cluster().kubeconfig });
const exists = async (path: string): Promise<boolean> => (await cluster().api.find(path)) !== undefined;

test('applies install.yaml and then stock resources, again without a change, and deletes both', async () => {
  expect(await run('apply', '-f', manifest('install.yaml'))).not.toMatch(/unchanged|configured/);
  pods = runOperatorPods(cluster());
  const available = ['--for=condition=Available', '--timeout=2m'];
  await run('wait', ...available, '-n', 'tigera-operator', 'deployment/tigera-operator');
  await run('apply', '-f', manifest('custom-resources.yaml'));
  await run('wait', 'installation/default', '--for=condition=Ready', '--timeout=2m');
  const again = (await run('apply', '-f', manifest('install.yaml'))).trim().split('\n');
  // Of a PodDisruptionBudget kubectl says so whether or not anything changed.
  const changed = again.filter(
    (line) => !line.endsWith(' unchanged') && !line.startsWith('poddisruptionbudget'),
  );
  expect(changed).toEqual([]);

  await run('delete', '-f', manifest('custom-resources.yaml'), '--timeout=2m');
  expect(await exists(calicoNodePath)).toBe(false);
  await run('delete', '-f', manifest('operator.yaml'), '--timeout=2m');
  expect(await exists('/api/v1/namespaces/tigera-operator')).toBe(false);
  expect(await exists(installationCrdPath)).toBe(true);
});
