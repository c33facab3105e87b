import { readFile } from 'node:fs/promises';

import type { KubeObject } from '../../src/api/kubernetes.ts';
import { readDocuments } from '../../src/commands/documents.ts';
import type { ApiClient } from '../control-plane/api-client.ts';
import type { CustomResourceDefinition } from '../control-plane/custom-resources.ts';
import { servedPaths, waitForCustomResources } from '../control-plane/custom-resources.ts';

const definitionsPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

interface ResourceList {
  readonly resources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
  }[];
}

/** The objects of a YAML or JSON file, in its order. @throws DocumentError for what is no object. */
export async function readManifest(path: string): Promise<readonly KubeObject[]> {
  return readDocuments(await readFile(path, 'utf8'), path).map(({ object }) => object);
}

/** The path of an object, found out by asking the API server for its kinds. @throws Error if it has no such kind. */
export async function pathOf(api: ApiClient, object: KubeObject): Promise<string> {
  const { apiVersion, kind, metadata } = object;
  const group = groupPath(apiVersion);
  const known = await api.find<ResourceList>(group);
  const resource = known?.resources.find((each) => each.kind === kind && !each.name.includes('/'));
  if (resource === undefined) throw new Error(`the API server knows no kind ${kind} in ${apiVersion}`);
  const namespace = resource.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
  return `${group}${namespace}/${resource.name}/${metadata.name}`;
}

/** Applies definitions of custom resources, and resolves when their kinds are served and found by clients. */
export async function applyDefinitions(api: ApiClient, definitions: readonly KubeObject[]): Promise<void> {
  await Promise.all(
    definitions.map((crd) => api.apply(`${definitionsPath}/${crd.metadata.name}`, crd, 'user')),
  );
  const paths = (definitions as readonly (KubeObject & CustomResourceDefinition)[]).flatMap(servedPaths);
  await waitForCustomResources(api, [], paths);
}

/** Applies the objects as a user does with `kubectl apply --server-side`, one after the other. */
export async function applyManifest(api: ApiClient, objects: readonly KubeObject[]): Promise<void> {
  for (const object of objects) await api.apply(await pathOf(api, object), object, 'user');
}

function groupPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
