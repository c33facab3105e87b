import type { ConfigMap, DaemonSet } from '../../api/kubernetes.ts';
import { stableHash } from '../shared/hash.ts';
import { names } from '../shared/names.ts';
import { nodeAgent } from '../shared/node-agent.ts';
import type { RenderInput } from '../types.ts';
import { appArmorAnnotation, appArmorField } from './app-armor.ts';
import { nodeContainer, nodeInitContainers } from './containers.ts';
import type { UserFiles } from './user-files.ts';
import { nodeVolumes } from './volumes.ts';

/** Annotations that only calico-node has: what it reads at its start, and its profile. */
function podAnnotations(input: RenderInput, files: UserFiles) {
  const bindMode = input.live.bgp?.spec?.bindMode ?? '';
  return {
    ...(bindMode === '' ? {} : { 'hash.operator.tigera.io/bgp-bind-mode': stableHash(bindMode) }),
    ...(appArmorField(input) === undefined ? appArmorAnnotation(input) : {}),
    ...files.annotations,
  };
}

/** The DaemonSet that networks every Linux node. */
export function nodeDaemonSet(
  input: RenderInput,
  files: UserFiles,
  cniConfig: ConfigMap | undefined,
): DaemonSet {
  return nodeAgent(input, {
    name: names.node,
    override: input.resolved.spec.calicoNodeDaemonSet,
    cniConfig,
    podAnnotations: podAnnotations(input, files),
    podSpec: {
      initContainers: nodeInitContainers(input),
      containers: [nodeContainer(input, files)],
      volumes: [...nodeVolumes(input), ...files.volumes],
    },
  });
}
