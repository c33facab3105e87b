/** What calico-node's DaemonSet and Typha's Deployment tell about each other. */
import type { DaemonSet, Deployment } from '../../../api/kubernetes.ts';

/** calico-node's pods are told to use Typha, from their next start on. */
export function usesTypha(node: DaemonSet | undefined): boolean {
  const containers = node?.spec?.template.spec?.containers ?? [];
  return containers.some(({ env }) => env?.some(({ name }) => name === 'FELIX_TYPHAK8SSERVICENAME') ?? false);
}

/** Every pod of calico-node is of the latest template, and where new pods come before old ones go, these are gone. */
export function isRolledOut(node: DaemonSet | undefined): boolean {
  if (node === undefined) return false;
  const { desiredNumberScheduled = 0, updatedNumberScheduled = 0, numberAvailable = 0 } = node.status ?? {};
  const current = (node.status?.observedGeneration ?? 0) >= (node.metadata.generation ?? 0);
  const surge = node.spec?.updateStrategy?.rollingUpdate?.maxSurge ?? 0;
  const surges = surge !== 0 && surge !== '0%';
  const settled = surges ? Math.min(updatedNumberScheduled, numberAvailable) : updatedNumberScheduled;
  return node.status !== undefined && current && settled >= desiredNumberScheduled;
}

/** Replicas that must be available before calico-node is pointed at Typha: more than half. */
export function quorumOf(replicas: number): number {
  return Math.floor(replicas / 2) + 1;
}

/** A quorum of so many replicas is available, and the Deployment's controller knows the latest of it. */
export function hasQuorum(typha: Deployment | undefined, replicas: number): boolean {
  if (typha === undefined || typha.metadata.deletionTimestamp !== undefined) return false;
  const { observedGeneration = 0, availableReplicas = 0 } = typha.status ?? {};
  return observedGeneration >= (typha.metadata.generation ?? 0) && availableReplicas >= quorumOf(replicas);
}
