import type { ApiClient } from './api-client.ts';
import { ApiError } from './api-client.ts';
import type { Entry } from './etcd.ts';
import { eventually } from './eventually.ts';

interface CustomResourceDefinition {
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
    .flatMap(({ spec }) =>
      spec.versions
        .filter(({ served }) => served)
        .map(({ name }) => `/apis/${spec.group}/${name}/${spec.names.plural}`),
    );
}

const decode = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');

/**
 * Waits until the API server serves the custom resources `wanted`, and no longer those of `before` that are not: when
 * definitions come or go below it, it needs a moment to notice.
 */
export async function waitForCustomResources(
  api: ApiClient,
  before: readonly string[],
  wanted: readonly string[],
): Promise<void> {
  const paths = [...new Set([...before, ...wanted])];
  await eventually(
    async () => {
      const served = await Promise.all(paths.map((path) => isServed(api, path)));
      const wrong = paths.filter((path, index) => served[index] !== wanted.includes(path));
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
