/** The frame of every DaemonSet and Deployment: what all pods of the operator have in common. */
import type {
  Container,
  EnvVar,
  ObjectMeta,
  PodSpec,
  PodTemplateSpec,
  ResourceRequirements,
} from '../../api/kubernetes.ts';
import type { WorkloadOverride } from '../../api/workload-override.ts';
import type { EffectiveSpec } from '../../resolve/types.ts';
import type { RenderInput } from '../types.ts';
import { objectMeta, standardLabels } from './metadata.ts';
import { calicoNamespace } from './names.ts';
import { canonicalResources, overrideMetadata, overridePodSpec } from './overrides.ts';
import { env } from './pod.ts';

/** A workload of `calico-system` before the common parts are added. */
export interface WorkloadParts {
  /** Of the object, the `k8s-app` label and the selector. */
  readonly name: string;
  readonly podSpec: PodSpec;
  /** Whose nodes the pods are for; Linux unless given. */
  readonly os?: 'linux' | 'windows';
  readonly podLabels?: Readonly<Record<string, string>>;
  readonly podAnnotations?: Readonly<Record<string, string>>;
  readonly override?: WorkloadOverride | undefined;
}

/** What a DaemonSet and a Deployment are completed from. */
export interface Workload {
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly minReadySeconds?: number;
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: PodTemplateSpec;
  };
}

const byName = (a: { readonly name: string }, b: { readonly name: string }) =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;

/** Fills the gaps of a probe with the values that the reference uses. */
function fillProbe(probe: NonNullable<Container['livenessProbe']>, periodSeconds: number) {
  return { failureThreshold: 3, successThreshold: 1, timeoutSeconds: 5, periodSeconds, ...probe };
}

/** Adds variables that are not set yet. */
function addEnv(container: Container, added: readonly EnvVar[]): Container {
  const missing = added.filter(
    ({ name }) => container.env?.every((variable) => variable.name !== name) ?? true,
  );
  return missing.length === 0 ? container : { ...container, env: [...(container.env ?? []), ...missing] };
}

function finishMainContainer(input: RenderInput, container: Container): Container {
  const { livenessProbe, readinessProbe, volumeMounts } = container;
  // Sorted, as programs in Go choose by themselves: another order must not restart every pod.
  const suites = (input.resolved.spec.tlsCipherSuites ?? []).map(({ name }) => name).toSorted();
  const finished: Container = {
    imagePullPolicy: 'IfNotPresent',
    ...container,
    ...(livenessProbe === undefined ? {} : { livenessProbe: fillProbe(livenessProbe, 60) }),
    ...(readinessProbe === undefined ? {} : { readinessProbe: fillProbe(readinessProbe, 30) }),
    ...(volumeMounts === undefined ? {} : { volumeMounts: volumeMounts.toSorted(byName) }),
  };
  return suites.length === 0 ? finished : addEnv(finished, env({ TLS_CIPHER_SUITES: suites.join(',') }));
}

function finishPodSpec(input: RenderInput, spec: PodSpec, os: 'linux' | 'windows'): PodSpec {
  const { calicoApi } = input.resolved.cluster;
  const apiGroup = calicoApi === 'projectcalico.org/v3' ? env({ CALICO_API_GROUP: calicoApi }) : [];
  const pullSecrets = (input.resolved.spec.imagePullSecrets ?? []).toSorted((a, b) =>
    (a.name ?? '') < (b.name ?? '') ? -1 : 1,
  );
  return {
    ...(pullSecrets.length === 0 ? {} : { imagePullSecrets: pullSecrets }),
    ...spec,
    nodeSelector: { ...spec.nodeSelector, 'kubernetes.io/os': os },
    containers: spec.containers.map((container) => addEnv(finishMainContainer(input, container), apiGroup)),
    ...(spec.initContainers === undefined
      ? {}
      : { initContainers: spec.initContainers.map((container) => addEnv(container, apiGroup)) }),
    ...(spec.volumes === undefined ? {} : { volumes: spec.volumes.toSorted(byName) }),
  };
}

/**
 * Completes a workload: metadata, selector, and a template with pull secrets, the system's node selector, probe defaults,
 * volumes and mounts in order of their names, common variables, and the user's override laid over.
 */
export function workload(input: RenderInput, parts: WorkloadParts): Workload {
  const { name, podSpec, podLabels, podAnnotations, override, os = 'linux' } = parts;
  const minReadySeconds = override?.spec?.minReadySeconds;
  const podMeta = {
    labels: { ...standardLabels(name), ...podLabels },
    ...(podAnnotations === undefined ? {} : { annotations: podAnnotations }),
  };
  return {
    metadata: overrideMetadata(objectMeta(input, name, { namespace: calicoNamespace }), override?.metadata),
    spec: {
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { matchLabels: { 'k8s-app': standardLabels(name)['k8s-app'] ?? name } },
      template: {
        metadata: overrideMetadata(podMeta, override?.spec?.template?.metadata),
        spec: finishPodSpec(input, overridePodSpec(podSpec, override?.spec?.template?.spec), os),
      },
    },
  };
}

/** The largest number of seconds that a Deployment takes. */
const mostSeconds = 2 ** 31 - 1;

/** Seconds after which a rollout counts as failed: what pods need to leave and to count as available, and ten minutes. */
export function progressDeadline(
  { minReadySeconds = 0 }: { readonly minReadySeconds?: number },
  gracePeriodSeconds = 0,
): number {
  const needed = Math.max(600, Math.floor(gracePeriodSeconds * 1.2));
  return Math.min(mostSeconds, minReadySeconds < needed ? needed : minReadySeconds + 600);
}

/** Resources of a main container from the deprecated `componentResources`; the first match counts. */
export function componentResources(
  input: RenderInput,
  componentName: NonNullable<EffectiveSpec['componentResources']>[number]['componentName'],
): { readonly resources?: ResourceRequirements } {
  const entry = input.resolved.spec.componentResources?.find((item) => item.componentName === componentName);
  return entry === undefined ? {} : { resources: canonicalResources(entry.resourceRequirements) };
}
