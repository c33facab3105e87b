/** Whether the process still turns: checks for `/healthz`. A failing one has the kubelet restart the container. */
import type { Clock } from '../clock.ts';
import type { HealthCheck } from '../telemetry/probes.ts';
import type { Running } from './workers.ts';

/** A reconcile takes seconds, at most a minute of rollout waits; ten of them mean that it hangs. */
const reconcileLimit = 600_000;

/** Fails, naming it, when a reconcile runs for longer than `limit` milliseconds (default 10 minutes). */
export function reconcileCheck(
  running: () => readonly Running[],
  limit: number = reconcileLimit,
): HealthCheck {
  return () => {
    const stuck = running().find((each) => each.elapsed > limit);
    if (stuck === undefined) return undefined;
    return `${stuck.controller} has been reconciling ${stuck.key} for ${Math.round(stuck.elapsed / 1_000)} s`;
  };
}

const beatInterval = 5_000;
const beatLimit = 30_000;

/** The heart of the event loop: a timer that has to fire every 5 s. */
export interface Heartbeat {
  /** Fails when the timer has not fired for 30 s. */
  readonly check: HealthCheck;
  stop(): void;
}

/** Starts the heart. */
export function startHeartbeat(clock: Clock): Heartbeat {
  let last = clock.monotonic();
  const beat = (): void => {
    last = clock.monotonic();
    timer = clock.schedule(beatInterval, beat);
  };
  let timer = clock.schedule(beatInterval, beat);
  return {
    check: () => {
      const silent = clock.monotonic() - last;
      return silent > beatLimit
        ? `the event loop has not turned for ${Math.round(silent / 1_000)} s`
        : undefined;
    },
    stop: () => timer.cancel(),
  };
}
