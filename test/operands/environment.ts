import type { ConfigMap, Container, EnvVar, Pod, Secret } from '../../src/api/kubernetes.ts';
import type { ApiClient } from '../control-plane/api-client.ts';
import { kubernetesService } from './node.ts';

type Source = NonNullable<EnvVar['valueFrom']>;

/**
 * The environment that a kubelet gives a container: that of the `kubernetes` Service, then what `envFrom` and `env` say.
 * @throws Error for a missing object or key that is not optional, and for a source that is not understood here.
 */
export async function resolveEnvironment(
  api: ApiClient,
  pod: Pod,
  container: Container,
): Promise<Readonly<Record<string, string>>> {
  const environment: Record<string, string> = {
    KUBERNETES_SERVICE_HOST: kubernetesService.host,
    KUBERNETES_SERVICE_PORT: String(kubernetesService.port),
  };
  const namespace = pod.metadata.namespace ?? '';
  for (const { configMapRef, secretRef, prefix = '' } of container.envFrom ?? []) {
    const data = configMapRef
      ? await configMapData(api, namespace, configMapRef.name, configMapRef.optional)
      : await secretData(api, namespace, secretRef?.name, secretRef?.optional);
    for (const [key, value] of Object.entries(data)) environment[prefix + key] = String(value);
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    const found = valueFrom ? await valueOf(api, pod, valueFrom) : expand(value ?? '', environment);
    if (found !== undefined) environment[name] = found;
  }
  return environment;
}

async function valueOf(api: ApiClient, pod: Pod, source: Source): Promise<string | undefined> {
  const namespace = pod.metadata.namespace ?? '';
  const { fieldRef, configMapKeyRef, secretKeyRef } = source;
  if (fieldRef) return fieldOf(pod, fieldRef.fieldPath);
  const ref = configMapKeyRef ?? secretKeyRef;
  if (!ref) throw new Error(`no such source of an environment variable is known: ${JSON.stringify(source)}`);
  const data = configMapKeyRef
    ? await configMapData(api, namespace, ref.name, ref.optional)
    : await secretData(api, namespace, ref.name, ref.optional);
  const value = data[ref.key];
  if (value === undefined && !ref.optional) throw new Error(`${ref.name ?? ''} has no key ${ref.key}`);
  return value?.toString();
}

/** A field of a pod by the path of a `fieldRef`. @throws Error if it is not there. */
export function fieldOf(pod: Pod, fieldPath: string): string {
  const keys = fieldPath.split('.');
  const value = keys.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], pod);
  if (typeof value !== 'string') throw new Error(`pod ${pod.metadata.name} has no ${fieldPath}`);
  return value;
}

/** `$(NAME)` stands for a variable that was set before; `$$` for a dollar. */
function expand(value: string, environment: Readonly<Record<string, string>>): string {
  return value.replaceAll(/\$(\$|\(([^)]+)\))/g, (all, what: string, name: string) =>
    what === '$' ? '$' : (environment[name] ?? all),
  );
}

type Data = Readonly<Record<string, string | Buffer>>;

/** The keys of a ConfigMap; none if it is optional and not there. */
export async function configMapData(
  api: ApiClient,
  namespace: string,
  name = '',
  optional = false,
): Promise<Data> {
  const path = `/api/v1/namespaces/${namespace}/configmaps/${name}`;
  const object = optional ? await api.find<ConfigMap>(path) : await api.get<ConfigMap>(path);
  return object?.data ?? {};
}

/** The keys of a Secret, decoded; none if it is optional and not there. */
export async function secretData(
  api: ApiClient,
  namespace: string,
  name = '',
  optional = false,
): Promise<Data> {
  const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
  const object = optional ? await api.find<Secret>(path) : await api.get<Secret>(path);
  const entries = Object.entries(object?.data ?? {});
  return Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, 'base64')]));
}
