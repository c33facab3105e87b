/** Metrics of the process and its event loop, from the metrics library. */
import { type Registry, collectDefaultMetrics } from 'prom-client';

/** Gauges that the library names like counters, which Prometheus' own checker refuses; each is the sum of another. */
const misnamed = [
  'nodejs_active_resources_total',
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
];

/** Lists the kinds of open handles, which differ between Node releases and say nothing to a user. */
const unbounded = ['nodejs_active_handles', 'nodejs_active_requests', 'nodejs_active_resources'];

/**
 * How finely the event loop is watched, in milliseconds. A finer grain wakes the process up more often: at the library's
 * default of 10 it alone would use more CPU than an operator at rest.
 */
const loopResolution = 100;

/** Registers what is known as default metrics: CPU, memory, file descriptors, garbage collection, event loop. */
export function registerProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: loopResolution });
  for (const name of [...misnamed, ...unbounded]) registry.removeSingleMetric(name);
}
