/** The scheduler's rules about node labels and taints: where a pod could run. Resources and other pods are not looked at. */
import type { Affinity, Toleration } from '../api/kubernetes.ts';
import type { NodeTaint, NodeTraits } from './node-traits.ts';

/** What a pod asks of its node. */
export interface Placement {
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly nodeAffinity?: Affinity['nodeAffinity'];
  readonly tolerations: readonly Toleration[];
}

type Required = NonNullable<
  NonNullable<Affinity['nodeAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
>;
type Term = Required['nodeSelectorTerms'][number];
type Requirement = NonNullable<Term['matchExpressions']>[number];

/** A node's labels and taints let the pod in. Taints that only prefer others don't count. */
export function admits(
  name: string,
  { labels, taints }: NodeTraits,
  { nodeSelector, nodeAffinity, tolerations }: Placement,
): boolean {
  const labelOf = (key: string): string | undefined => (labels[key] === null ? name : labels[key]);
  const terms = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return (
    Object.entries(nodeSelector).every(([key, value]) => labelOf(key) === value) &&
    (terms === undefined || terms.some((term) => matchesTerm(name, labelOf, term))) &&
    taints.every((taint) => tolerations.some((toleration) => tolerates(toleration, taint)))
  );
}

/** An empty term matches nothing, as the API has it. */
function matchesTerm(
  name: string,
  labelOf: (key: string) => string | undefined,
  { matchExpressions, matchFields }: Term,
): boolean {
  const expressions = matchExpressions ?? [];
  const fields = matchFields ?? [];
  return (
    expressions.length + fields.length > 0 &&
    expressions.every((requirement) => meets(requirement, labelOf(requirement.key))) &&
    fields.every((requirement) => requirement.key === 'metadata.name' && meets(requirement, name))
  );
}

function meets({ operator, values = [] }: Requirement, actual: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return actual !== undefined && values.includes(actual);
    case 'NotIn':
      return actual === undefined || !values.includes(actual);
    case 'Exists':
      return actual !== undefined;
    case 'DoesNotExist':
      return actual === undefined;
    case 'Gt':
      return Number.parseInt(actual ?? '', 10) > Number(values[0]);
    case 'Lt':
      return Number.parseInt(actual ?? '', 10) < Number(values[0]);
    default:
      return false;
  }
}

function tolerates(toleration: Toleration, taint: NodeTaint): boolean {
  const { key = '', operator = 'Equal', value = '', effect = '' } = toleration;
  if (effect !== '' && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  return operator === 'Exists' || (key !== '' && value === (taint.value ?? ''));
}
