/** Looks at a cluster once, or until Calico is available. */
import type { Clock } from '../../clock.ts';
import { describeProgress } from './progress.ts';
import type { StatusReport } from './report.ts';
import { formatAge } from '../text.ts';

/** Looking is done in memory: it costs next to nothing. */
const interval = 250;

/**
 * Looks again and again, and tells what changes, until Calico is available or the time is up.
 * @param timeout milliseconds
 * @returns the last report
 */
export async function follow(
  look: () => StatusReport,
  options: {
    readonly clock: Clock;
    readonly timeout: number;
    readonly tell: (line: string) => void;
  },
): Promise<StatusReport> {
  const { clock, timeout, tell } = options;
  const start = clock.monotonic();
  let before: StatusReport | undefined;
  for (;;) {
    const report = look();
    const elapsed = clock.monotonic() - start;
    for (const line of describeProgress(before, report)) tell(`${formatAge(elapsed).padStart(5)}  ${line}`);
    if (report.state === 'ready' || elapsed >= timeout) return report;
    before = report;
    await clock.sleep(Math.min(interval, timeout - elapsed));
  }
}
