import { readFile } from 'node:fs/promises';

import { CORE_SCHEMA, loadAll } from 'js-yaml';

import type { ApiClient, ApiObject } from '../control-plane/api-client.ts';

/** An object as a manifest has it: it says what it is. */
export interface ManifestObject extends ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
}

interface ResourceList {
  readonly resources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
  }[];
}

/** The objects of a YAML or JSON file, in its order. @throws Error for a document that is no object with a name. */
export async function readManifest(path: string | URL): Promise<readonly ManifestObject[]> {
  const documents = loadAll(await readFile(path, 'utf8'), { filename: String(path), schema: CORE_SCHEMA });
  return documents.filter((document) => document !== null && document !== undefined).map(toObject(path));
}

const toObject = (path: string | URL) => (document: unknown, index: number) => {
  const { apiVersion, kind, metadata } = document as Partial<ManifestObject>;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof metadata?.name !== 'string') {
    throw new Error(`${String(path)}: document ${index + 1} lacks apiVersion, kind or metadata.name`);
  }
  return document as ManifestObject;
};

/** The path of an object, found out by asking the API server for its kinds. @throws Error if it has no such kind. */
export async function pathOf(api: ApiClient, object: ManifestObject): Promise<string> {
  const { apiVersion, kind, metadata } = object;
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const known = await api.find<ResourceList>(group);
  const resource = known?.resources.find((each) => each.kind === kind && !each.name.includes('/'));
  if (resource === undefined) throw new Error(`the API server knows no kind ${kind} in ${apiVersion}`);
  const namespace = resource.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
  return `${group}${namespace}/${resource.name}/${metadata.name}`;
}

/** Applies the objects as a user does with `kubectl apply --server-side`, one after the other. */
export async function applyManifest(api: ApiClient, objects: readonly ManifestObject[]): Promise<void> {
  for (const object of objects) await api.apply(await pathOf(api, object), object, 'user');
}
