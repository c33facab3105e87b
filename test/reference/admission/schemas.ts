/** The schemas of the CRDs, as they are generated. */
import { customResourceDefinitions } from '../../../src/api/schema/all.ts';
import type { Schema } from './validate.ts';

interface Crd {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly names: { readonly kind: string };
    readonly group: string;
    readonly versions: readonly {
      readonly name: string;
      readonly schema: { readonly openAPIV3Schema: Schema };
    }[];
  };
}

const crds = customResourceDefinitions() as unknown as readonly Crd[];

/** Schema of the only version of a kind, with the part of metadata that rules may see. */
export function schemaOf(kind: string): Schema {
  const crd = crds.find(({ spec }) => spec.names.kind === kind);
  const schema = crd?.spec.versions[0]?.schema.openAPIV3Schema;
  if (schema === undefined) throw new Error(`there is no CRD of kind ${kind}`);
  const metadata: Schema = { type: 'object', properties: { name: { type: 'string' } } };
  return { ...schema, properties: { ...schema.properties, metadata } };
}
