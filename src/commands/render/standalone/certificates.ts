/** Takes certificates out of rendered objects: without Typha nobody asks Felix or kube-controllers for one. Pure. */
import type { Container, KubeObject, PodTemplateSpec, Volume } from '../../../api/kubernetes.ts';

/** A DaemonSet or Deployment. */
export interface Workload extends KubeObject {
  readonly spec: { readonly template: PodTemplateSpec };
}

/** Whether an object runs pods. */
export const isWorkload = (object: KubeObject): object is Workload =>
  object.kind === 'DaemonSet' || object.kind === 'Deployment';

/** Objects of which pods may show the content in volumes. */
type Contents = ReadonlySet<string>;

/**
 * The objects without what holds certificates, and pods without the volumes, mounts, variables and annotations that
 * go with it.
 * @param isCertificate whether a Secret or ConfigMap holds certificates
 */
export function withoutCertificates(
  objects: readonly KubeObject[],
  isCertificate: (object: KubeObject) => boolean,
): readonly KubeObject[] {
  const gone: Contents = new Set(
    objects.filter(isCertificate).map(({ kind, metadata }) => `${kind} ${metadata.name}`),
  );
  return objects
    .filter((object) => !isCertificate(object))
    .map((object) => (isWorkload(object) ? strippedWorkload(object, gone) : object));
}

function strippedWorkload(workload: Workload, gone: Contents): Workload {
  return {
    ...workload,
    spec: { ...workload.spec, template: strippedTemplate(workload.spec.template, gone) },
  };
}

/** Annotations that replace pods when certificates change; others are hashes of what stays. */
const isHash = (name: string): boolean =>
  /\.hash\.operator\.tigera\.io\//.test(name) || name === 'hash.operator.tigera.io/system';

function strippedTemplate({ metadata, spec }: PodTemplateSpec, gone: Contents): PodTemplateSpec {
  const { annotations = {}, ...rest } = metadata ?? {};
  const kept = Object.entries(annotations).filter(([name]) => !isHash(name));
  const { volumes: shown = [], ...podSpec } = spec ?? { containers: [] };
  const volumes = shown.filter((volume) => !gone.has(contentOf(volume)));
  const names = new Set(volumes.map(({ name }) => name));
  const strip = (container: Container): Container => strippedContainer(container, names);
  return {
    metadata: { ...rest, ...(kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) }) },
    spec: {
      ...podSpec,
      containers: (spec?.containers ?? []).map(strip),
      ...(spec?.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(strip) }),
      ...(volumes.length === 0 ? {} : { volumes }),
    },
  };
}

function contentOf({ secret, configMap }: Volume): string {
  if (secret !== undefined) return `Secret ${secret.secretName ?? ''}`;
  return configMap === undefined ? '' : `ConfigMap ${configMap.name ?? ''}`;
}

function strippedContainer(container: Container, volumes: ReadonlySet<string>): Container {
  const { volumeMounts = [], env, ...rest } = container;
  const mounts = volumeMounts.filter(({ name }) => volumes.has(name));
  const gone = volumeMounts.filter(({ name }) => !volumes.has(name)).map(({ mountPath }) => mountPath);
  const isGone = (value = ''): boolean => gone.some((path) => value === path || value.startsWith(`${path}/`));
  return {
    ...rest,
    ...(env === undefined ? {} : { env: env.filter(({ value }) => !isGone(value)) }),
    ...(mounts.length === 0 ? {} : { volumeMounts: mounts }),
  };
}
