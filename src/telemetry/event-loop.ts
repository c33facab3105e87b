/** How late the event loop is, since it was last asked. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge, type Registry } from 'prom-client';

/**
 * How finely the event loop is watched, in milliseconds. A finer grain wakes the process up more often: at 10 it alone
 * would use more CPU than an operator at rest.
 */
const resolution = 100;

const nanosecondsPerSecond = 1e9;
const interval = resolution * 1e6;

/** What the recorded times between two looks say of the delay, which is what they are longer than they should be. */
export function delays(
  times: Pick<
    ReturnType<typeof monitorEventLoopDelay>,
    'count' | 'min' | 'max' | 'mean' | 'stddev' | 'percentile'
  >,
): Readonly<Record<'min' | 'max' | 'mean' | 'stddev' | 'p50' | 'p90' | 'p99', number>> {
  if (times.count === 0) return { min: 0, max: 0, mean: 0, stddev: 0, p50: 0, p90: 0, p99: 0 };
  const beyond = (time: number): number => Math.max(0, time - interval) / nanosecondsPerSecond;
  return {
    min: beyond(times.min),
    max: beyond(times.max),
    mean: beyond(times.mean),
    stddev: times.stddev / nanosecondsPerSecond,
    p50: beyond(times.percentile(50)),
    p90: beyond(times.percentile(90)),
    p99: beyond(times.percentile(99)),
  };
}

const helps = {
  min: 'Least delay of the event loop since the last scrape.',
  max: 'Longest delay of the event loop since the last scrape.',
  mean: 'Mean delay of the event loop since the last scrape.',
  stddev: 'Standard deviation of the delays of the event loop since the last scrape.',
  p50: 'Half of the delays of the event loop since the last scrape were no longer.',
  p90: '90 % of the delays of the event loop since the last scrape were no longer.',
  p99: '99 % of the delays of the event loop since the last scrape were no longer.',
} as const;

/** Registers a gauge for each, under the names that the metrics library gives its own. */
export function registerEventLoop(registry: Registry): void {
  const times = monitorEventLoopDelay({ resolution });
  times.enable();
  let latest = delays(times);
  for (const [name, help] of Object.entries(helps) as [keyof typeof helps, string][]) {
    new Gauge({
      name: `nodejs_eventloop_lag_${name}_seconds`,
      help,
      registers: [registry],
      collect() {
        // The first of them that is asked takes the measure of all.
        if (name === 'min') {
          latest = delays(times);
          times.reset();
        }
        this.set(latest[name]);
      },
    });
  }
}
