import type { ApiClient, ApiObject } from './api-client.ts';
import { ApiError } from './api-client.ts';
import { fakeNodeAnnotation } from './command-lines.ts';
import { eventually } from './eventually.ts';

export interface NodeOptions {
  /** Names are the prefix and five digits; default `node-`. */
  readonly prefix?: string;
  /** Added to the usual labels (os, arch, hostname). */
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  /** Whether KWOK plays the kubelet; default true. Without, somebody else has to. */
  readonly fake?: boolean;
  /** Number of the first node; default 0. */
  readonly first?: number;
  /** Number of requests at a time; default 16. */
  readonly parallel?: number;
}

const readyTimeoutMilliseconds = 120_000;
const readyPerNodeMilliseconds = 1000;

/** Creates nodes (one that exists is left as it is) and waits until fake ones are Ready. Returns all names. */
export async function createNodes(
  api: ApiClient,
  count: number,
  options: NodeOptions = {},
): Promise<readonly string[]> {
  const { first = 0, parallel = 16, fake = true } = options;
  const nodes = Array.from({ length: count }, (_, index) => nodeObject(first + index, options));
  const queue = nodes.values();
  const create = async (): Promise<void> => {
    for (const node of queue) await createNode(api, node);
  };
  await Promise.all(Array.from({ length: Math.min(parallel, count) }, create));
  const names = nodes.map((node) => node.metadata.name);
  if (fake && count > 0) await waitForReady(api, names);
  return names;
}

async function createNode(api: ApiClient, node: ApiObject): Promise<void> {
  await api.create('/api/v1/nodes', node).catch((error: unknown) => {
    if (!(error instanceof ApiError && error.reason === 'AlreadyExists')) throw error;
  });
}

async function waitForReady(api: ApiClient, names: readonly string[]): Promise<void> {
  await eventually(
    async () => {
      const ready = new Set(
        (await api.list('/api/v1/nodes')).filter(isReady).map((node) => node.metadata.name),
      );
      const waiting = names.filter((name) => !ready.has(name));
      if (waiting.length > 0) throw new Error(`${waiting.length} are not Ready, such as ${waiting[0] ?? ''}`);
      return true;
    },
    {
      description: `${names.length} nodes to be Ready`,
      timeout: readyTimeoutMilliseconds + readyPerNodeMilliseconds * names.length,
      interval: 100 + 3 * names.length,
    },
  );
}

/** Whether a node's condition Ready is True. */
export function isReady(node: ApiObject): boolean {
  const status = node['status'] as { conditions?: readonly { type: string; status: string }[] } | undefined;
  return status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

function nodeObject(number: number, options: NodeOptions): ApiObject {
  const { prefix = 'node-', fake = true, labels, annotations, taints } = options;
  const name = `${prefix}${String(number).padStart(5, '0')}`;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        ...labels,
      },
      annotations: { ...(fake && { [fakeNodeAnnotation]: 'fake' }), ...annotations },
    },
    spec: { ...(taints && { taints }) },
    ...(fake && {
      status: {
        addresses: [
          { type: 'InternalIP', address: `10.240.${(number >> 8) & 255}.${number & 255}` },
          { type: 'Hostname', address: name },
        ],
      },
    }),
  };
}
