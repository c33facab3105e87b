/**
 * Types of the pod spec that overrides embed. The schemas are the API server's own OpenAPI, reduced by
 * scripts/generate-pod-types.ts and kept as data; bounds that the API server checks in code are laid over them here.
 */
import Type, { type TUnsafe } from 'typebox';
import type {
  Affinity,
  EnvVar,
  PodSpec,
  ResourceRequirements,
  Toleration,
  Volume,
  VolumeMount,
} from '../kubernetes.ts';
import { type Rule } from './kit.ts';
import {
  annotations,
  bounded,
  boundedDns,
  boundedNodeAffinity,
  boundedResources,
  labels,
  labelValue,
  qualifiedName,
} from './pod-bounds.ts';
import { boundedVariableSource, boundedVolumeMount, boundedVolumeSource } from './pod-sources.ts';
import podTypes from './data/pod-types.json' with { type: 'json' };

type TopologySpreadConstraint = NonNullable<PodSpec['topologySpreadConstraints']>[number];
type DnsConfig = NonNullable<PodSpec['dnsConfig']>;

const embed = <T>(schema: object, description: string, more: object = {}): TUnsafe<T> =>
  Type.Unsafe<T>({ ...schema, description, ...more });

const list = <T>(item: TUnsafe<T>, description: string, more: object): TUnsafe<readonly T[]> =>
  Type.Unsafe<readonly T[]>({
    type: 'array',
    description,
    items: item,
    'x-kubernetes-list-type': 'atomic',
    ...more,
  });

const tolerationRules: readonly Rule[] = [
  {
    rule: 'has(self.key) && self.key != "" || has(self.operator) && self.operator == "Exists"',
    message: 'a toleration without key needs operator Exists',
  },
  {
    rule: '!has(self.operator) || self.operator != "Exists" || !has(self.value) || self.value == ""',
    message: 'a toleration with operator Exists has no value',
  },
  {
    rule: '!has(self.tolerationSeconds) || has(self.effect) && self.effect == "NoExecute"',
    message: 'tolerationSeconds needs effect NoExecute',
  },
];

const boundedToleration = {
  ...podTypes.Toleration,
  properties: {
    ...podTypes.Toleration.properties,
    // Empty means every key; a rule says that it then needs Exists.
    key: { type: 'string', maxLength: 317, pattern: `${qualifiedName}|^$` },
    value: { type: 'string', maxLength: 63, pattern: labelValue },
    effect: { type: 'string', enum: ['', 'NoSchedule', 'PreferNoSchedule', 'NoExecute'] },
    operator: { type: 'string', enum: ['', 'Exists', 'Equal', 'Lt', 'Gt'] },
  },
};

const spread = bounded(podTypes.TopologySpreadConstraint);

const spreadRules: readonly Rule[] = [
  ...(spread['x-kubernetes-validations'] as readonly Rule[]),
  {
    rule: '!has(self.minDomains) || self.whenUnsatisfiable == "DoNotSchedule"',
    message: 'minDomains needs whenUnsatisfiable DoNotSchedule',
  },
];

const boundedSpread = {
  ...spread,
  properties: {
    ...spread.properties,
    maxSkew: { type: 'integer', format: 'int32', minimum: 1 },
    minDomains: { type: 'integer', format: 'int32', minimum: 1 },
    whenUnsatisfiable: { type: 'string', enum: ['DoNotSchedule', 'ScheduleAnyway'] },
  },
};

type Texts = Readonly<Record<string, string>>;

/** Labels, or a node selector, with further rules. */
export const labelMap = (description: string, rules: readonly Rule[] = []): TUnsafe<Texts> =>
  Type.Unsafe<Texts>({
    ...labels,
    description,
    'x-kubernetes-validations': [...labels['x-kubernetes-validations'], ...rules],
  });

export const annotationMap = (description: string): TUnsafe<Texts> =>
  Type.Unsafe<Texts>({ ...annotations, description });

export const affinity = (description: string) => embed<Affinity>(bounded(podTypes.Affinity), description);

export const nodeAffinity = (description: string) =>
  embed<NonNullable<Affinity['nodeAffinity']>>(boundedNodeAffinity(podTypes.NodeAffinity), description);

export const resourceRequirements = (description: string) =>
  embed<ResourceRequirements>(
    boundedResources(podTypes.ResourceRequirements, podTypes.Quantity),
    description,
  );

export const dnsConfig = (description: string) =>
  embed<DnsConfig>(boundedDns(podTypes.PodDNSConfig), description);

export const tolerations = (description: string) =>
  list(
    embed<Toleration>(boundedToleration, 'One toleration.', { 'x-kubernetes-validations': tolerationRules }),
    description,
    { maxItems: 100 },
  );

export const topologySpreadConstraints = (description: string) =>
  list(
    embed<TopologySpreadConstraint>(boundedSpread, 'One constraint.', {
      'x-kubernetes-validations': spreadRules,
    }),
    description,
    {
      maxItems: 20,
      'x-kubernetes-validations': [
        {
          rule: 'self.all(a, self.exists_one(b, b.topologyKey == a.topologyKey && b.whenUnsatisfiable == a.whenUnsatisfiable))',
          message: 'two constraints have the same topologyKey and whenUnsatisfiable: keep one of them',
        },
      ],
    },
  );

/** CEL: exactly one of the fields is there. */
const exactlyOne = (fields: readonly string[]): string =>
  `[${fields.map((field) => `has(self.${field})`).join(', ')}].filter(x, x).size() == 1`;

const variableSources = Object.keys(podTypes.EnvVar.properties.valueFrom.properties);
const volumeSources = Object.keys(podTypes.Volume.properties).filter((field) => field !== 'name');

const boundedEnvVar = (nameRules: readonly Rule[]) => ({
  ...podTypes.EnvVar,
  properties: {
    ...podTypes.EnvVar.properties,
    name: {
      type: 'string',
      pattern: '^[-._a-zA-Z][-._a-zA-Z0-9]*$',
      maxLength: 253,
      'x-kubernetes-validations': nameRules,
    },
    valueFrom: {
      ...boundedVariableSource(podTypes.EnvVar.properties.valueFrom),
      'x-kubernetes-validations': [
        {
          rule: exactlyOne(variableSources),
          message: `valueFrom takes exactly one of ${variableSources.join(', ')}`,
        },
      ],
    },
  },
});

const volumeSource = boundedVolumeSource(podTypes.Volume);

const boundedVolume = {
  ...volumeSource,
  properties: {
    ...volumeSource.properties,
    name: { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', maxLength: 63 },
  },
};

/** @param nameRules on the name, to keep some out */
export const envVar = (description: string, nameRules: readonly Rule[]) =>
  embed<EnvVar>(boundedEnvVar(nameRules), description, {
    'x-kubernetes-validations': [
      {
        rule: '!has(self.valueFrom) || !has(self.value) || self.value == ""',
        message: 'a variable has either value or valueFrom',
      },
    ] satisfies readonly Rule[],
  });

/** @param system whose paths it takes */
export const volumeMount = (description: string, system: { readonly onWindows: boolean }) =>
  embed<VolumeMount>(boundedVolumeMount(podTypes.VolumeMount, system), description);

export const volume = (description: string) =>
  embed<Volume>(boundedVolume, description, {
    'x-kubernetes-validations': [
      {
        rule: exactlyOne(volumeSources),
        message: `a volume has exactly one source: one of ${volumeSources.join(', ')}`,
      },
    ] satisfies readonly Rule[],
  });

export const quantity = (description: string, rules: readonly Rule[] = []): TUnsafe<number | string> =>
  Type.Unsafe<number | string>({
    ...podTypes.Quantity,
    description,
    ...(rules.length === 0 ? {} : { 'x-kubernetes-validations': rules }),
  });
