/** Nodes as the operator holds them: a few dozen bytes each, whatever the size of the object. */
import type { KubeObject, Node } from '../../api/kubernetes.ts';
import type { Members } from '../../kube/skim.ts';
import { encodeTraits } from '../../resolve/node-traits.ts';
import type { NodeHost, NodeSummary } from '../../resolve/types.ts';

const LINUX = 1;
const WINDOWS = 2;
const VIRTUAL = 4;
const GKE = 8;
const DOCKER_ENTERPRISE = 16;
const KIND = 32;

/** What is kept of a node. */
export interface NodeFacts extends NodeHost {
  readonly bits: number;
}

/** Texts that nodes share. Forgotten from time to time, as labels may be other ones on each node: then they only share less. */
const shared = new Map<string, string>();
const sharedLimit = 1000;

function share(text: string): string {
  const known = shared.get(text);
  if (known !== undefined) return known;
  if (shared.size >= sharedLimit) shared.clear();
  shared.set(text, text);
  return text;
}

/** Of platforms and of Kubernetes itself, which has given the first one up. */
const controlPlaneLabels = ['node-role.kubernetes.io/master', 'node-role.kubernetes.io/control-plane'];

/** What {@link projectNode} does not read; heartbeats change nothing else. */
export const unreadOfNodes: Members = {
  metadata: { annotations: true, managedFields: true },
  status: true,
};

/** Reduces a Node to the facts that decisions need: system, what pods it takes, and what tells the platform. */
export function projectNode(object: KubeObject): NodeFacts {
  const node = object as Node;
  return { name: node.metadata.name, bits: bitsOf(node), traits: share(encodeTraits(node)) };
}

/** Virtual nodes stand for capacity elsewhere: no agent of Calico runs there. */
function isVirtual(labels: Readonly<Record<string, string>>): boolean {
  return labels['type'] === 'virtual-kubelet' || labels['eks.amazonaws.com/compute-type'] === 'fargate';
}

function bitsOf(node: Node): number {
  const labels = node.metadata.labels ?? {};
  const keys = Object.keys(labels);
  const os = labels['kubernetes.io/os'];
  let bits = os === 'windows' ? WINDOWS : os === 'linux' ? LINUX : 0;
  if (isVirtual(labels)) bits |= VIRTUAL;
  if (keys.some((key) => key.startsWith('cloud.google.com/gke-'))) bits |= GKE;
  if (
    controlPlaneLabels.some((label) => label in labels) &&
    keys.some((key) => key.startsWith('com.docker.ucp'))
  ) {
    bits |= DOCKER_ENTERPRISE;
  }
  if (node.spec?.providerID?.startsWith('kind://') === true) bits |= KIND;
  return bits;
}

/** What nodes tell about the platform. */
export interface NodeHints {
  readonly gke: boolean;
  readonly dockerEnterprise: boolean;
  readonly kind: boolean;
}

/** Counts and platform hints over all nodes. */
export function summariseNodes(nodes: readonly NodeFacts[]): {
  readonly summary: NodeSummary;
  readonly hints: NodeHints;
} {
  let linux = 0;
  let windows = 0;
  let typhaCandidates = 0;
  const hosts: NodeHost[] = [];
  let union = 0;
  for (const node of nodes) {
    const { bits } = node;
    union |= bits;
    if ((bits & LINUX) !== 0) linux++;
    if ((bits & WINDOWS) !== 0) windows++;
    if ((bits & VIRTUAL) !== 0) continue;
    typhaCandidates++;
    if ((bits & LINUX) !== 0) hosts.push(node);
  }
  return {
    summary: {
      total: nodes.length,
      linux,
      windows,
      typhaCandidates,
      typhaCandidatesLinux: hosts.length,
      hosts,
    },
    hints: {
      gke: (union & GKE) !== 0,
      dockerEnterprise: (union & DOCKER_ENTERPRISE) !== 0,
      kind: (union & KIND) !== 0,
    },
  };
}
