/**
 * What the API server checks of pod types in code, laid over their published schemas as bounds and rules: what it would
 * refuse in a workload is refused in the Installation, where the user sees it.
 */
import type { Rule } from './kit.ts';

/** A structural schema as plain data. */
export interface PlainSchema {
  readonly [keyword: string]: unknown;
  readonly items?: PlainSchema;
  readonly properties?: Readonly<Record<string, PlainSchema>>;
}

// Short, since they stand in the CRD some hundred times; a domain with ".." in it is left to the operator to refuse.
// [^\W_] is a letter or a digit.
const name = '[^\\W_]([\\w.-]{0,61}[^\\W_])?';

/** Keys of labels, taints and extended resources: a name, optionally behind a domain. */
export const qualifiedName = `^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?${name}$`;

/** Values of labels and taints. */
export const labelValue = `^(${name})?$`;

/** Keys of annotations: as of labels, but in capitals or not. */
const annotationKey = `^([^\\W_]([A-Za-z0-9.-]*[^\\W_])?/)?${name}$`;

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';

/** Names of objects as most kinds have them. */
export const domainName = `^${label}([.]${label})*$`;

/** More terms or files than anybody has: rules on the items of lists without end would cost without end. */
export const manyEntries = 100;

/** A pattern as a raw text of CEL. */
const inCel = (pattern: string): string => `r'${pattern}'`;

/** A rule on the keys of a map. */
const keysMatch = (pattern: string): Rule => ({
  rule: `self.all(k, k.matches(${inCel(pattern)}))`,
  message: 'write keys as name or example.com/name, of letters, digits, -, _ and .',
});

/** Labels, or a node selector. */
export const labels = {
  type: 'object',
  maxProperties: manyEntries,
  additionalProperties: { type: 'string', pattern: labelValue },
  'x-kubernetes-validations': [keysMatch(qualifiedName)],
} as const satisfies PlainSchema;

/** Annotations; all of them together may have as many characters as one. */
export const annotations = {
  type: 'object',
  maxProperties: manyEntries,
  additionalProperties: { type: 'string', maxLength: 262144 },
  'x-kubernetes-validations': [keysMatch(annotationKey)],
} as const satisfies PlainSchema;

const key: PlainSchema = { type: 'string', pattern: qualifiedName };

/** With a length, since a rule compares it. */
const topologyKey: PlainSchema = { ...key, maxLength: 317 };

const size = 'has(self.values) && size(self.values)';

const labelValuesRule: Rule = {
  rule: `self.operator in ['In', 'NotIn'] == (${size} > 0)`,
  message: 'In and NotIn need values, other operators take none',
};

const nodeValuesRule: Rule = {
  rule: `self.operator in ['Gt', 'Lt'] ? (${size} == 1) : (self.operator in ['In', 'NotIn'] == (${size} > 0))`,
  message: 'In and NotIn need values, Gt and Lt take one, other operators none',
};

const list = (item: PlainSchema, more: object = {}): PlainSchema => ({
  type: 'array',
  'x-kubernetes-list-type': 'atomic',
  items: item,
  ...more,
});

const expressions = (operators: readonly string[], rule: Rule): PlainSchema =>
  list(
    {
      type: 'object',
      required: ['key', 'operator'],
      properties: {
        key,
        operator: { type: 'string', enum: operators },
        values: list({ type: 'string', pattern: labelValue }),
      },
      'x-kubernetes-validations': [rule],
    },
    { maxItems: manyEntries },
  );

const labelOperators = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

const nodeFields = list({
  type: 'object',
  required: ['key', 'operator', 'values'],
  properties: {
    key: { type: 'string', enum: ['metadata.name'] },
    operator: { type: 'string', enum: ['In', 'NotIn'] },
    values: list({ type: 'string', maxLength: 253, pattern: domainName }, { minItems: 1, maxItems: 1 }),
  },
});

const labelKeys = list(key);

/** By name of the field, wherever it stands. */
const fields: Readonly<Record<string, PlainSchema>> = {
  weight: { type: 'integer', format: 'int32', minimum: 1, maximum: 100 },
  topologyKey,
  matchLabels: labels,
  matchExpressions: expressions(labelOperators, labelValuesRule),
  matchFields: nodeFields,
  matchLabelKeys: labelKeys,
  mismatchLabelKeys: labelKeys,
  namespaces: list({ type: 'string', maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' }),
  nodeAffinityPolicy: { type: 'string', enum: ['Honor', 'Ignore'] },
  nodeTaintsPolicy: { type: 'string', enum: ['Honor', 'Ignore'] },
};

/** Of nodes, which can be compared by number too. */
const nodeTerms: Readonly<Record<string, PlainSchema>> = {
  ...fields,
  matchExpressions: expressions([...labelOperators, 'Gt', 'Lt'], nodeValuesRule),
};

const labelKeysRule: Rule = {
  rule: 'has(self.labelSelector) || (has(self.matchLabelKeys) ? size(self.matchLabelKeys) : 0) + (has(self.mismatchLabelKeys) ? size(self.mismatchLabelKeys) : 0) == 0',
  message: 'matchLabelKeys and mismatchLabelKeys add to labelSelector: set that, too',
};
const matchLabelKeysRule: Rule = {
  ...labelKeysRule,
  rule: 'has(self.labelSelector) || !has(self.matchLabelKeys) || size(self.matchLabelKeys) == 0',
};

function rulesOf(properties: Readonly<Record<string, PlainSchema>>): readonly Rule[] {
  if (properties['matchLabelKeys'] === undefined) return [];
  return [properties['mismatchLabelKeys'] === undefined ? matchLabelKeysRule : labelKeysRule];
}

/** The schema of an affinity, a term of one, or a topology spread constraint, with every bound laid over it. */
export function bounded(schema: PlainSchema, among = fields): PlainSchema {
  const { items, properties } = schema;
  if (items !== undefined) return { maxItems: manyEntries, ...schema, items: bounded(items, among) };
  if (properties === undefined) return schema;
  const inner = Object.entries(properties).map(([field, property]): [string, PlainSchema] => {
    // As published: bounds of so rare a field are not worth 10 kB of the CRD's 256.
    if (field === 'namespaceSelector') return [field, property];
    if (Object.hasOwn(among, field)) return [field, among[field] ?? {}];
    const below = bounded(property, field === 'nodeAffinity' ? nodeTerms : among);
    return [field, field === 'nodeSelectorTerms' ? { ...below, minItems: 1 } : below];
  });
  const rules = rulesOf(properties);
  return {
    ...schema,
    properties: Object.fromEntries(inner),
    ...(rules.length === 0 ? {} : { 'x-kubernetes-validations': rules }),
  };
}

/** Node affinity on its own. */
export const boundedNodeAffinity = (schema: PlainSchema): PlainSchema => bounded(schema, nodeTerms);

const resourceName = inCel('^(cpu|memory|ephemeral-storage|hugepages-.*|[a-z0-9.-]+/[\\w.-]+)$');
const notADevice = inCel('^requests[.]|kubernetes[.]io/');

/** A quantity that is not below zero. */
export const notNegative = ({ pattern, ...quantity }: PlainSchema): PlainSchema => ({
  ...quantity,
  minimum: 0,
  pattern: String(pattern).replace('[+-]?', '[+]?'),
});

/** Amounts are compared with each other by the operator: to CEL every one could be as long as a whole request. */
const amounts = (quantity: PlainSchema): PlainSchema => ({
  type: 'object',
  maxProperties: 16,
  additionalProperties: notNegative(quantity),
  'x-kubernetes-validations': [
    {
      rule: `self.all(n, n.matches(${resourceName}) && !n.matches(${notADevice}))`,
      message: 'resources are cpu, memory, ephemeral-storage, hugepages-SIZE and example.com/NAME',
    },
  ],
});

/** Requests and limits of a container. */
export function boundedResources(schema: PlainSchema, quantity: PlainSchema): PlainSchema {
  return {
    ...schema,
    properties: { ...schema.properties, limits: amounts(quantity), requests: amounts(quantity) },
    'x-kubernetes-validations': [
      {
        rule: '!has(self.claims) || size(self.claims) == 0',
        message: 'the pods of Calico declare no resource claims: leave claims out',
      },
    ],
  };
}

const address: Rule = {
  rule: 'isIP(self)',
  message: 'must be an IP address',
  messageExpression: '"\'" + self + "\' is no IP address"',
};
const searchDomain = '^([.]|[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?([.][a-z0-9_]([-a-z0-9_]*[a-z0-9_])?)*[.]?)$';

/** DNS settings of a pod. */
export function boundedDns(schema: PlainSchema): PlainSchema {
  const { options } = schema.properties ?? {};
  const { name: _, ...option } = options?.items?.properties ?? {};
  return {
    ...schema,
    properties: {
      ...schema.properties,
      nameservers: list(
        { type: 'string', maxLength: 45, 'x-kubernetes-validations': [address] },
        { maxItems: 3 },
      ),
      searches: list({ type: 'string', maxLength: 253, pattern: searchDomain }, { maxItems: 32 }),
      options: list({
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string', minLength: 1 }, ...option },
      }),
    },
  };
}
