/**
 * Reduces the API server's OpenAPI to the few pod types that overrides embed, as structural schemas:
 * references resolved, descriptions and defaults dropped, list types kept.
 *
 *   node scripts/generate-pod-types.ts <apis__apps__v1_openapi.json of kubernetes/api/openapi-spec/v3>
 *
 * Run it by hand when moving to another version of Kubernetes; its output is committed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Schema {
  readonly [keyword: string]: unknown;
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
}

const wanted = [
  'Affinity',
  'EnvVar',
  'NodeAffinity',
  'PodDNSConfig',
  'ResourceRequirements',
  'Toleration',
  'TopologySpreadConstraint',
  'Volume',
  'VolumeMount',
] as const;

/** Fields that are kept of a type with many: sources that every supported version of Kubernetes has, no drivers in the tree. */
const keptFields: Readonly<Record<string, readonly string[]>> = {
  'io.k8s.api.core.v1.EnvVarSource': ['configMapKeyRef', 'fieldRef', 'resourceFieldRef', 'secretKeyRef'],
  'io.k8s.api.core.v1.Volume': [
    'configMap',
    'csi',
    'downwardAPI',
    'emptyDir',
    'hostPath',
    'name',
    'nfs',
    'persistentVolumeClaim',
    'projected',
    'secret',
  ],
  'io.k8s.api.core.v1.VolumeProjection': ['configMap', 'downwardAPI', 'secret', 'serviceAccountToken'],
};

/** As the API server has it, in fewer letters. */
const quantity: Schema = {
  anyOf: [{ type: 'integer' }, { type: 'string' }],
  pattern: '^[+-]?(\\d+[.]?\\d*|[.]\\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?(\\d+[.]?\\d*|[.]\\d+))?$',
  'x-kubernetes-int-or-string': true,
};

/** Schemas that OpenAPI writes with `oneOf`, which structural schemas do not allow. */
const special: Readonly<Record<string, Schema>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': quantity,
};

const kept = new Set([
  'type',
  'format',
  'required',
  'enum',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
]);

function narrow(name: string, schema: Schema): Schema {
  const fields = keptFields[name];
  if (fields === undefined) return schema;
  const kept = Object.entries(schema.properties ?? {}).filter(([field]) => fields.includes(field));
  return { ...schema, properties: Object.fromEntries(kept) };
}

function reduce(schema: Schema, all: Readonly<Record<string, Schema>>): Schema {
  const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (reference !== undefined) {
    const name = reference.slice('#/components/schemas/'.length);
    const target = all[name];
    if (target === undefined) throw new Error(`${name} is not in the document`);
    return special[name] ?? reduce(narrow(name, target), all);
  }
  const reduced: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) if (kept.has(keyword)) reduced[keyword] = value;
  if (schema.items !== undefined) {
    reduced['items'] = reduce(schema.items, all);
    reduced['x-kubernetes-list-type'] ??= 'atomic';
  }
  if (schema.additionalProperties !== undefined) {
    reduced['additionalProperties'] = reduce(schema.additionalProperties, all);
  }
  if (schema.properties !== undefined) {
    reduced['properties'] = Object.fromEntries(
      Object.entries(schema.properties)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, property]) => [name, reduce(property, all)]),
    );
  }
  return reduced;
}

const [source] = process.argv.slice(2);
if (source === undefined) {
  process.stderr.write('usage: node scripts/generate-pod-types.ts <apis__apps__v1_openapi.json>\n');
  process.exit(2);
}
const { components } = JSON.parse(readFileSync(source, 'utf8')) as {
  components: { schemas: Record<string, Schema> };
};
const types = Object.fromEntries(
  wanted.map((name) => [
    name,
    reduce({ $ref: `#/components/schemas/io.k8s.api.core.v1.${name}` }, components.schemas),
  ]),
);
const target = join(import.meta.dirname, '../src/api/schema/data/pod-types.json');
writeFileSync(target, `${JSON.stringify({ ...types, Quantity: quantity }, undefined, 1)}\n`);
