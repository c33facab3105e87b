/** What one CustomResourceDefinition describes and another does not. Pure. */
import type { Crd, CrdVersion, Schema } from './types.ts';

/**
 * Parts of `wanted` that objects under `live` can't have, as paths like `spec.typha.mode`, the topmost ones only: fields
 * that the API server would drop, values that it would refuse, versions and subresources that it doesn't serve.
 * Descriptions, bounds and rules don't count.
 */
export function missingParts(wanted: Crd, live: Crd): readonly string[] {
  return wanted.spec.versions
    .filter(({ served }) => served)
    .flatMap((version) => {
      const other = live.spec.versions.find(({ name, served }) => name === version.name && served);
      return other === undefined ? [`version ${version.name}`] : missingInVersion(version, other);
    });
}

/** Every object has these, whether a schema describes them or not. */
const implied: readonly string[] = ['apiVersion', 'kind', 'metadata'];

function missingInVersion(wanted: CrdVersion, live: CrdVersion): readonly string[] {
  const subresources = Object.keys(wanted.subresources ?? {}).filter(
    (name) => live.subresources?.[name] === undefined,
  );
  const schema = wanted.schema?.openAPIV3Schema ?? {};
  const fields = Object.entries(schema.properties ?? {}).filter(([name]) => !implied.includes(name));
  return [
    ...subresources.map((name) => `subresource ${name}`),
    ...missingFields(
      { ...schema, properties: Object.fromEntries(fields) },
      live.schema?.openAPIV3Schema ?? {},
      '',
    ),
  ];
}

function missingFields(wanted: Schema, live: Schema, path: string): readonly string[] {
  return [
    ...missingValues(wanted, live, path),
    ...Object.entries(wanted.properties ?? {}).flatMap(([name, schema]) => {
      const at = path === '' ? name : `${path}.${name}`;
      const other = live.properties?.[name] ?? valueSchema(live);
      if (other !== undefined) return missingFields(schema, other, at);
      return takesAnything(live) ? [] : [at];
    }),
    ...(wanted.items === undefined ? [] : missingBelow(wanted.items, live.items, live, `${path}[]`)),
    ...missingBelow(valueSchema(wanted), valueSchema(live), live, `${path}.*`),
  ];
}

function missingBelow(
  wanted: Schema | undefined,
  live: Schema | undefined,
  parent: Schema,
  path: string,
): readonly string[] {
  if (wanted === undefined) return [];
  if (live !== undefined) return missingFields(wanted, live, path);
  // Named properties beside wanted free ones: the reference describes some of what we leave open.
  return takesAnything(parent) || parent.properties !== undefined ? [] : [path];
}

function missingValues(wanted: Schema, live: Schema, path: string): readonly string[] {
  const allowed = live.enum;
  if (wanted.enum === undefined || allowed === undefined) return [];
  return wanted.enum.filter((value) => !allowed.includes(value)).map((value) => `${path}=${String(value)}`);
}

const takesAnything = (schema: Schema): boolean =>
  schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties === true;

const valueSchema = ({ additionalProperties }: Schema): Schema | undefined =>
  typeof additionalProperties === 'object' ? additionalProperties : undefined;
