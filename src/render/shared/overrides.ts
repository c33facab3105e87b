/** What a user may change of a rendered workload, and how it is laid over. Rules: `docs/differences.md`, Overrides. */
import type {
  Affinity,
  Container,
  PodSpec,
  PodTemplateSpec,
  ResourceRequirements,
  Toleration,
} from '../../api/kubernetes.ts';
import { canonicalQuantity } from './quantity.ts';

interface MetadataOverride {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface ContainerOverride {
  readonly name: string;
  readonly resources?: ResourceRequirements;
}

interface PodOverride {
  readonly containers?: readonly ContainerOverride[];
  readonly initContainers?: readonly ContainerOverride[];
  readonly affinity?: Affinity;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Toleration[];
  readonly topologySpreadConstraints?: NonNullable<PodSpec['topologySpreadConstraints']>;
  readonly terminationGracePeriodSeconds?: number;
  readonly priorityClassName?: string;
  readonly dnsPolicy?: string;
  readonly dnsConfig?: NonNullable<PodSpec['dnsConfig']>;
}

/** The union of what the override fields of the specs allow. */
export interface WorkloadOverride {
  readonly metadata?: MetadataOverride;
  readonly spec?: {
    readonly minReadySeconds?: number;
    readonly template?: { readonly metadata?: MetadataOverride; readonly spec?: PodOverride };
  };
}

/** Selectors are made of it: a user's value would make the API server refuse the workload. */
const selectorLabel = 'k8s-app';

/** Adds the user's keys; rendered ones win, and keys of the operator's own group are not the user's to set. */
function addKeys(
  rendered: Readonly<Record<string, string>>,
  added: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const allowed = Object.entries(added).filter(
    ([key]) => key !== selectorLabel && !key.includes('operator.tigera.io'),
  );
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

/** `resources` replace the whole block; names that the pod does not have are ignored. */
function overrideContainers(
  containers: readonly Container[],
  overrides: readonly ContainerOverride[] = [],
): readonly Container[] {
  return containers.map((container) => {
    const resources = overrides.find((override) => override.name === container.name)?.resources;
    return resources === undefined || Object.keys(resources).length === 0
      ? container
      : { ...container, resources: canonicalResources(resources) };
  });
}

/** The pod spec with the override laid over it: scalars and lists replace, node selectors are added. */
export function overridePodSpec(spec: PodSpec, override: PodOverride = {}): PodSpec {
  const { containers, initContainers, nodeSelector, priorityClassName, dnsPolicy, ...replaced } = override;
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
  };
}
