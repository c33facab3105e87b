/** Selectors of nodes and pods: by labels, by expressions, and by keys whose values a pod brings. */
import type { FieldMistake } from '../../findings.ts';
import { labelMistakes, labelValueProblem, qualifiedNameProblem } from './metadata.ts';

/** One condition of a selector. */
export interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly Expression[];
}

/** A mistake with the one cure that there is for parts of a selector. */
export const mistake = (field: string, value: unknown, problem: string): FieldMistake => ({
  field,
  value,
  problem,
  cure: 'Correct or remove it',
});

/** Mistakes of a label selector. */
export function selectorMistakes(selector: Selector | undefined, place: string): readonly FieldMistake[] {
  return [
    ...labelMistakes(selector?.matchLabels, `${place}.matchLabels`),
    ...(selector?.matchExpressions ?? []).flatMap((expression, index) =>
      expressionMistakes(expression, `${place}.matchExpressions[${index}]`, false),
    ),
  ];
}

/** Mistakes of `matchLabelKeys` and `mismatchLabelKeys`, which add to a selector that must be there. */
export function labelKeyMistakes(
  keys: readonly string[] = [],
  selector: Selector | undefined,
  place: string,
): readonly FieldMistake[] {
  if (keys.length === 0) return [];
  if (selector === undefined) return [mistake(place, keys, 'it has no meaning without labelSelector')];
  return keys.flatMap((key, index) => {
    const problem = keys.indexOf(key) < index ? 'it is listed twice' : qualifiedNameProblem(key);
    return problem === undefined ? [] : [mistake(place, key, problem)];
  });
}

/** Mistakes of one expression; nodes can be compared by number, too. */
export function expressionMistakes(
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
