/** What the tests of the campaign have in common: the seed, the table of late refusals, and what counts as known. */
import type { Findings } from './properties.ts';
import { lateRefusals } from './late-refusals.ts';

/** Seed of everything that is left to chance; printed, so that a failure can be played again. */
export const seed = Number(process.env['CALICO_OPERATOR_TEST_SEED'] ?? 4);

/** Prints what was played and which late refusals came up, the most frequent first. */
export function printReport(name: string, { specs, outcomes, refusals }: Findings): void {
  const counts = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  const late = new Map<string, number>();
  for (const [key, { count }] of refusals) {
    const why = lateRefusals.find(({ matches }) => matches.test(key))?.why ?? `UNKNOWN: ${key}`;
    late.set(why, (late.get(why) ?? 0) + count);
  }
  const rows = [...late]
    .sort(([, a], [, b]) => b - a)
    .map(([why, count]) => `  ${String(count).padStart(5)}  ${why}`);
  process.stdout.write(
    `campaign, ${name}: ${specs} specs, seed ${seed}: ${counts.join(', ')}\nrefused though admitted, because it\n${rows.join('\n')}\n`,
  );
}

/** Late refusals that no entry explains, each with an example. */
export function unexplained({ refusals }: Findings): readonly string[] {
  return [...refusals]
    .filter(([key]) => !lateRefusals.some(({ matches }) => matches.test(key)))
    .map(([key, { example }]) => `${key}, e.g. ${example}`);
}
