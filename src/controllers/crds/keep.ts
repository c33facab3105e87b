/** Looks after the CustomResourceDefinitions while the operator runs. */
import { backOffDelay } from '../../runtime/back-off.ts';
import { type CrdOptions, manageQuietly } from './manage.ts';
import { type CrdReport, describeReport } from './report.ts';

/** What looking after them needs besides. */
export interface CrdKeeping extends Omit<CrdOptions, 'names'> {
  /** What `manageCrds` reported at the start: what failed then is tried again. */
  readonly first: CrdReport;
  /** Names (`<plural>.<group>`) of the kinds that a watch found missing; asked every two seconds, so it must be cheap. */
  readonly missing: () => readonly string[];
}

/** Milliseconds between two looks at what is missing. */
const lookInterval = 2_000;

/** While something stays missing or fails: 2 s, 4 s, 8 s … five minutes, some 20 rounds in the first hour. */
const backOff = { base: lookInterval, factor: 2, cap: 300_000 };

/**
 * Installs definitions again that were deleted, and tries again what failed, until the signal aborts. The API server is
 * asked only when there is something to do. A line is logged once, not again in every round that ends in the same way.
 */
export async function keepCrds(options: CrdKeeping): Promise<void> {
  const { clock, logger, missing, signal } = options;
  const told = new Set(describeReport(options.first).map((line) => JSON.stringify(line)));
  let unsettled = unsettledIn(options.first);
  let rounds = unsettled.length > 0 ? 1 : 0;
  while (await clock.sleep(backOffDelay(Math.max(rounds, 1), backOff), signal)) {
    const names = [...new Set([...unsettled, ...missing()])];
    if (names.length === 0) {
      rounds = 0;
      told.clear();
      continue;
    }
    const report = await manageQuietly({ ...options, names });
    for (const line of describeReport(report)) {
      const text = JSON.stringify(line);
      if (!told.has(text)) logger[line.level](line.message, line.fields);
      told.add(text);
    }
    unsettled = unsettledIn(report);
    rounds += 1;
  }
}

const unsettledIn = (report: CrdReport): readonly string[] =>
  report
    .filter(
      (outcome) => outcome.kind === 'failed' || (outcome.kind === 'kept' && outcome.reason === 'terminating'),
    )
    .map(({ name }) => name);
