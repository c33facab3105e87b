import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { Container, Pod } from '../../src/api/kubernetes.ts';
import type { ApiClient } from '../control-plane/api-client.ts';
import { configMapData, fieldOf, secretData } from './environment.ts';
import type { TestNode } from './node.ts';
import type { Mount } from './sandbox.ts';

type Volume = NonNullable<NonNullable<Pod['spec']>['volumes']>[number];
type Projection = NonNullable<NonNullable<Volume['projected']>['sources']>[number];
type Items = readonly { readonly key: string; readonly path: string }[] | undefined;
type Contents = Readonly<Record<string, string | Buffer>>;

const defaultMode = 0o644;

/** What a kubelet mounts into a container, with the contents of all volumes written below the directory. */
export async function resolveMounts(
  api: ApiClient,
  node: TestNode,
  directory: string,
  pod: Pod,
  container: Container,
): Promise<readonly Mount[]> {
  const volumes = new Map((pod.spec?.volumes ?? []).map((volume) => [volume.name, volume]));
  const mounts = (container.volumeMounts ?? []).map(async (mount): Promise<Mount> => {
    const { name, mountPath: target, subPath, readOnly = false } = mount;
    const volume = volumes.get(name);
    if (!volume) throw new Error(`container ${container.name} mounts ${name}, which is no volume of its pod`);
    if (volume.emptyDir) return { target, directory: true };
    if (volume.hostPath) {
      return { target, readOnly, ...(await node.hostPath(volume.hostPath.path, volume.hostPath.type)) };
    }
    const folder = join(directory, 'volumes', name);
    await writeFiles(folder, await contentsOf(api, pod, volume), modeOf(volume));
    const source = join(folder, subPath ?? '');
    return { target, readOnly, source, directory: subPath === undefined };
  });
  return Promise.all(mounts);
}

function modeOf({ secret, configMap, projected }: Volume): number {
  return (secret ?? configMap ?? projected)?.defaultMode ?? defaultMode;
}

async function contentsOf(api: ApiClient, pod: Pod, volume: Volume): Promise<Contents> {
  const namespace = pod.metadata.namespace ?? '';
  const { secret, configMap, projected } = volume;
  if (secret) {
    return pick(await secretData(api, namespace, secret.secretName, secret.optional), secret.items);
  }
  if (configMap) {
    return pick(await configMapData(api, namespace, configMap.name, configMap.optional), configMap.items);
  }
  if (!projected) throw new Error(`volumes such as ${JSON.stringify(volume)} are not known here`);
  const parts = await Promise.all((projected.sources ?? []).map((source) => project(api, pod, source)));
  return Object.assign({}, ...parts) as Contents;
}

async function project(api: ApiClient, pod: Pod, source: Projection): Promise<Contents> {
  const namespace = pod.metadata.namespace ?? '';
  const { serviceAccountToken: token, configMap, secret, downwardAPI } = source;
  if (token) return { [token.path]: await requestToken(api, pod, token.audience) };
  if (configMap) {
    return pick(await configMapData(api, namespace, configMap.name, configMap.optional), configMap.items);
  }
  if (secret) return pick(await secretData(api, namespace, secret.name, secret.optional), secret.items);
  if (!downwardAPI) throw new Error(`projections such as ${JSON.stringify(source)} are not known here`);
  const items = (downwardAPI.items ?? []).map(
    ({ path, fieldRef }) => [path, fieldOf(pod, fieldRef?.fieldPath ?? '')] as const,
  );
  return Object.fromEntries(items);
}

/** A token as the kubelet gets it: of the pod's account, bound to the pod. */
async function requestToken(api: ApiClient, pod: Pod, audience: string | undefined): Promise<string> {
  const { namespace = '', name, uid } = pod.metadata;
  const account = pod.spec?.serviceAccountName ?? 'default';
  const { status } = await api.create<{ status: { token: string } }>(
    `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
    {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        expirationSeconds: 3600,
        boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name, uid },
        ...(audience === undefined ? {} : { audiences: [audience] }),
      },
    },
  );
  return status.token;
}

function pick(contents: Contents, items: Items): Contents {
  if (!items) return contents;
  const picked = items.flatMap(({ key, path }) => {
    const value = contents[key];
    return value === undefined ? [] : [[path, value] as const];
  });
  return Object.fromEntries(picked);
}

async function writeFiles(folder: string, contents: Contents, mode: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(contents)) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    await chmod(file, mode);
  }
}
