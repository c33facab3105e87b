/**
 * The order in which the process starts and stops, as controller-runtime does it: probes answer first and last, caches
 * are warm before the election, and the lease is let go when nothing of ours can write any more.
 */
import type { Clock } from '../clock.ts';
import type { Logger } from '../telemetry/types.ts';
import type { Leadership } from './leader-election.ts';

/** Something that runs from `start` to `stop`. */
export interface Service {
  /** Resolves when it serves; rejects when it cannot. */
  start(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

/** What only the leader runs. */
export interface Leading {
  /** Aborts what runs and resolves when it has ended. */
  stop(): Promise<void>;
}

export interface LifeCycleParts {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Metrics and probes. */
  readonly http: Service;
  readonly caches: Service;
  /** Waits for leadership: `(signal) => elect(options, signal)`. Absent: leader from the start, for ever. */
  readonly elect?: (signal: AbortSignal) => Promise<Leadership | undefined>;
  /** Starts the workers. Its signal aborts when the process stops or leadership is lost. */
  readonly lead: (signal: AbortSignal) => Leading | Promise<Leading>;
  /** Told when leadership begins and ends, for metrics. */
  readonly onLeadership?: (leading: boolean) => void;
}

/** Longest time for each step of stopping, in milliseconds: 10 s in all, well inside a pod's grace period. */
export const stopBudget = { workers: 6_000, caches: 1_000, http: 1_000, lease: 2_000 } as const;

/**
 * Runs until the signal aborts, then stops everything within 10 s. Leadership that is lost is competed for again.
 * Rejects when a part cannot start, after stopping what did; so `stop` of a service must do no harm before its start.
 */
export async function runUntil(parts: LifeCycleParts, signal: AbortSignal): Promise<void> {
  const { caches, http, logger } = parts;
  let release: (() => Promise<void>) | undefined;
  try {
    await http.start(signal);
    await startCaches(parts, signal);
    release = await leadUntil(parts, signal);
  } finally {
    logger.info('Stopping');
    await bounded(parts, 'caches', () => caches.stop());
    await bounded(parts, 'http', () => http.stop());
    // Nothing to release when a reconcile did not end: what it still writes must not meet a new leader's writes.
    if (release !== undefined) await bounded(parts, 'lease', release);
    logger.info('Stopped');
  }
}

async function startCaches({ caches, logger, clock }: LifeCycleParts, signal: AbortSignal): Promise<void> {
  const began = clock.monotonic();
  try {
    await caches.start(signal);
    logger.info('Caches are ready', { seconds: (clock.monotonic() - began) / 1_000 });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Leads, as often as leadership is won, until the signal aborts. Answers with what is to be released last. */
async function leadUntil(
  parts: LifeCycleParts,
  signal: AbortSignal,
): Promise<(() => Promise<void>) | undefined> {
  const elect = parts.elect ?? (() => Promise.resolve(unopposed));
  for (;;) {
    const leadership = signal.aborted ? undefined : await elect(signal);
    if (leadership === undefined) return undefined;
    const stop = AbortSignal.any([signal, leadership.lost]);
    parts.onLeadership?.(true);
    const leading = await startLeading(parts, stop, leadership);
    await aborted(stop);
    parts.onLeadership?.(false);
    const ended = leading.stop();
    // However long it takes: this process must not lead again beside its own former self.
    await Promise.race([ended, aborted(signal)]);
    if (signal.aborted)
      return (await bounded(parts, 'workers', () => ended)) ? leadership.release : undefined;
    await leadership.release();
  }
}

async function startLeading(
  parts: LifeCycleParts,
  stop: AbortSignal,
  leadership: Leadership,
): Promise<Leading> {
  try {
    return await parts.lead(stop);
  } catch (error) {
    parts.onLeadership?.(false);
    await leadership.release();
    throw error;
  }
}

/** One step of stopping: true when it ended in time. Failures are logged, so that the next steps get their turn. */
async function bounded(
  { clock, logger }: LifeCycleParts,
  step: keyof typeof stopBudget,
  action: () => Promise<void>,
): Promise<boolean> {
  const timeout = new AbortController();
  const ended = action().then(
    () => true,
    (error: unknown) => {
      logger.error('A step of stopping failed', { step, error });
      return false;
    },
  );
  const late = clock.sleep(stopBudget[step], timeout.signal).then((slept) => {
    if (slept) logger.warn('A step of stopping did not end in time', { step, limit: stopBudget[step] });
    return false;
  });
  try {
    return await Promise.race([ended, late]);
  } finally {
    timeout.abort();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Leadership of a process that runs without election. */
const unopposed: Leadership = {
  lost: new AbortController().signal,
  held: () => true,
  release: () => Promise.resolve(),
};
