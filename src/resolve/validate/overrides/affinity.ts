/** Affinity to nodes and pods. */
import type { Affinity } from '../../../api/kubernetes.ts';
import type { FieldMistake } from '../../findings.ts';
import { labelMistakes, labelValueProblem, qualifiedNameProblem } from './metadata.ts';

type NodeAffinity = NonNullable<Affinity['nodeAffinity']>;
type NodeTerm = NonNullable<
  NodeAffinity['requiredDuringSchedulingIgnoredDuringExecution']
>['nodeSelectorTerms'][number];
type PodAffinity = NonNullable<Affinity['podAffinity']>;
type PodTerm = NonNullable<PodAffinity['requiredDuringSchedulingIgnoredDuringExecution']>[number];

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
const namespaceShape = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Mistakes of an affinity. */
export function affinityMistakes(affinity: Affinity | undefined, place: string): readonly FieldMistake[] {
  return [
    ...nodeAffinityMistakes(affinity?.nodeAffinity, `${place}.nodeAffinity`),
    ...podAffinityMistakes(affinity?.podAffinity, `${place}.podAffinity`),
    ...podAffinityMistakes(affinity?.podAntiAffinity, `${place}.podAntiAffinity`),
  ];
}

const mistake = (field: string, value: unknown, problem: string): FieldMistake => ({
  field,
  value,
  problem,
  cure: 'Correct or remove it',
});

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
      const isName = key === 'metadata.name' && ['In', 'NotIn'].includes(operator) && values.length === 1;
      const at = `${place}.matchFields[${index}]`;
      return isName
        ? []
        : [
            mistake(
              at,
              { key, operator, values },
              'only metadata.name with In or NotIn and one value is possible',
            ),
          ];
    }),
  ];
}

function expressionMistakes(
  expression: Expression,
  place: string,
  ofNodes: boolean,
): readonly FieldMistake[] {
  const { key, operator, values = [] } = expression;
  const problem =
    qualifiedNameProblem(key) ??
    operatorProblem(operator, values.length, ofNodes) ??
    values.map(labelValueProblem).find((each) => each !== undefined);
  return problem === undefined ? [] : [mistake(place, expression, problem)];
}

function operatorProblem(operator: string, count: number, ofNodes: boolean): string | undefined {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return count === 0 ? `operator ${operator} needs values` : undefined;
    case 'Exists':
    case 'DoesNotExist':
      return count > 0 ? `operator ${operator} takes no values` : undefined;
    case 'Gt':
    case 'Lt':
      if (!ofNodes) return `operator ${operator} is for nodes only`;
      return count === 1 ? undefined : `operator ${operator} takes one value`;
    default:
      return `there is no operator ${operator}`;
  }
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
  const selectors = ['labelSelector', 'namespaceSelector'] as const;
  return [
    ...(term.topologyKey === '' ? [mistake(`${place}.topologyKey`, '', 'it is missing')] : []),
    ...selectors.flatMap((name) => [
      ...labelMistakes(term[name]?.matchLabels, `${place}.${name}.matchLabels`),
      ...(term[name]?.matchExpressions ?? []).flatMap((expression, index) =>
        expressionMistakes(expression, `${place}.${name}.matchExpressions[${index}]`, false),
      ),
    ]),
    ...(term.namespaces ?? [])
      .filter((namespace) => !namespaceShape.test(namespace))
      .map((namespace) => mistake(`${place}.namespaces`, namespace, 'it is no name of a namespace')),
  ];
}

function weightMistakes(weight: number, place: string): readonly FieldMistake[] {
  if (weight >= 1 && weight <= 100) return [];
  return [mistake(`${place}.weight`, weight, 'a weight lies between 1 and 100')];
}
