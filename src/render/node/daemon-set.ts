import type { ConfigMap, DaemonSet } from '../../api/kubernetes.ts';
import { stableHash } from '../shared/hash.ts';
import { scrapeAnnotations } from '../shared/metadata.ts';
import { names } from '../shared/names.ts';
import { avoidVirtualNodes, tolerateEverything } from '../shared/pod.ts';
import { authorityHashes } from '../shared/trust.ts';
import { workload } from '../shared/workload.ts';
import type { RenderInput } from '../types.ts';
import { appArmorAnnotation, appArmorField } from './app-armor.ts';
import { nodeContainer, nodeInitContainers } from './containers.ts';
import type { UserFiles } from './user-files.ts';
import { nodeVolumes } from './volumes.ts';

/** Annotations whose change must roll the pods, and those that Prometheus looks for. */
function podAnnotations(input: RenderInput, files: UserFiles, cniConfig: ConfigMap | undefined) {
  const { nodeMetricsPort } = input.resolved.spec;
  const bindMode = input.live.bgp?.spec?.bindMode ?? '';
  return {
    ...authorityHashes(input, 'node'),
    ...(cniConfig === undefined ? {} : { 'hash.operator.tigera.io/cni-config': stableHash(cniConfig.data) }),
    ...(bindMode === '' ? {} : { 'hash.operator.tigera.io/bgp-bind-mode': stableHash(bindMode) }),
    ...(appArmorField(input) === undefined ? appArmorAnnotation(input) : {}),
    ...files.annotations,
    ...scrapeAnnotations(nodeMetricsPort),
  };
}

/** The DaemonSet that networks every node. A change of its template restarts calico-node there. */
export function nodeDaemonSet(
  input: RenderInput,
  files: UserFiles,
  cniConfig: ConfigMap | undefined,
): DaemonSet {
  const { spec } = input.resolved;
  const affinity = avoidVirtualNodes(spec.kubernetesProvider);
  const { metadata, spec: common } = workload(input, {
    name: names.node,
    podAnnotations: podAnnotations(input, files, cniConfig),
    override: spec.calicoNodeDaemonSet,
    podSpec: {
      hostNetwork: true,
      serviceAccountName: names.node,
      priorityClassName: 'system-node-critical',
      terminationGracePeriodSeconds: 5,
      // Nothing here may wait for the cluster's DNS, which itself waits for calico-node.
      dnsPolicy: 'Default',
      tolerations: tolerateEverything,
      ...(affinity === undefined ? {} : { affinity }),
      initContainers: nodeInitContainers(input),
      containers: [nodeContainer(input, files)],
      volumes: [...nodeVolumes(input), ...files.volumes],
    },
  });
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata,
    spec: { ...common, updateStrategy: spec.nodeUpdateStrategy },
  };
}
