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

/** Entries of the table that are the first to explain no refusal: they are to be taken out, or values.ts lacks a spec. */
export function stale({ refusals }: Findings): readonly string[] {
  const used = new Set(
    [...refusals.keys()].map((key) => lateRefusals.find(({ matches }) => matches.test(key))),
  );
  return lateRefusals
    .filter((entry) => !used.has(entry))
    .map(
      ({ matches }) =>
        `no generated spec is refused as ${String(matches)} says: take the entry out of late-refusals.ts, or give values.ts a spec that is`,
    );
}
