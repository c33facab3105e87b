/** What other rooms tell the metrics. They take these interfaces, so none of them knows the metrics library. */

/** Told by a work queue. */
export interface QueueObserver {
  /** Keys that are ready and not yet taken. */
  depth(keys: number): void;
  /** A key was added that was not already waiting. */
  added(): void;
  /** A key was taken after `seconds` of waiting. */
  taken(seconds: number): void;
  /** A key was put back because its work failed, and waits for `seconds` now. */
  retried(seconds: number): void;
  /** A key that had been put back did not fail again. */
  recovered(): void;
}

/** How a reconcile ended. `stalled` is an error that only a change of input can cure, so it is not retried. */
export type ReconcileOutcome = 'success' | 'requeue_after' | 'error' | 'stalled' | 'panic' | 'aborted';

/** Told by the workers of one controller. */
export interface ReconcileObserver {
  started(): void;
  finished(outcome: ReconcileOutcome, seconds: number): void;
}

/** One answered (or failed) request to the API server. */
export interface ApiRequest {
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `apply`, `delete`. */
  readonly verb: string;
  /** Plural name of the resource. */
  readonly resource: string;
  /** HTTP status, or `error` when there was no answer. */
  readonly code: number | 'error';
  readonly seconds: number;
}

/** An observer that drops everything, for tests and offline commands. */
export const silentQueueObserver: QueueObserver = {
  depth: () => undefined,
  added: () => undefined,
  taken: () => undefined,
  retried: () => undefined,
  recovered: () => undefined,
};

/** An observer that drops everything, for tests and offline commands. */
export const silentReconcileObserver: ReconcileObserver = {
  started: () => undefined,
  finished: () => undefined,
};
