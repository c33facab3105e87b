/** What Typha's pods ask of a node, by the spec; and how many nodes give it. */
import type { Toleration } from '../../api/kubernetes.ts';
import { decodeTraits, type NodeTraits } from '../node-traits.ts';
import { admits, type Placement } from '../scheduling.ts';
import type { EffectiveSpec, NodeSummary } from '../types.ts';

/** As rendered: Typha tolerates every taint unless the spec says otherwise. */
const everything: readonly Toleration[] = [{ operator: 'Exists' }];
/** Of GKE's Arm nodes, which Typha's image fits. */
const arm: Toleration = { effect: 'NoSchedule', key: 'kubernetes.io/arch', value: 'arm64' };

/** The placement that the rendered Deployment has, with the overrides of the spec. */
export function typhaPlacement(
  spec: Pick<
    EffectiveSpec,
    'typhaDeployment' | 'typhaAffinity' | 'controlPlaneTolerations' | 'kubernetesProvider'
  >,
): Placement {
  const pod = spec.typhaDeployment?.spec?.template?.spec;
  const { controlPlaneTolerations: given = [], kubernetesProvider } = spec;
  const narrowed = kubernetesProvider === 'GKE' ? [...given, arm] : given;
  const { nodeAffinity } = pod?.affinity ?? spec.typhaAffinity ?? {};
  return {
    nodeSelector: { ...pod?.nodeSelector, 'kubernetes.io/os': 'linux' },
    ...(nodeAffinity === undefined ? {} : { nodeAffinity }),
    tolerations: pod?.tolerations ?? (given.length > 0 ? narrowed : everything),
  };
}

/** Linux nodes that Typha can be scheduled on. Where the nodes themselves are not known, all of them. */
export function countHosts(nodes: NodeSummary, placement: Placement): number {
  if (nodes.hosts === undefined || asksNothing(placement)) return nodes.typhaCandidatesLinux;
  const known = new Map<string, NodeTraits>();
  const read = (text: string): NodeTraits => {
    const traits = known.get(text) ?? decodeTraits(text);
    known.set(text, traits);
    return traits;
  };
  return nodes.hosts.filter(({ name, traits }) => admits(name, read(traits), placement)).length;
}

function asksNothing({ nodeSelector, nodeAffinity, tolerations }: Placement): boolean {
  return (
    Object.keys(nodeSelector).length === 1 &&
    nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution === undefined &&
    tolerations === everything
  );
}
