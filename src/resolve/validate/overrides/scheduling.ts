/** Tolerations and topology spread constraints. */
import type { PodSpec, Toleration } from '../../../api/kubernetes.ts';
import type { FieldMistake } from '../../findings.ts';
import { labelValueProblem, qualifiedNameProblem } from './metadata.ts';
import { labelKeyMistakes, selectorMistakes } from './selectors.ts';

type SpreadConstraint = NonNullable<PodSpec['topologySpreadConstraints']>[number];

const effects: readonly string[] = ['', 'NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const operators: readonly string[] = ['', 'Equal', 'Exists', 'Lt', 'Gt'];
const actions: readonly string[] = ['DoNotSchedule', 'ScheduleAnyway'];
const policies: readonly string[] = ['Honor', 'Ignore'];

/** Mistakes of a list of tolerations. */
export function tolerationMistakes(
  tolerations: readonly Toleration[] | undefined,
  place: string,
): readonly FieldMistake[] {
  return (tolerations ?? []).flatMap((toleration, index) =>
    tolerationProblems(toleration).map((problem) => ({
      field: `${place}[${index}]`,
      value: toleration,
      problem,
      cure: 'Correct or remove the toleration',
    })),
  );
}

function tolerationProblems(toleration: Toleration): readonly string[] {
  const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = toleration;
  const problems: string[] = [];
  const ofKey = key === '' ? undefined : qualifiedNameProblem(key);
  if (ofKey !== undefined) problems.push(ofKey);
  if (key === '' && operator !== 'Exists') problems.push('without key the operator must be Exists');
  if (!operators.includes(operator)) problems.push(`there is no operator ${operator}`);
  if (operator === 'Exists' && value !== '') problems.push('with operator Exists there is no value');
  const ofValue = operator === 'Exists' ? undefined : labelValueProblem(value);
  if (ofValue !== undefined) problems.push(ofValue);
  if (!effects.includes(effect)) problems.push(`there is no effect ${effect}`);
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
    problems.push('tolerationSeconds needs effect NoExecute');
  }
  return problems;
}

/** Mistakes of topology spread constraints. */
export function spreadMistakes(
  constraints: readonly SpreadConstraint[] | undefined,
  place: string,
): readonly FieldMistake[] {
  const list = constraints ?? [];
  return list.flatMap((constraint, index) => {
    const earlier = list.slice(0, index);
    const at = `${place}[${index}]`;
    const { labelSelector, matchLabelKeys } = constraint;
    return [
      ...spreadProblems(constraint, earlier).map((problem) => ({
        field: at,
        value: constraint,
        problem,
        cure: 'Correct or remove the constraint',
      })),
      ...selectorMistakes(labelSelector, `${at}.labelSelector`),
      ...labelKeyMistakes(matchLabelKeys, labelSelector, `${at}.matchLabelKeys`),
    ];
  });
}

function spreadProblems(
  constraint: SpreadConstraint,
  earlier: readonly SpreadConstraint[],
): readonly string[] {
  const { maxSkew, topologyKey, whenUnsatisfiable, minDomains } = constraint;
  const problems: string[] = [];
  for (const field of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
    const policy = constraint[field];
    if (policy !== undefined && !policies.includes(policy)) problems.push(`${field} is Honor or Ignore`);
  }
  if (maxSkew < 1) problems.push('maxSkew must be above 0');
  if (topologyKey === '') problems.push('topologyKey is missing');
  if (!actions.includes(whenUnsatisfiable))
    problems.push(`whenUnsatisfiable is one of ${actions.join(', ')}`);
  if (minDomains !== undefined && minDomains < 1) problems.push('minDomains must be above 0');
  if (minDomains !== undefined && whenUnsatisfiable !== 'DoNotSchedule') {
    problems.push('minDomains needs whenUnsatisfiable DoNotSchedule');
  }
  const isRepeated = earlier.some(
    (other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable,
  );
  if (isRepeated) problems.push('another constraint has the same topologyKey and whenUnsatisfiable');
  return problems;
}
