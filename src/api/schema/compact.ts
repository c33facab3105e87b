/** Schemas without what the API server takes for granted: the largest CRD has less than 256 kB for all of it. */

type Schema = Readonly<Record<string, unknown>>;

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const mapValues = (schemas: Schema, change: (schema: Schema) => Schema): Schema =>
  Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, isSchema(schema) ? change(schema) : schema]),
  );

/**
 * A structural schema of the same meaning. Lists are atomic unless they say otherwise, what lies in an atomic one is
 * atomic with it, and a number or text needs no second word for it.
 */
export function compactSchema(schema: Schema, inAtomic = false): Schema {
  const {
    anyOf,
    'x-kubernetes-list-type': listType,
    'x-kubernetes-map-type': mapType,
    items,
    properties,
    additionalProperties,
    ...rest
  } = schema;
  const isAtomic =
    inAtomic || mapType === 'atomic' || (items !== undefined && (listType ?? 'atomic') === 'atomic');
  const inner = (below: Schema): Schema => compactSchema(below, isAtomic);
  const hasFields = isSchema(properties) && Object.keys(properties).length > 0;
  return {
    ...rest,
    ...(anyOf === undefined || schema['x-kubernetes-int-or-string'] === true ? {} : { anyOf }),
    ...(listType === undefined || listType === 'atomic' ? {} : { 'x-kubernetes-list-type': listType }),
    ...(mapType === undefined || inAtomic ? {} : { 'x-kubernetes-map-type': mapType }),
    ...(isSchema(items) ? { items: inner(items) } : {}),
    ...(hasFields ? { properties: mapValues(properties, inner) } : {}),
    ...(additionalProperties === undefined
      ? {}
      : {
          additionalProperties: isSchema(additionalProperties)
            ? inner(additionalProperties)
            : additionalProperties,
        }),
  };
}
