/**
 * What a user changes of the workloads, for support to see. Names only: values of variables and arguments may be secret,
 * and a status is read by more people than a spec is written by.
 */
import type { InstallationSpec, InstallationStatus } from '../api/installation.ts';
import type { EnvVar } from '../api/kubernetes.ts';
import {
  type ContainerOverride,
  type MetadataOverride,
  overrideBlockNames,
  type PodOverride,
  type WorkloadOverride,
} from '../api/workload-override.ts';

/** One entry of `status.customised`. */
export type Customisation = NonNullable<InstallationStatus['customised']>[number];

/** Stands wherever a value that may be secret would be shown. */
export const notShown = '(not shown)';

/** Every override block that changes something, in a fixed order, with what it changes. */
export function customisations(spec: InstallationSpec): readonly Customisation[] {
  return overrideBlockNames.flatMap((block) => {
    const override: WorkloadOverride = spec[block] ?? {};
    const changes = changesOf(override);
    return changes.length === 0 ? [] : [{ block, changes }];
  });
}

function changesOf({ metadata, spec = {} }: WorkloadOverride): readonly string[] {
  const { minReadySeconds, strategy, template } = spec;
  return [
    ...metadataChanges(metadata, ''),
    ...(minReadySeconds === undefined ? [] : ['minReadySeconds']),
    ...(strategy?.rollingUpdate === undefined ? [] : ['strategy']),
    ...metadataChanges(template?.metadata, 'pod '),
    ...podChanges(template?.spec ?? {}),
  ];
}

function metadataChanges(metadata: MetadataOverride | undefined, prefix: string): readonly string[] {
  return [
    ...listed(`${prefix}labels`, Object.keys(metadata?.labels ?? {})),
    ...listed(`${prefix}annotations`, Object.keys(metadata?.annotations ?? {})),
  ];
}

/** Fields of the pod of which it is enough to say that they are set; empty texts say nothing. */
const plainFields = [
  'affinity',
  'dnsConfig',
  'dnsPolicy',
  'priorityClassName',
  'terminationGracePeriodSeconds',
  'tolerations',
  'topologySpreadConstraints',
] as const satisfies readonly (keyof PodOverride)[];

function podChanges(pod: PodOverride): readonly string[] {
  return [
    ...[...(pod.initContainers ?? []), ...(pod.containers ?? [])].flatMap(containerChanges),
    ...plainFields.filter((field) => pod[field] !== undefined && pod[field] !== ''),
    ...listed('nodeSelector', Object.keys(pod.nodeSelector ?? {})),
    ...listed(
      'volumes',
      (pod.volumes ?? []).map(({ name }) => name),
    ),
  ];
}

function containerChanges(override: ContainerOverride): readonly string[] {
  const { name, resources = {}, env = [], args = [], volumeMounts = [] } = override;
  const names = (list: readonly { readonly name: string }[]) => list.map((item) => item.name);
  return [
    ...(Object.keys(resources).length === 0 ? [] : [`${name} resources`]),
    ...listed(`${name} env`, names(env)),
    ...argumentChanges(name, args),
    ...listed(
      `${name} volumeMounts`,
      volumeMounts.map(({ mountPath }) => mountPath),
    ),
  ];
}

/** Of arguments only the names of flags are shown: what follows them, or stands alone, may be a value. */
function argumentChanges(container: string, args: readonly string[]): readonly string[] {
  const flags = args.flatMap((argument) => /^--?[A-Za-z][\w.-]*/.exec(argument)?.[0] ?? []);
  if (args.length === 0) return [];
  return flags.length === 0 ? [`${container} args`] : listed(`${container} args`, flags);
}

function listed(what: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${what}: ${[...new Set(names)].sort().join(', ')}`];
}

/** The spec for `status.computed`: as it is, but for values of variables and arguments. */
export function withoutValues<Spec extends InstallationSpec>(spec: Spec): Spec {
  const blocks = overrideBlockNames.flatMap((block) => {
    const override: WorkloadOverride | undefined = spec[block];
    const pod = override?.spec?.template?.spec;
    if (override === undefined || pod === undefined) return [];
    const template = { ...override.spec?.template, spec: hidePod(pod) };
    return [[block, { ...override, spec: { ...override.spec, template } }] as const];
  });
  return { ...spec, ...Object.fromEntries(blocks) };
}

function hidePod(pod: PodOverride): PodOverride {
  return {
    ...pod,
    ...(pod.containers === undefined ? {} : { containers: pod.containers.map(hideContainer) }),
    ...(pod.initContainers === undefined ? {} : { initContainers: pod.initContainers.map(hideContainer) }),
  };
}

function hideContainer(override: ContainerOverride): ContainerOverride {
  return {
    ...override,
    ...(override.env === undefined ? {} : { env: override.env.map(hideVariable) }),
    ...(override.args === undefined ? {} : { args: override.args.map(() => notShown) }),
  };
}

function hideVariable(variable: EnvVar): EnvVar {
  return variable.value === undefined ? variable : { ...variable, value: notShown };
}
