import type { ApiClient, ApiObject } from './api-client.ts';
import { fakeNodeAnnotation } from './command-lines.ts';
import { eventually } from './eventually.ts';

const path = '/api/v1/namespaces/kube-node-lease/pods';
const timeout = 60_000;

interface Pod extends ApiObject {
  readonly status?: { readonly phase?: string };
}

/**
 * Resolves when a pod runs on one of the nodes whose kubelet KWOK plays, and goes when it is deleted; at once where there
 * is no such node.
 * @throws Error when one of the two takes more than a minute.
 */
export async function waitForFakeKubelet(api: ApiClient): Promise<void> {
  const nodes = await api.list('/api/v1/nodes?limit=50');
  const node = nodes.find(({ metadata }) => metadata.annotations?.[fakeNodeAnnotation] === 'fake');
  if (node === undefined) return;
  const { metadata } = await api.create(path, podOn(node.metadata.name));
  const pod = `${path}/${metadata.name}`;
  const options = { timeout, interval: 20 };
  try {
    await eventually(async () => (await api.get<Pod>(pod)).status?.phase === 'Running', {
      ...options,
      description: `a pod to run on ${node.metadata.name}`,
    });
  } finally {
    await api.delete(pod);
  }
  await eventually(async () => (await api.find(pod)) === undefined, {
    ...options,
    description: `a pod to go from ${node.metadata.name}`,
  });
}

const podOn = (nodeName: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { generateName: 'kubelet-at-work-' },
  spec: {
    nodeName,
    // Takes no address of the nodes' pods.
    hostNetwork: true,
    automountServiceAccountToken: false,
    tolerations: [{ operator: 'Exists' }],
    containers: [{ name: 'main', image: 'example.test/main:1' }],
  },
});
