/** What the cluster says about itself, beyond what is watched. Read once for each Installation. */
import type { KubeObject, Service } from '../../api/kubernetes.ts';
import { resources } from '../../api/resources.ts';
import { isForbidden, isNotFound } from '../../kube/errors.ts';
import type { KubeClient, ObjectRef } from '../../kube/types.ts';
import { kubeSystemConfigMaps, kubeSystemServices, type ProviderSigns } from '../../resolve/provider.ts';

/** Facts that do not change while a cluster lives. */
export interface StaticFacts {
  /** `major.minor` of the API server. */
  readonly kubernetesVersion: string;
  readonly signs: Pick<ProviderSigns, 'apiGroups' | 'configMaps' | 'services' | 'openShiftClusterVersion'>;
  readonly awsNode: boolean;
  readonly dnsServiceAddresses: readonly string[];
}

/** Reads them, all at once. Throws what the API server answered, except for objects that are not there. */
export async function readFacts(
  client: Pick<KubeClient, 'get' | 'getPath'>,
  signal: AbortSignal,
): Promise<StaticFacts> {
  const find = async (ref: ObjectRef): Promise<KubeObject | undefined> => {
    try {
      return await client.get(ref, { signal });
    } catch (error) {
      if (isNotFound(error) || isForbidden(error)) return undefined;
      throw error;
    }
  };
  const inKubeSystem = (resource: ObjectRef['resource']) => (name: string) =>
    find({ resource, namespace: 'kube-system', name });
  const [version, groups, configMaps, services, awsNode] = await Promise.all([
    client.getPath('/version', { signal }) as Promise<{ readonly major: string; readonly minor: string }>,
    client.getPath('/apis', { signal }) as Promise<{ readonly groups: readonly { readonly name: string }[] }>,
    Promise.all(kubeSystemConfigMaps.map(inKubeSystem(resources.ConfigMap))),
    Promise.all(kubeSystemServices.map(inKubeSystem(resources.Service))),
    inKubeSystem(resources.DaemonSet)('aws-node'),
  ]);
  const found = services.filter((service): service is Service => service !== undefined);
  const apiGroups = groups.groups.map(({ name }) => name);
  return {
    kubernetesVersion: `${version.major}.${version.minor.replace(/\D.*$/, '')}`,
    signs: {
      apiGroups,
      openShiftClusterVersion: await servesClusterVersion(client, apiGroups, signal),
      configMaps: configMaps.flatMap((configMap) =>
        configMap === undefined ? [] : [configMap.metadata.name],
      ),
      services: Object.fromEntries(
        found.map(({ metadata }) => [metadata.name, Object.keys(metadata.labels ?? {})]),
      ),
    },
    awsNode: awsNode !== undefined,
    dnsServiceAddresses: found.find(({ metadata }) => metadata.name === 'kube-dns')?.spec?.clusterIPs ?? [],
  };
}

/** Other products bring kinds of this group along; the version of a cluster is OpenShift's alone. */
async function servesClusterVersion(
  client: Pick<KubeClient, 'getPath'>,
  apiGroups: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  if (!apiGroups.includes('config.openshift.io')) return false;
  try {
    const { resources: kinds } = (await client.getPath('/apis/config.openshift.io/v1', { signal })) as {
      readonly resources: readonly { readonly kind: string }[];
    };
    return kinds.some(({ kind }) => kind === 'ClusterVersion');
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
