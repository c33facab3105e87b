/** Workers: take keys from a queue, reconcile them, and put back what failed. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import {
  type ReconcileObserver,
  type ReconcileOutcome,
  silentReconcileObserver,
} from '../telemetry/observers.ts';
import type { Logger } from '../telemetry/types.ts';
import type { Taken, WorkQueue } from './work-queue.ts';

/** How one reconcile ended. */
export type Result =
  /** The world is as wanted. */
  | { readonly kind: 'done' }
  /**
   * Something failed that may work later: tried again after the key's back-off, or after `delay` milliseconds where what
   * failed has a back-off of its own.
   */
  | { readonly kind: 'retry'; readonly error: Error; readonly delay?: number }
  /** Came early, for another cause than what failed before: that is due in `delay` milliseconds, and its failures count on. */
  | { readonly kind: 'backingOff'; readonly delay: number }
  /** Fine so far; look again after `delay` milliseconds. */
  | { readonly kind: 'requeueAfter'; readonly delay: number }
  /** Only a change of input can help, and a change comes as an event: not tried again. */
  | { readonly kind: 'stalled'; readonly error: Error };

/** What a reconcile gets besides its key. */
export interface ReconcileContext {
  /** Adds controller, key and reconcile id to each line. */
  readonly logger: Logger;
  readonly reconcileId: string;
  /** Aborts when the process stops or leadership is lost: start nothing new then. */
  readonly signal: AbortSignal;
  /** Failures of this key in a row before this attempt. */
  readonly failures: number;
}

/** Brings one key's object from what is to what is wanted. A rejection counts as a panic and is retried. */
export type Reconciler = (key: string, context: ReconcileContext) => Promise<Result>;

export interface WorkersOptions {
  /** Name of the controller, in logs and metrics. */
  readonly controller: string;
  readonly queue: WorkQueue;
  readonly reconcile: Reconciler;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer?: ReconcileObserver;
  /** Keys worked on at the same time. Default 1. */
  readonly concurrency?: number;
}

/** A reconcile in progress. */
export interface Running {
  readonly controller: string;
  readonly key: string;
  /** Milliseconds since it began. */
  readonly elapsed: number;
}

/** The running workers of one controller. */
export interface Workers {
  /** Reconciles in progress, for the watchdog. */
  running(): readonly Running[];
  /** Aborts what runs and takes nothing more; resolves when all has ended. The queue keeps its keys. */
  stop(): Promise<void>;
}

/** Starts the workers of one controller. */
export function startWorkers(options: WorkersOptions): Workers {
  const { clock, controller, queue } = options;
  const stopping = new AbortController();
  const began = new Map<string, number>();

  const work = async (): Promise<void> => {
    for (;;) {
      const taken = await queue.take(stopping.signal);
      if (taken === undefined) return;
      began.set(taken.key, clock.monotonic());
      try {
        await reconcileOnce(options, taken, stopping.signal);
      } finally {
        began.delete(taken.key);
        queue.done(taken.key);
      }
    }
  };

  const finished = Promise.all(Array.from({ length: options.concurrency ?? 1 }, work));
  return {
    running: () =>
      [...began].map(([key, since]) => ({ controller, key, elapsed: clock.monotonic() - since })),
    stop: async () => {
      stopping.abort(new Error('the workers are stopping'));
      await finished;
    },
  };
}

async function reconcileOnce(options: WorkersOptions, taken: Taken, signal: AbortSignal): Promise<void> {
  const { clock, controller, queue } = options;
  const observer = options.observer ?? silentReconcileObserver;
  const reconcileId = randomUUID();
  const logger = options.logger.with({ controller, key: taken.key, reconcileId });
  const began = clock.monotonic();
  observer.started();
  let outcome: ReconcileOutcome;
  try {
    const failures = queue.failures(taken.key);
    const result = await options.reconcile(taken.key, { logger, reconcileId, signal, failures });
    outcome = settleResult(queue, taken, result, logger, signal);
  } catch (error) {
    outcome = signal.aborted ? putBack(queue, taken) : 'panic';
    if (outcome === 'panic') {
      queue.retry(taken.key, taken.priority);
      logger.error('Reconcile panicked', { error });
    }
  }
  observer.finished(outcome, (clock.monotonic() - began) / 1_000);
}

function settleResult(
  queue: WorkQueue,
  taken: Taken,
  result: Result,
  logger: Logger,
  signal: AbortSignal,
): ReconcileOutcome {
  switch (result.kind) {
    case 'done':
      queue.forget(taken.key);
      return 'success';
    case 'requeueAfter':
      queue.forget(taken.key);
      queue.addAfter(taken.key, result.delay, taken.priority);
      return 'requeue_after';
    case 'backingOff':
      queue.retryBy(taken.key, result.delay, taken.priority);
      return 'requeue_after';
    case 'stalled':
      queue.forget(taken.key);
      logger.error('Reconcile stalled until its input changes', { error: result.error });
      return 'stalled';
    case 'retry':
      if (signal.aborted) return putBack(queue, taken);
      queue.retry(taken.key, taken.priority, result.delay);
      logger.error('Reconcile failed', { error: result.error, failures: queue.failures(taken.key) });
      return 'error';
  }
}

/** An aborted attempt is no failure. The queue may outlive the workers, when leadership is lost and won again. */
function putBack(queue: WorkQueue, taken: Taken): 'aborted' {
  queue.add(taken.key, taken.priority);
  return 'aborted';
}
