/** Nodes as the operator holds them: one small number each, whatever the size of the object. */
import type { KubeObject, Node } from '../../api/kubernetes.ts';
import type { NodeSummary } from '../../resolve/types.ts';

const LINUX = 1;
const WINDOWS = 2;
const UNSCHEDULABLE = 4;
const VIRTUAL = 8;
const GKE = 16;
const DOCKER_ENTERPRISE = 32;
const KIND = 64;

/** What is kept of a node, as bits. */
export type NodeBits = number;

/** Reduces a Node to the facts that decisions need: system, schedulability, and what tells the platform. */
export function projectNode(object: KubeObject): NodeBits {
  const node = object as Node;
  const labels = node.metadata.labels ?? {};
  const keys = Object.keys(labels);
  const os = labels['kubernetes.io/os'];
  let bits = os === 'windows' ? WINDOWS : os === 'linux' ? LINUX : 0;
  if (node.spec?.unschedulable === true) bits |= UNSCHEDULABLE;
  if ('kubernetes.azure.com/cluster' in labels && labels['type'] === 'virtual-kubelet') bits |= VIRTUAL;
  if (keys.some((key) => key.startsWith('cloud.google.com/gke-'))) bits |= GKE;
  if ('node-role.kubernetes.io/master' in labels && keys.some((key) => key.startsWith('com.docker.ucp'))) {
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
export function summariseNodes(nodes: readonly NodeBits[]): {
  readonly summary: NodeSummary;
  readonly hints: NodeHints;
} {
  let linux = 0;
  let windows = 0;
  let typhaCandidates = 0;
  let typhaCandidatesLinux = 0;
  let union = 0;
  for (const bits of nodes) {
    union |= bits;
    if ((bits & LINUX) !== 0) linux++;
    if ((bits & WINDOWS) !== 0) windows++;
    if ((bits & (UNSCHEDULABLE | VIRTUAL)) !== 0) continue;
    typhaCandidates++;
    if ((bits & LINUX) !== 0) typhaCandidatesLinux++;
  }
  return {
    summary: { total: nodes.length, linux, windows, typhaCandidates, typhaCandidatesLinux },
    hints: {
      gke: (union & GKE) !== 0,
      dockerEnterprise: (union & DOCKER_ENTERPRISE) !== 0,
      kind: (union & KIND) !== 0,
    },
  };
}
