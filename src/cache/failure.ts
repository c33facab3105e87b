/** What the failure of a list or watch means for the cache. Pure. */
import {
  StatusError,
  TransportError,
  errorMessage,
  isBadRequest,
  isExpired,
  isForbidden,
  isInvalid,
  isNotFound,
  isTooManyRequests,
  isUnauthorized,
} from '../kube/errors.ts';

/** Kinds of failure, as the restart counter names them. */
export type FailureReason =
  /** The version to go on from is no longer (or not yet) known. */
  | 'expired'
  /** The server does not take the request's parameters. */
  | 'unsupported'
  /** The server does not know the resource: its CRD is not installed. */
  | 'missing'
  | 'forbidden'
  | 'unauthorized'
  | 'throttled'
  /** The server has no copy of the resource in its memory yet, as right after its CRD was installed; its store has. */
  | 'initializing'
  /** 5xx. */
  | 'unavailable'
  /** Refused, reset, timed out, bad certificate. */
  | 'connection'
  /** A watch fell silent. */
  | 'idle'
  /** What came is no event, or could not be decoded. */
  | 'corrupt'
  /** The server ended the watch at once, without an event. */
  | 'short';

/** A failed list or watch. */
export interface Failure {
  readonly reason: FailureReason;
  readonly message: string;
  /** Milliseconds that the server asks to wait. */
  readonly retryAfter?: number;
}

/** Classifies what a request threw. */
export function failureOf(error: unknown): Failure {
  const message = errorMessage(error);
  const retryAfter = error instanceof StatusError ? error.retryAfter : undefined;
  return { reason: reasonOf(error), message, ...(retryAfter === undefined ? {} : { retryAfter }) };
}

function reasonOf(error: unknown): FailureReason {
  if (isExpired(error)) return 'expired';
  if (isInvalid(error) || isBadRequest(error)) return 'unsupported';
  if (isNotFound(error)) return 'missing';
  if (isForbidden(error)) return 'forbidden';
  if (isUnauthorized(error)) return 'unauthorized';
  if (isTooManyRequests(error))
    return /\(re\)initializing/.test(errorMessage(error)) ? 'initializing' : 'throttled';
  if (error instanceof StatusError) return 'unavailable';
  if (error instanceof TransportError) {
    if (error.failure === 'decode') return 'corrupt';
    return error.failure === 'idle' ? 'idle' : 'connection';
  }
  return 'corrupt';
}

// With full jitter the ceiling is also the longest wait. Whatever follows a server's return must stay below 30 s together
// with the handshake and the list. A permission or a CRD is granted by a person: who has not done so in the first minutes
// takes hours or days, and is not to be asked all the while. Where a definition is missing its coming is told of (see
// controllers/installation/definitions.ts); of a permission nobody tells, so it is asked for as often as 25 tries allow.
const ceilings: Readonly<Record<FailureReason, number>> = {
  expired: 10_000,
  unsupported: 10_000,
  missing: 300_000,
  forbidden: 220_000,
  unauthorized: 10_000,
  throttled: 30_000,
  initializing: 10_000,
  unavailable: 20_000,
  connection: 10_000,
  idle: 10_000,
  corrupt: 30_000,
  short: 10_000,
};

// Only little jitter, so that there are 25 attempts in the first hour at most; it is no crowd that waits for a person.
const steady: ReadonlySet<FailureReason> = new Set(['missing', 'forbidden']);
const leastOfSteady = 0.95;

const firstWait = 800;

/** A span of time, in milliseconds, from which the wait is drawn evenly. */
export interface WaitSpan {
  readonly from: number;
  readonly to: number;
}

/** How long to wait after the `failures`-th failure in a row: up to 0.8 s, then twice that, up to the reason's ceiling. */
export function waitAfter(failure: Failure, failures: number): WaitSpan {
  const ceiling = Math.min(ceilings[failure.reason], firstWait * 2 ** (failures - 1));
  const least = steady.has(failure.reason) ? ceiling * leastOfSteady : 0;
  const asked = Math.min(failure.retryAfter ?? 0, ceilings[failure.reason]);
  return { from: Math.max(least, asked), to: Math.max(asked * 1.2, ceiling) };
}
