import type { ApiClient } from './api-client.ts';
import { ApiError } from './api-client.ts';
import { eventually } from './eventually.ts';

interface CustomResourceDefinition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
}

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Paths of the custom resources that are defined to be served. */
export async function customResourcePaths(api: ApiClient): Promise<readonly string[]> {
  return (await api.list<CustomResourceDefinition>(definitions)).flatMap(({ spec }) =>
    spec.versions
      .filter(({ served }) => served)
      .map(({ name }) => `/apis/${spec.group}/${name}/${spec.names.plural}`),
  );
}

/**
 * Waits until the API server serves the custom resources that are defined, and no longer those of `before` that are
 * not: when definitions come or go below it, it needs a moment to notice.
 */
export async function waitForCustomResources(api: ApiClient, before: readonly string[]): Promise<void> {
  await eventually(
    async () => {
      // Read anew each time: what the API server lists can lag behind its store as well.
      const wanted = await customResourcePaths(api);
      const paths = [...new Set([...before, ...wanted])];
      const served = await Promise.all(paths.map((path) => isServed(api, path)));
      return paths.every((path, index) => served[index] === wanted.includes(path));
    },
    { description: 'the API server to serve the custom resources that are defined, and no others' },
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
