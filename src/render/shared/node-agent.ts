import type { ConfigMap, DaemonSet, PodSpec } from '../../api/kubernetes.ts';
import type { RenderInput } from '../types.ts';
import { stableHash } from './hash.ts';
import { scrapeAnnotations } from './metadata.ts';
import { names } from './names.ts';
import { avoidVirtualNodes, tolerateEverything } from './pod.ts';
import { authorityHashes } from './trust.ts';
import { type WorkloadParts, workload } from './workload.ts';

/** What the agents of Linux and Windows nodes differ in. */
export interface NodeAgentParts extends Pick<WorkloadParts, 'name' | 'os' | 'override'> {
  /** The CNI configuration that the agent installs; its change rolls the pods. */
  readonly cniConfig: ConfigMap | undefined;
  /** Further annotations of the pods. */
  readonly podAnnotations?: Readonly<Record<string, string>>;
  readonly podSpec: Required<Pick<PodSpec, 'initContainers' | 'containers' | 'volumes'>>;
}

/**
 * The DaemonSet that networks every node of one operating system. Account, rights, tolerations and update strategy are
 * the same for all; a change of the template restarts the agent on each node.
 */
export function nodeAgent(input: RenderInput, parts: NodeAgentParts): DaemonSet {
  const { cniConfig, podAnnotations, podSpec, ...common } = parts;
  const { kubernetesProvider, nodeMetricsPort, nodeUpdateStrategy } = input.resolved.spec;
  const affinity = avoidVirtualNodes(kubernetesProvider);
  const { metadata, spec } = workload(input, {
    ...common,
    podAnnotations: {
      ...authorityHashes(input, 'node'),
      ...(cniConfig === undefined
        ? {}
        : { 'hash.operator.tigera.io/cni-config': stableHash(cniConfig.data) }),
      ...podAnnotations,
      ...scrapeAnnotations(nodeMetricsPort),
    },
    podSpec: {
      hostNetwork: true,
      serviceAccountName: names.node,
      priorityClassName: 'system-node-critical',
      terminationGracePeriodSeconds: 5,
      // Nothing here may wait for the cluster's DNS, which itself waits for the agent.
      dnsPolicy: 'Default',
      tolerations: tolerateEverything,
      ...(affinity === undefined ? {} : { affinity }),
      ...podSpec,
    },
  });
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata,
    spec: { ...spec, updateStrategy: nodeUpdateStrategy },
  };
}
