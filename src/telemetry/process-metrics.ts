/** Metrics of the process and its event loop, from the metrics library. */
import { type Registry, collectDefaultMetrics } from 'prom-client';
import { registerEventLoop } from './event-loop.ts';

/** Gauges that the library names like counters, which Prometheus' own checker refuses; each is the sum of another. */
const misnamed = [
  'nodejs_active_resources_total',
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
];

/** Lists the kinds of open handles, which differ between Node releases and say nothing to a user. */
const unbounded = ['nodejs_active_handles', 'nodejs_active_requests', 'nodejs_active_resources'];

/** The library's own histogram of the event loop counts the time between two looks as delay: ours takes its place. */
const replaced = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map(
  (name) => `nodejs_eventloop_lag_${name}_seconds`,
);

/** The longest time that a timer keeps: as good as never, in milliseconds. */
const never = 2 ** 31 - 1;

/** Registers what is known as default metrics: CPU, memory, file descriptors, garbage collection, event loop. */
export function registerProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: never });
  for (const name of [...misnamed, ...unbounded, ...replaced]) registry.removeSingleMetric(name);
  registerEventLoop(registry);
}
