import { describe, expect, test } from '@jest/globals';
import manifest from '../../../package.json' with { type: 'json' };
import { loadBundledCrds, markCrd } from '../crds.ts';
import { resources } from '../resources.ts';
import { customResourceDefinitions, kinds } from './all.ts';

interface Schema {
  readonly [keyword: string]: unknown;
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
}
type Visit = (schema: Schema, path: string) => void;

/** Every schema below one, with its path. */
function walk(schema: Schema, path: string, visit: Visit): void {
  visit(schema, path);
  for (const [name, field] of Object.entries(schema.properties ?? {})) walk(field, `${path}.${name}`, visit);
  if (schema.items) walk(schema.items, `${path}[]`, visit);
  if (typeof schema.additionalProperties === 'object') walk(schema.additionalProperties, `${path}{}`, visit);
}

const roots = customResourceDefinitions().map((crd) => {
  const { versions } = crd['spec'] as { versions: readonly { schema: { openAPIV3Schema: Schema } }[] };
  return [crd.metadata.name, versions[0]!.schema.openAPIV3Schema] as const;
});

function found(condition: (schema: Schema, path: string) => boolean): readonly string[] {
  const places: string[] = [];
  for (const [name, root] of roots) {
    walk(root, name, (schema, path) => {
      if (condition(schema, path)) places.push(path);
    });
  }
  return places;
}

/** What a structural schema may say; see the documentation of CustomResourceDefinitions. */
const keywords =
  /^(type|description|properties|additionalProperties|items|required|enum|format|pattern|default|nullable|(minimum|maximum)|(min|max)(Length|Items|Properties)|x-kubernetes-(validations|list-type|list-map-keys|map-type|int-or-string|preserve-unknown-fields))$/;

describe('structural schemas', () => {
  test('use only keywords that they may use', () => {
    expect(found((schema) => Object.keys(schema).some((keyword) => !keywords.test(keyword)))).toEqual([]);
  });

  test('give every value a type, but those that are a number or text', () => {
    const untyped = (schema: Schema): boolean =>
      (schema['x-kubernetes-int-or-string'] === true) !== (schema.type === undefined);
    expect(found(untyped)).toEqual([]);
  });

  test('never name fields and allow any other at once', () => {
    expect(
      found(({ properties, additionalProperties }) => Boolean(properties && additionalProperties)),
    ).toEqual([]);
  });

  test('require only fields that exist', () => {
    const missing = ({ required, properties }: Schema): boolean =>
      ((required as readonly string[] | undefined) ?? []).some((name) => properties?.[name] === undefined);
    expect(found(missing)).toEqual([]);
  });
});

describe('lists', () => {
  test('say in the sources who may own what', () => {
    const silent: string[] = [];
    for (const { kind, fields } of kinds) {
      walk({ properties: fields as unknown as Record<string, Schema> }, kind, (schema, path) => {
        if ((schema.type === 'array') !== (schema['x-kubernetes-list-type'] !== undefined)) silent.push(path);
      });
    }
    expect(silent).toEqual([]);
  });

  test('do not say in the CRD what the API server takes for granted', () => {
    expect(found((schema) => schema['x-kubernetes-list-type'] === 'atomic')).toEqual([]);
  });

  test('with keys have items in which the keys are always there', () => {
    const keyless = (schema: Schema): boolean =>
      ((schema['x-kubernetes-list-map-keys'] as readonly string[] | undefined) ?? []).some((key) => {
        const required = (schema.items?.['required'] as readonly string[] | undefined) ?? [];
        return !required.includes(key) && schema.items?.properties?.[key]?.default === undefined;
      });
    expect(found(keyless)).toEqual([]);
  });
});

describe('CRDs', () => {
  test.each(kinds.map(({ kind, plural, group }) => [kind, plural, group]))(
    '%s has names that do not collide',
    (_, plural, group) => {
      expect(kinds.filter((other) => other.plural === plural && other.group === group)).toHaveLength(1);
    },
  );

  test('share no short name', () => {
    const names = kinds.flatMap(({ shortNames = [] }) => shortNames);
    expect(new Set(names).size).toBe(names.length);
  });

  test('exist for every resource of their groups that the operator speaks of', () => {
    const ours = Object.values(resources).filter(({ group }) =>
      /^(operator\.tigera\.io|crd\.projectcalico\.org)$/.test(group),
    );
    expect(kinds).toEqual(
      expect.arrayContaining(
        ours.map(({ group, kind, plural, version }) =>
          expect.objectContaining({ group, kind, plural, version }),
        ),
      ),
    );
  });

  test('describe every field but those of embedded pod types', () => {
    const podType =
      /\.(affinity|nodeAffinity|tolerations\[\]|topologySpreadConstraints\[\]|resources|resourceRequirements|dnsConfig|controlPlaneTolerations\[\]|env\[\]|volumeMounts\[\]|volumes\[\])[.[]/;
    const plain = /(\.metadata|[\]}]|\.spec\.(tier|stagedAction|defaultAction|sequenceNumber))$/;
    const silent = (schema: Schema, path: string): boolean =>
      schema.description === undefined && !podType.test(path) && !plain.test(path);
    expect(found(silent)).toEqual([]);
  });

  test('of operator.tigera.io default nothing of a spec but what the reference defaults, so that GitOps sees no difference', () => {
    const defaulted = found(
      (schema, path) => schema.default !== undefined && path.includes('operator.tigera.io'),
    );
    expect(defaulted).toEqual([
      'installations.operator.tigera.io.spec.imagePullSecrets[].name',
      'installations.operator.tigera.io.spec.calicoNetwork.ipPools[].disableBGPExport',
      'installations.operator.tigera.io.spec.azure.policyMode',
      'installations.operator.tigera.io.status',
      'apiservers.operator.tigera.io.spec.logging.apiServer.logSeverity',
      'apiservers.operator.tigera.io.spec.logging.queryServer.logSeverity',
    ]);
  });

  test('fit into the annotation that kubectl apply makes: 256 kB each', async () => {
    const crds = await loadBundledCrds();
    for (const { name, json } of crds)
      expect([name, Buffer.byteLength(json) < 256 * 1024]).toEqual([name, true]);
  });

  test('are carried as they are generated', async () => {
    const carried = (await loadBundledCrds()).map(({ json }) => JSON.parse(json) as unknown);
    expect(carried).toEqual(customResourceDefinitions().map((crd) => markCrd(crd, manifest.version)));
  });
});
