import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { type Schema, share, toJsonSchema } from './json-schema.ts';
import { definitionManifests, monitoringManifest, operatorManifest } from './manifests.ts';
import { hookRuleTemplates, rbacTemplate } from './rbac-templates.ts';
import { valuesSchema } from './schema-file.ts';
import { fillIn } from './tables.ts';
import { sections } from './values.ts';
import { valuesFile, wrap } from './values-file.ts';

describe('JSON Schema from a definition', () => {
  test('refuses fields that are not described, and keeps open what is open', () => {
    const schema = {
      type: 'object',
      properties: {
        port: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
        open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        labels: { type: 'object', additionalProperties: { type: 'string', format: 'byte' } },
        maybe: { type: 'string', nullable: true },
      },
      'x-kubernetes-validations': [{ rule: 'true' }],
    };
    expect(toJsonSchema(schema)).toEqual({
      type: 'object',
      additionalProperties: false,
      properties: {
        port: { type: ['integer', 'string'] },
        open: { type: 'object', additionalProperties: true },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        maybe: { type: ['string', 'null'] },
      },
    });
  });

  test('is the same when parts are shared', () => {
    const long: Schema = { type: 'string', description: 'x'.repeat(200) };
    const pair: Schema = { type: 'object', properties: { a: long, b: long } };
    const shared = share({
      type: 'object',
      properties: { one: pair, two: { type: 'array', items: pair }, three: long },
    });
    expect(Object.keys(shared['definitions'] as object)).toHaveLength(2);
    expect(unshare(shared, shared['definitions'] as Readonly<Record<string, Schema>>)).toEqual({
      type: 'object',
      properties: { one: pair, two: { type: 'array', items: pair }, three: long },
    });
  });
});

function unshare(value: unknown, definitions: Readonly<Record<string, Schema>>): unknown {
  if (Array.isArray(value)) return value.map((each) => unshare(each, definitions));
  if (typeof value !== 'object' || value === null) return value;
  const { $ref, definitions: _definitions, ...rest } = value as Schema & { readonly $ref?: string };
  if ($ref !== undefined) return unshare(definitions[$ref.replace('#/definitions/', '')], definitions);
  return Object.fromEntries(Object.entries(rest).map(([key, each]) => [key, unshare(each, definitions)]));
}

describe('values', () => {
  const values = sections.flatMap((section) => section.values);

  test('values.yaml has every default', () => {
    const file = load(valuesFile());
    for (const { path, default: value } of values) {
      const found = path.split('.').reduce<unknown>((at, key) => (at as Schema | undefined)?.[key], file);
      if (value !== undefined) expect({ path, found }).toEqual({ path, found: value });
    }
  });

  test('have a schema each, and are named once', () => {
    const paths = values.map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    const { properties } = valuesSchema() as { readonly properties: Schema };
    expect(Object.keys(properties).sort()).toEqual(
      [...new Set(['global', ...paths.map((path) => path.split('.')[0])])].sort(),
    );
  });

  test('long comments are broken between words', () => {
    expect(wrap('aa bb cc', 5)).toEqual(['aa bb', 'cc']);
  });
});

describe('roles', () => {
  const manifest = [
    'kind: Role',
    'metadata: { name: r, namespace: tigera-operator, labels: { a: b } }',
    'rules:',
    '  - { apiGroups: [apiextensions.k8s.io], resources: [customresourcedefinitions], verbs: [list, watch] }',
    '  - { apiGroups: [apiextensions.k8s.io], resources: [customresourcedefinitions], verbs: [get, patch] }',
    '---',
    'kind: Role',
    'metadata: { name: r, namespace: kube-system }',
    '',
  ].join('\n');

  test('move with the release, but for those in namespaces of the cluster', () => {
    const text = rbacTemplate('r.yaml', manifest, '.Values.on');
    expect(text.match(/namespace: .*/g)).toEqual([
      "namespace: '{{ .Release.Namespace }}'",
      'namespace: kube-system',
    ]);
    expect(text.match(/\{\{- if \.Values\.on \}\}/g)).toHaveLength(2);
    expect(text).not.toContain('a: b');
  });

  test('the rule to write definitions is found, or missed', () => {
    expect(hookRuleTemplates('r.yaml', manifest)).toContain('- patch');
    expect(() => hookRuleTemplates('r.yaml', 'kind: Role')).toThrow('r.yaml has no rule');
  });
});

describe('manifests', () => {
  const object = (name: string): string =>
    `---\nkind: A\nmetadata:\n  name: ${name}\n  labels: { app.kubernetes.io/managed-by: Helm, helm.sh/chart: x, k8s-app: z }\n`;

  test('say nothing of Helm', () => {
    expect(operatorManifest(object('a'))).toMatch(
      /---\nkind: A\nmetadata:\n {2}name: a\n {2}labels:\n {4}k8s-app: z\n$/,
    );
  });

  test('of monitoring have only what comes with it', () => {
    const text = monitoringManifest(object('a'), object('a') + object('b'));
    expect(text).toContain('name: b');
    expect(text).not.toContain('name: a');
  });

  test('to install from have definitions first', () => {
    const files = definitionManifests(['{"kind":"C"}'], '# note\n---\nkind: A\n');
    expect(files.get('install.yaml')?.replace(/^#.*\n/gm, '')).toBe('---\n{"kind":"C"}\n---\nkind: A\n');
    expect(files.get('crds.yaml')?.replace(/^#.*\n/gm, '')).toBe('---\n{"kind":"C"}\n');
  });
});

test('a document without marks is not filled in', () => {
  expect(() => fillIn('text', 'values', 'x')).toThrow('no marks <!-- begin values -->');
  expect(fillIn('<!-- begin a -->\nold\n<!-- end a -->', 'a', 'new')).toBe(
    '<!-- begin a -->\n\nnew\n\n<!-- end a -->',
  );
});
