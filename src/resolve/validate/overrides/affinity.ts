/** Affinity to nodes and pods. */
import type { Affinity } from '../../../api/kubernetes.ts';
import type { FieldMistake } from '../../findings.ts';
import { qualifiedNameProblem } from './metadata.ts';
import { expressionMistakes, labelKeyMistakes, mistake, selectorMistakes } from './selectors.ts';

type NodeAffinity = NonNullable<Affinity['nodeAffinity']>;
type NodeTerm = NonNullable<
  NodeAffinity['requiredDuringSchedulingIgnoredDuringExecution']
>['nodeSelectorTerms'][number];
type PodAffinity = NonNullable<Affinity['podAffinity']>;
type PodTerm = NonNullable<PodAffinity['requiredDuringSchedulingIgnoredDuringExecution']>[number];

const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
const nodeNameShape = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const namespaceShape = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Mistakes of an affinity. */
export function affinityMistakes(affinity: Affinity | undefined, place: string): readonly FieldMistake[] {
  return [
    ...nodeAffinityMistakes(affinity?.nodeAffinity, `${place}.nodeAffinity`),
    ...podAffinityMistakes(affinity?.podAffinity, `${place}.podAffinity`),
    ...podAffinityMistakes(affinity?.podAntiAffinity, `${place}.podAntiAffinity`),
  ];
}

function nodeAffinityMistakes(affinity: NodeAffinity | undefined, place: string): readonly FieldMistake[] {
  const terms = affinity?.[required]?.nodeSelectorTerms;
  const field = `${place}.${required}.nodeSelectorTerms`;
  return [
    ...(terms?.length === 0 ? [mistake(field, terms, 'it needs at least one term')] : []),
    ...(terms ?? []).flatMap((term, index) => nodeTermMistakes(term, `${field}[${index}]`)),
    ...(affinity?.[preferred] ?? []).flatMap((each, index) => {
      const at = `${place}.${preferred}[${index}]`;
      return [...weightMistakes(each.weight, at), ...nodeTermMistakes(each.preference, `${at}.preference`)];
    }),
  ];
}

function nodeTermMistakes(term: NodeTerm, place: string): readonly FieldMistake[] {
  return [
    ...(term.matchExpressions ?? []).flatMap((expression, index) =>
      expressionMistakes(expression, `${place}.matchExpressions[${index}]`, true),
    ),
    ...(term.matchFields ?? []).flatMap(({ key, operator, values = [] }, index) => {
      const [name] = values;
      const isNamed = values.length === 1 && name !== undefined && nodeNameShape.test(name);
      const isName = key === 'metadata.name' && ['In', 'NotIn'].includes(operator) && isNamed;
      const at = `${place}.matchFields[${index}]`;
      return isName
        ? []
        : [
            mistake(
              at,
              { key, operator, values },
              'only metadata.name with In or NotIn and the name of one node is possible',
            ),
          ];
    }),
  ];
}

function podAffinityMistakes(affinity: PodAffinity | undefined, place: string): readonly FieldMistake[] {
  return [
    ...(affinity?.[required] ?? []).flatMap((term, index) =>
      podTermMistakes(term, `${place}.${required}[${index}]`),
    ),
    ...(affinity?.[preferred] ?? []).flatMap((each, index) => {
      const at = `${place}.${preferred}[${index}]`;
      return [
        ...weightMistakes(each.weight, at),
        ...podTermMistakes(each.podAffinityTerm, `${at}.podAffinityTerm`),
      ];
    }),
  ];
}

function podTermMistakes(term: PodTerm, place: string): readonly FieldMistake[] {
  const { topologyKey, labelSelector, namespaceSelector, namespaces = [] } = term;
  const ofTopology = topologyKey === '' ? 'it is missing' : qualifiedNameProblem(topologyKey);
  return [
    ...(ofTopology === undefined ? [] : [mistake(`${place}.topologyKey`, topologyKey, ofTopology)]),
    ...selectorMistakes(labelSelector, `${place}.labelSelector`),
    ...selectorMistakes(namespaceSelector, `${place}.namespaceSelector`),
    ...(['matchLabelKeys', 'mismatchLabelKeys'] as const).flatMap((field) =>
      labelKeyMistakes(term[field], labelSelector, `${place}.${field}`),
    ),
    ...namespaces
      .filter((namespace) => !namespaceShape.test(namespace))
      .map((namespace) => mistake(`${place}.namespaces`, namespace, 'it is no name of a namespace')),
  ];
}

function weightMistakes(weight: number, place: string): readonly FieldMistake[] {
  if (weight >= 1 && weight <= 100) return [];
  return [mistake(`${place}.weight`, weight, 'a weight lies between 1 and 100')];
}
