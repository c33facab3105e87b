/** CustomResourceDefinitions from the schemas. */
import type { TSchema } from 'typebox';
import { compactSchema } from './compact.ts';
import type { Rule } from './kit.ts';

/** A column of `kubectl get`. */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'date' | 'integer';
  readonly jsonPath: string;
  readonly description?: string;
  /** Above 0: shown with `-o wide` only. */
  readonly priority?: number;
}

/** What makes one kind. */
export interface KindDefinition {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly scope: 'Cluster' | 'Namespaced';
  readonly description: string;
  /** Fields beside `apiVersion`, `kind` and `metadata`. */
  readonly fields: Readonly<Record<string, TSchema>>;
  /** Status is written through a subresource of its own. */
  readonly statusSubresource?: boolean;
  /** CEL rules on the whole object; these see of metadata only the name. */
  readonly rules?: readonly Rule[];
  readonly columns?: readonly Column[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A CustomResourceDefinition as plain data. */
export type CustomResourceDefinition = Readonly<Record<string, unknown>> & {
  readonly metadata: { readonly name: string };
};

export const ageColumn: Column = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

/** Status and reason of `Ready`, its message with `-o wide`. */
export const readyColumns: readonly Column[] = [
  {
    name: 'Ready',
    type: 'string',
    jsonPath: ".status.conditions[?(@.type=='Ready')].status",
    description: 'Whether it is up and runs as asked for.',
  },
  {
    name: 'Reason',
    type: 'string',
    jsonPath: ".status.conditions[?(@.type=='Ready')].reason",
    description: 'Why Ready is what it is.',
  },
  {
    name: 'Message',
    type: 'string',
    jsonPath: ".status.conditions[?(@.type=='Ready')].message",
    description: 'What is waited for, and what to do.',
    priority: 1,
  },
];

/** Allows only the given names, with a message that says why. */
export const onlyNamed = (kind: string, names: readonly string[], why: string): Rule => ({
  rule: `self.metadata.name in [${names.map((name) => `'${name}'`).join(', ')}]`,
  message: `${kind} must be named ${names.join(' or ')}: ${why}`,
  messageExpression: `"${kind} '" + self.metadata.name + "' must be named ${names.join(' or ')}: ${why}"`,
});

function openApiSchema(definition: KindDefinition): Readonly<Record<string, unknown>> {
  return {
    type: 'object',
    description: definition.description,
    properties: {
      apiVersion: { type: 'string', description: 'Group and version of the API.' },
      kind: { type: 'string', description: 'Kind of the object.' },
      metadata: { type: 'object' },
      ...definition.fields,
    },
    ...(definition.rules === undefined ? {} : { 'x-kubernetes-validations': definition.rules }),
  };
}

/** The CustomResourceDefinition of a kind, keys in a fixed order. */
export function customResourceDefinition(definition: KindDefinition): CustomResourceDefinition {
  const { group, version, kind, plural, shortNames, categories, scope, annotations } = definition;
  const data = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group}`,
      labels: { 'app.kubernetes.io/part-of': 'calico' },
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec: {
      group,
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        ...(shortNames === undefined ? {} : { shortNames }),
        ...(categories === undefined ? {} : { categories }),
      },
      scope,
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          ...(definition.statusSubresource === true ? { subresources: { status: {} } } : {}),
          ...(definition.columns === undefined ? {} : { additionalPrinterColumns: definition.columns }),
          schema: { openAPIV3Schema: compactSchema(openApiSchema(definition)) },
        },
      ],
    },
  };
  // Through JSON, because TypeBox marks its objects with hidden properties.
  return JSON.parse(JSON.stringify(data)) as CustomResourceDefinition;
}
