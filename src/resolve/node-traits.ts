/** What of a node decides which pods the scheduler may put there, in a form that equal nodes share. */
import type { Node } from '../api/kubernetes.ts';

/** A taint that keeps pods away. */
export interface NodeTaint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

/** Nodes as the scheduler sees them, without their resources. */
export interface NodeTraits {
  /** Null stands for the node's own name. */
  readonly labels: Readonly<Record<string, string | null>>;
  readonly taints: readonly NodeTaint[];
}

/** What the scheduler makes of a cordoned node. */
const cordon: NodeTaint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Taints that Kubernetes sets while a node starts or is in trouble; they come and go by themselves. */
const passing = /^node\.(cloudprovider\.)?kubernetes\.io\//;

/**
 * Labels and taints of a node as text. A label that repeats the node's name is marked instead of written, so that nodes
 * that are alike have the same text. A cordon counts as the taint that it is to the scheduler.
 */
export function encodeTraits({ metadata, spec }: Node): string {
  const labels = Object.entries(metadata.labels ?? {})
    .map(([key, value]) => [key, value === metadata.name ? null : value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const lasting = (spec?.taints ?? [])
    .filter(({ key, effect }) => effect !== 'PreferNoSchedule' && !passing.test(key))
    .map(({ key, value, effect }): NodeTaint => ({ key, ...(value ? { value } : {}), effect }))
    .sort((a, b) => (a.key + a.effect < b.key + b.effect ? -1 : 1));
  const taints = spec?.unschedulable === true ? [...lasting, cordon] : lasting;
  return JSON.stringify([labels, taints]);
}

/** The inverse of {@link encodeTraits}. */
export function decodeTraits(text: string): NodeTraits {
  const [labels, taints] = JSON.parse(text) as [[string, string | null][], NodeTaint[]];
  return { labels: Object.fromEntries(labels), taints };
}
