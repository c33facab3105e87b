import type { ApiClient } from './api-client.ts';
import { ApiError } from './api-client.ts';
import type { Entry } from './etcd.ts';
import { eventually } from './eventually.ts';

/** What of a definition says where its resources are. */
export interface CustomResourceDefinition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
}

const definitions = /\/apiextensions\.k8s\.io\/customresourcedefinitions\//;

/** Paths of the custom resources that a store defines to be served. The API server keeps definitions as JSON. */
export function customResourcePaths(entries: readonly Entry[]): readonly string[] {
  return entries
    .filter(({ key }) => definitions.test(decode(key)))
    .map(({ value }) => JSON.parse(decode(value)) as CustomResourceDefinition)
    .flatMap(servedPaths);
}

/** Paths of the resources that a definition has served, one a version. */
export function servedPaths({
  spec: { group, names, versions },
}: CustomResourceDefinition): readonly string[] {
  return versions.filter(({ served }) => served).map(({ name }) => `/apis/${group}/${name}/${names.plural}`);
}

const decode = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');

/**
 * Waits until the API server serves the custom resources `wanted` and tells clients that look for kinds of them, and no
 * longer does with those of `before` that are not wanted: it notices what comes and goes one by one, and what it tells
 * follows what it serves.
 */
export async function waitForCustomResources(
  api: ApiClient,
  before: readonly string[],
  wanted: readonly string[],
): Promise<void> {
  const paths = [...new Set([...before, ...wanted])];
  await eventually(
    async () => {
      const [told, served] = await Promise.all([
        discover(api),
        Promise.all(paths.map((path) => isServed(api, path))),
      ]);
      const wrong = paths.filter((path, index) => {
        const expected = wanted.includes(path);
        return served[index] !== expected || told.has(path) !== expected;
      });
      if (wrong.length > 0) throw new Error(`it does not yet with ${wrong.join(', ')}`);
      return true;
    },
    {
      description: 'the API server to serve the custom resources that are defined, and no others',
      timeout: 60_000,
    },
  );
}

async function isServed(api: ApiClient, path: string): Promise<boolean> {
  try {
    await api.get(`${path}?limit=1`);
    return true;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 503)) return false;
    throw error;
  }
}

/** Paths of all resources of API groups, from the one document in which kubectl and Helm look for kinds. */
async function discover(api: ApiClient): Promise<ReadonlySet<string>> {
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  const { items } = (await api.request('GET', '/apis', undefined, accept)) as Discovery;
  return new Set(
    items.flatMap(({ metadata, versions }) =>
      versions.flatMap(({ version, resources }) =>
        resources.map(({ resource }) => `/apis/${metadata.name}/${version}/${resource}`),
      ),
    ),
  );
}

interface Discovery {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly versions: readonly {
      readonly version: string;
      readonly resources: readonly { readonly resource: string }[];
    }[];
  }[];
}
