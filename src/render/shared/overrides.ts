/** How what a user changes of a rendered workload is laid over it. Rules for users: `docs/overrides.md`. */
import type {
  Container,
  EnvVar,
  PodSpec,
  PodTemplateSpec,
  ResourceRequirements,
  Volume,
} from '../../api/kubernetes.ts';
import { canonicalQuantity } from '../../api/quantity.ts';
import type { ContainerOverride, MetadataOverride, PodOverride } from '../../api/workload-override.ts';

/** Containers that overrides may still call by a former name. */
const formerNames: Readonly<Record<string, string>> = { 'mount-bpffs': 'ebpf-bootstrap' };

/** The name that a container has today. */
export function currentName(name: string): string {
  return formerNames[name] ?? name;
}

/** Selectors are made of it: a user's value would make the API server refuse the workload. */
const selectorLabel = 'k8s-app';

/** True for keys of labels and annotations that no override may set: of the selector, and of the operator's own group. */
export function isReservedKey(key: string): boolean {
  return key === selectorLabel || key.includes('operator.tigera.io');
}

/** Adds the user's keys; rendered ones win, and reserved ones are not the user's to set. */
function addKeys(
  rendered: Readonly<Record<string, string>>,
  added: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const allowed = Object.entries(added).filter(([key]) => !isReservedKey(key));
  return { ...Object.fromEntries(allowed), ...rendered };
}

/** Lays labels and annotations of an override under rendered ones. */
export function overrideMetadata<Meta extends NonNullable<PodTemplateSpec['metadata']>>(
  rendered: Meta,
  override: MetadataOverride = {},
): Meta {
  const labels = addKeys(rendered.labels ?? {}, override.labels);
  const annotations = addKeys(rendered.annotations ?? {}, override.annotations);
  return {
    ...rendered,
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}

/** Requests and limits in the API server's own form. */
export function canonicalResources(resources: ResourceRequirements): ResourceRequirements {
  const canonical = (list: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(list).map(([name, amount]) => [name, canonicalQuantity(amount)]));
  const { limits, requests, ...rest } = resources;
  return {
    ...rest,
    ...(limits === undefined ? {} : { limits: canonical(limits) }),
    ...(requests === undefined ? {} : { requests: canonical(requests) }),
  };
}

/** Variables with the quantity in them, if any, in the API server's own form. */
function canonicalVariable(variable: EnvVar): EnvVar {
  const resource = variable.valueFrom?.resourceFieldRef;
  if (resource?.divisor === undefined) return variable;
  const divisor = canonicalQuantity(resource.divisor);
  return { ...variable, valueFrom: { ...variable.valueFrom, resourceFieldRef: { ...resource, divisor } } };
}

function canonicalVolume(volume: Volume): Volume {
  const limit = volume.emptyDir?.sizeLimit;
  return limit === undefined
    ? volume
    : { ...volume, emptyDir: { ...volume.emptyDir, sizeLimit: canonicalQuantity(limit) } };
}

/** The user's variables win, in the place of the rendered ones; new ones come last, so that they may refer to others. */
function mergeEnv(rendered: readonly EnvVar[], added: readonly EnvVar[]): readonly EnvVar[] {
  const all = new Map(rendered.map((variable) => [variable.name, variable]));
  for (const variable of added) all.set(variable.name, canonicalVariable(variable));
  return [...all.values()];
}

function overrideContainer(container: Container, override: ContainerOverride): Container {
  const { resources = {}, env = [], args = [], volumeMounts = [] } = override;
  return {
    ...container,
    ...(Object.keys(resources).length === 0 ? {} : { resources: canonicalResources(resources) }),
    ...(env.length === 0 ? {} : { env: mergeEnv(container.env ?? [], env) }),
    ...(args.length === 0 ? {} : { args: [...(container.args ?? []), ...args] }),
    ...(volumeMounts.length === 0
      ? {}
      : { volumeMounts: [...(container.volumeMounts ?? []), ...volumeMounts] }),
  };
}

/** Names that the pod does not have change nothing here; `judgeOverrides` tells of them. */
function overrideContainers(
  containers: readonly Container[],
  overrides: readonly ContainerOverride[] = [],
): readonly Container[] {
  return containers.map((container) =>
    overrides.filter(({ name }) => currentName(name) === container.name).reduce(overrideContainer, container),
  );
}

/**
 * The pod spec of any workload with the override laid over it: scalars and lists replace; node selectors, variables,
 * arguments, mounts and volumes are added. What collides is refused before (`judgeOverrides`).
 */
export function overridePodSpec(spec: PodSpec, override: PodOverride = {}): PodSpec {
  const { containers, initContainers, nodeSelector, priorityClassName, dnsPolicy, volumes, ...replaced } =
    override;
  return {
    ...spec,
    ...replaced,
    ...(priorityClassName === undefined || priorityClassName === '' ? {} : { priorityClassName }),
    ...(dnsPolicy === undefined || dnsPolicy === '' ? {} : { dnsPolicy }),
    containers: overrideContainers(spec.containers, containers),
    ...(spec.initContainers === undefined
      ? {}
      : { initContainers: overrideContainers(spec.initContainers, initContainers) }),
    ...(nodeSelector === undefined ? {} : { nodeSelector: { ...nodeSelector, ...spec.nodeSelector } }),
    ...(volumes === undefined || volumes.length === 0
      ? {}
      : { volumes: [...(spec.volumes ?? []), ...volumes.map(canonicalVolume)] }),
  };
}
