/** docs/security.md explains each wide permission of the shipped roles, and no other; what must not be granted is not. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { loadAll } from 'js-yaml';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { describeGrant, type Grant, grantsOf } from '../../test/cluster/granted.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const manifestOf = (name: string): readonly KubeObject[] =>
  loadAll(read(`deploy/manifests/${name}`)) as readonly KubeObject[];

const grants = ['rbac.yaml', 'docker-enterprise.yaml'].flatMap((name) => grantsOf(manifestOf(name)));

const writing = ['create', 'update', 'patch', 'delete', 'deletecollection'];
/** Verbs that are mighty on whatever they stand. */
const mightyVerbs = ['escalate', 'bind', 'impersonate', 'use', 'approve', 'sign'];
/** By which one comes to more rights, to other programs or to other nodes. */
const mightyResources =
  /^(rbac\.authorization\.k8s\.io|admissionregistration\.k8s\.io|apiregistration\.k8s\.io|apps|batch)\/|^apiextensions\.k8s\.io\/customresourcedefinitions$|^(pods|nodes|namespaces|serviceaccounts|replicationcontrollers)\b/;
const ownGroups = ['operator.tigera.io', 'crd.projectcalico.org'];

const fullName = ({ group, resource }: Grant): string => (group === '' ? resource : `${group}/${resource}`);

function isWide(grant: Grant): boolean {
  const { verb, group, resource, name, namespace } = grant;
  const everywhere = name === '' && namespace === '';
  if (mightyVerbs.includes(verb) || resource === 'secrets') return true;
  if (writing.includes(verb)) return everywhere || mightyResources.test(fullName(grant));
  return everywhere && !ownGroups.includes(group);
}

/** Definitions are many: src/controllers/crds/rbac.test.ts holds the rule to the list of their names. */
const shorten = (line: string): string => line.replace(/(customresourcedefinitions):\S+/, '$1:crds/*');

/** The grants of the rows of the table. */
function explainedGrants(): readonly string[] {
  const [, table = ''] = /<!-- begin wide -->(.*?)<!-- end wide -->/s.exec(read('docs/security.md')) ?? [];
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  return rows.flatMap((row) => {
    const [verbs = [], resources = [], names = [], places = []] = row
      .split('|')
      .slice(1, 5)
      .map((cell) => [...cell.matchAll(/`([^`]*)`/g)].map(([, word = '']) => word));
    const orAll = (words: readonly string[]): readonly string[] => (words.length === 0 ? [''] : words);
    return verbs.flatMap((verb) =>
      resources.flatMap((resource) =>
        orAll(names).flatMap((name) =>
          orAll(places).map((namespace) => describeGrant({ verb, group: '', resource, name, namespace })),
        ),
      ),
    );
  });
}

test('every wide permission is explained, and nothing is explained that is not granted', () => {
  const wide = grants.filter(isWide).map((grant) => shorten(describeGrant(grant)));
  expect(explainedGrants().toSorted()).toEqual([...new Set(wide)].sort());
});

/** What no manifest may grant, by the line that describes a grant. */
const never: readonly (readonly [string, RegExp])[] = [
  ['a wildcard', /\*/],
  ['Secrets in the whole cluster', / secrets(:\S+)?$/],
  ['to act as somebody else', /^impersonate | serviceaccounts\/token/],
  ['to enter pods or nodes', / (pods\/(exec|attach|portforward|ephemeralcontainers|proxy)|nodes\/proxy)/],
  ['to change nodes', /^(create|update|patch|delete) nodes/],
  ['to change what is admitted', / admissionregistration\.k8s\.io\//],
  ['to answer for another API', / apiregistration\.k8s\.io\//],
  ['to approve or sign certificates', /certificatesigningrequests\/|^(approve|sign) /],
  ['to delete many at once', /^deletecollection /],
  [
    'to delete pools, or definitions with their data',
    /^delete .*(crd\.projectcalico\.org\/ippools|customresourcedefinitions)/,
  ],
];

test.each(never)('nobody is granted %s', (_, pattern) => {
  expect(grants.map(describeGrant).filter((grant) => pattern.test(grant))).toEqual([]);
});

test('what is never granted would be noticed', () => {
  const examples = [
    '* apps/daemonsets',
    'list secrets',
    'create serviceaccounts/token in x',
    'create pods/exec',
    'patch nodes',
    'create admissionregistration.k8s.io/mutatingwebhookconfigurations',
    'patch apiregistration.k8s.io/apiservices',
    'update certificates.k8s.io/certificatesigningrequests/approval',
    'deletecollection crd.projectcalico.org/ippools',
    'delete crd.projectcalico.org/ippools',
  ];
  expect(examples.map((example, index) => never[index]?.[1].test(example))).toEqual(examples.map(() => true));
  expect(never[1]?.[1].test('list secrets in tigera-operator')).toBe(false);
});

test('who only looks may not write, and sees Secrets only where they are given to see', () => {
  const viewer = manifestOf('viewer.yaml') as unknown as readonly {
    readonly metadata: { readonly name: string };
    readonly rules: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[];
  }[];
  const verbs = new Set(viewer.flatMap(({ rules }) => rules.flatMap((rule) => rule.verbs)));
  expect([...verbs].sort()).toEqual(['get', 'list', 'watch']);
  const seeing = viewer.filter(({ rules }) => rules.some(({ resources }) => resources.includes('secrets')));
  expect(seeing.map(({ metadata }) => metadata.name)).toEqual(['calico-operator-secret-viewer']);
});
