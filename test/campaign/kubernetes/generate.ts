/**
 * Writes `schema.json`: the types of the kinds that are rendered, as the API server of the test bed publishes them.
 * References are kept, descriptions dropped. To be run by hand when the version of Kubernetes changes.
 *
 *   node test/campaign/kubernetes/generate.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { startControlPlane } from '../../control-plane/control-plane.ts';
import type { KindSchemas, ObjectSchema } from './shape.ts';

/** Kinds by the place where their group publishes its types. */
const wanted: Readonly<Record<string, readonly string[]>> = {
  'api/v1': ['Namespace', 'ServiceAccount', 'ConfigMap', 'Secret', 'Service', 'ResourceQuota'],
  'apis/apps/v1': ['DaemonSet', 'Deployment'],
  'apis/batch/v1': ['Job'],
  'apis/policy/v1': ['PodDisruptionBudget'],
  'apis/rbac.authorization.k8s.io/v1': ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  'apis/storage.k8s.io/v1': ['CSIDriver'],
};

const kept = new Set(['type', 'format', 'required', 'enum', 'additionalProperties', 'items', 'properties']);
const prefix = '#/components/schemas/';

interface Published extends ObjectSchema {
  readonly allOf?: readonly ObjectSchema[];
  readonly oneOf?: readonly ObjectSchema[];
}

function reduce(schema: Published): ObjectSchema {
  const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (reference !== undefined) return { $ref: reference.slice(prefix.length) };
  if (schema.oneOf !== undefined) return { oneOf: schema.oneOf.map(reduce) };
  const entries = Object.entries(schema).flatMap(([keyword, value]: [string, unknown]) => {
    if (!kept.has(keyword)) return [];
    if (keyword === 'items' || keyword === 'additionalProperties')
      return [[keyword, reduce(value as Published)]];
    if (keyword !== 'properties') return [[keyword, value]];
    const properties = Object.entries(value as Readonly<Record<string, Published>>);
    return [[keyword, Object.fromEntries(properties.map(([name, property]) => [name, reduce(property)]))]];
  });
  return Object.fromEntries(entries) as ObjectSchema;
}

function collect(name: string, all: Readonly<Record<string, Published>>, into: Map<string, ObjectSchema>) {
  if (into.has(name)) return;
  const schema = reduce(all[name] ?? {});
  into.set(name, schema);
  for (const [, reference] of JSON.stringify(schema).matchAll(/"\$ref":"([^"]+)"/g)) {
    collect(reference ?? '', all, into);
  }
}

const cluster = await startControlPlane({ kwok: false });
try {
  const types = new Map<string, ObjectSchema>();
  const kinds: Record<string, string> = {};
  for (const [place, names] of Object.entries(wanted)) {
    const document = await cluster.api.get<{ components: { schemas: Record<string, Published> } }>(
      `/openapi/v3/${place}`,
    );
    for (const kind of names) {
      const name = Object.keys(document.components.schemas).find((each) => each.endsWith(`.v1.${kind}`));
      if (name === undefined) throw new Error(`${place} has no ${kind}`);
      collect(name, document.components.schemas, types);
      kinds[`${place.replace(/^apis?\//, '')} ${kind}`] = name;
    }
  }
  const schemas: KindSchemas = { kinds, types: Object.fromEntries([...types].sort()) };
  writeFileSync(join(import.meta.dirname, 'schema.json'), `${JSON.stringify(schemas)}\n`);
} finally {
  await cluster.stop();
}
