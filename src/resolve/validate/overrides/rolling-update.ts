/** How many pods an update may add or take. */
import type { FieldMistake } from '../../findings.ts';

type Amount = number | string;

interface RollingUpdate {
  readonly maxSurge?: Amount;
  readonly maxUnavailable?: Amount;
}

/** Mistakes of a Deployment's rolling update. */
export function rollingUpdateMistakes(
  update: RollingUpdate | undefined,
  place: string,
): readonly FieldMistake[] {
  if (update === undefined) return [];
  const ofAmounts = amountMistakes(update, place);
  // One that is left out is 25% to the API server.
  const isZero = (amount: Amount | undefined) => amount === 0 || amount === '0%';
  if (!isZero(update.maxSurge) || !isZero(update.maxUnavailable)) return ofAmounts;
  return [
    ...ofAmounts,
    {
      field: place,
      value: update,
      problem: 'with neither maxSurge nor maxUnavailable above 0 no pod could ever be replaced',
      cure: 'Set one of them above 0',
    },
  ];
}

/** Mistakes of the two amounts, each on its own. */
export function amountMistakes(update: RollingUpdate, place: string): readonly FieldMistake[] {
  return (['maxSurge', 'maxUnavailable'] as const).flatMap((field): readonly FieldMistake[] => {
    const value = update[field];
    const problem = value === undefined ? undefined : amountProblem(value, field);
    return problem === undefined
      ? []
      : [
          {
            field: `${place}.${field}`,
            value,
            problem,
            cure: 'Write a number of pods, or a percentage as "25%"',
          },
        ];
  });
}

function amountProblem(amount: Amount, field: keyof RollingUpdate): string | undefined {
  if (typeof amount === 'number') return amount < 0 ? 'it is negative' : undefined;
  const percent = /^([0-9]+)%$/.exec(amount)?.[1];
  if (percent === undefined) return 'it is neither a number nor a percentage';
  return field === 'maxUnavailable' && Number(percent) > 100 ? 'it is above 100%' : undefined;
}
