import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { loadAll } from 'js-yaml';
import type { ClusterRole } from '../../api/kubernetes.ts';
import { unpackCrds } from './bundled.ts';

const manifest = new URL('../../../deploy/manifests/rbac.yaml', import.meta.url);

test('the shipped ClusterRole allows exactly what managing the definitions needs, each by its name', async () => {
  const documents = loadAll(await readFile(manifest, 'utf8')) as unknown as readonly ClusterRole[];
  const rules = documents
    .flatMap(({ rules }) => rules ?? [])
    .filter(({ resources }) => resources?.includes('customresourcedefinitions') === true)
    // The other one is for following definitions that are missing.
    .filter(({ verbs }) => !verbs.includes('watch'));
  const carried = (await unpackCrds()).map(({ name }) => name);
  expect(rules).toHaveLength(1);
  expect(rules[0]?.apiGroups).toEqual(['apiextensions.k8s.io']);
  expect([...(rules[0]?.resourceNames ?? [])].sort()).toEqual(carried.toSorted());
  expect(rules[0]?.verbs).toEqual(['get', 'create', 'patch']);
});
