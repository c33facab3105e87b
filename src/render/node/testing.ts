/** What tests of calico-node look at. */
import type { InstallationSpec } from '../../api/installation.ts';
import type { ConfigMap, DaemonSet } from '../../api/kubernetes.ts';
import { findObject, inputFor } from '../fixtures.ts';
import { renderNode } from './node.ts';

export type Changes = Parameters<typeof inputFor>[1];

/** DaemonSet `calico-node` for a spec on the example cluster. */
export const daemonSet = (spec: InstallationSpec, changes?: Changes): DaemonSet =>
  findObject<DaemonSet>(renderNode(inputFor(spec, changes)), 'DaemonSet', 'calico-node');

/** Its pod spec, with the pod's annotations. */
export function podOf(spec: InstallationSpec, changes?: Changes) {
  const { template } = daemonSet(spec, changes).spec ?? {};
  const pod = template?.spec;
  if (pod === undefined) throw new Error('no pod spec');
  return { ...pod, annotations: template?.metadata?.annotations ?? {} };
}

/** Plain variables of its container. */
export function envOf(
  spec: InstallationSpec,
  changes?: Changes,
): Readonly<Record<string, string | undefined>> {
  const container = podOf(spec, changes).containers[0];
  return Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));
}

/** The file that install-cni writes; fails without one. */
export function cniOf(
  spec: InstallationSpec,
  changes?: Changes,
): { readonly plugins: readonly Readonly<Record<string, unknown>>[] } {
  const map = findObject<ConfigMap>(renderNode(inputFor(spec, changes)), 'ConfigMap', 'cni-config');
  return JSON.parse(map.data?.['config'] ?? '') as { plugins: Record<string, unknown>[] };
}

/** A ConfigMap of the operator's namespace. */
export const userConfigMap = (name: string, data: Readonly<Record<string, string>>): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'tigera-operator' },
  data,
});
