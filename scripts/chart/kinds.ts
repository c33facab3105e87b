/** What the chart's values take over from the CustomResourceDefinitions: the spec of each kind that it makes. */
import { customResourceDefinitions } from '../../src/api/schema/all.ts';
import podTypes from '../../src/api/schema/data/pod-types.json' with { type: 'json' };
import { type Schema, toJsonSchema } from './json-schema.ts';

/** Kinds under whose key in the values their whole spec stands, beside `enabled`. */
const kinds = {
  installation: 'installations.operator.tigera.io',
  apiServer: 'apiservers.operator.tigera.io',
  goldmane: 'goldmanes.operator.tigera.io',
  whisker: 'whiskers.operator.tigera.io',
  defaultFelixConfiguration: 'felixconfigurations.crd.projectcalico.org',
} as const;

/** Name of such a key. */
export type KindKey = keyof typeof kinds;

interface Version {
  readonly schema: { readonly openAPIV3Schema: { readonly properties: { readonly spec?: Schema } } };
}

/** The spec of a kind as a schema of values. */
export function specSchema(key: KindKey): Schema {
  const crd = customResourceDefinitions().find(({ metadata }) => metadata.name === kinds[key]);
  const { versions } = crd?.['spec'] as { readonly versions: readonly Version[] };
  const spec = versions[0]?.schema.openAPIV3Schema.properties.spec;
  if (spec === undefined) throw new Error(`${kinds[key]} has no spec`);
  return toJsonSchema(spec);
}

/** A type of pods, as the API server has it. */
export function podSchema(name: keyof typeof podTypes): Schema {
  return toJsonSchema(podTypes[name]);
}
