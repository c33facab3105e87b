/** What a request to the API server can fail with, and how to tell the cases apart. Messages never hold a secret. */
import type { KubeRequest } from './request.ts';
import { describeSubject } from './request.ts';

/** One reason of a refusal, as `details.causes` of a Status names it. */
export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** `details` of a Status. */
export interface StatusDetails {
  readonly group?: string;
  readonly kind?: string;
  readonly name?: string;
}

/** The API server answered, and the answer is a failure. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  /** HTTP status code. */
  readonly code: number;
  /** Machine-readable reason (`NotFound`, `Conflict` …); empty when the answer was no Status object. */
  readonly reason: string;
  readonly details: StatusDetails;
  readonly causes: readonly StatusCause[];
  /** Milliseconds that the server asks to wait. */
  readonly retryAfter: number | undefined;

  constructor(
    message: string,
    status: {
      readonly code: number;
      readonly reason: string;
      readonly details?: StatusDetails;
      readonly causes?: readonly StatusCause[];
      readonly retryAfter?: number | undefined;
    },
  ) {
    super(message);
    this.code = status.code;
    this.reason = status.reason;
    this.details = status.details ?? {};
    this.causes = status.causes ?? [];
    this.retryAfter = status.retryAfter;
  }
}

/**
 * Why no answer came: `refused` nobody listens or the name is unknown, `reset` the connection broke, `timeout` no answer in
 * time, `idle` a watch fell silent, `tls` the server's certificate or ours is not accepted, `credentials` there are none to
 * send, `decode` the answer is no JSON, `aborted` the caller gave up.
 */
export type TransportFailure =
  | 'refused'
  | 'reset'
  | 'timeout'
  | 'idle'
  | 'tls'
  | 'credentials'
  | 'decode'
  | 'aborted';

/** The API server gave no usable answer. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly failure: TransportFailure;
  /** The system's or the HTTP library's error code, as `ECONNRESET`. */
  readonly code: string;

  constructor(message: string, failure: TransportFailure, code: string) {
    super(message);
    this.failure = failure;
    this.code = code;
  }
}

const refused = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
]);
const timeouts = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);
const tlsCodes =
  /^(ERR_TLS|ERR_SSL|EPROTO$|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|CRL_|HOSTNAME_MISMATCH|INVALID_CA)/;

/** An error of the HTTP library or of the system as a `TransportError` that names the request. */
export function transportError(request: KubeRequest, cause: unknown): TransportError {
  const what = describeSubject(request.subject, request.path);
  if (request.signal?.aborted === true) return new TransportError(`${what}: given up`, 'aborted', 'ABORTED');
  if (cause instanceof TransportError) return cause;
  const code = errorCode(cause);
  const text = errorMessage(cause);
  const failure = failureOf(code);
  return new TransportError(`${what}: no answer from the API server: ${text} (${code})`, failure, code);
}

function failureOf(code: string): TransportFailure {
  if (refused.has(code)) return 'refused';
  if (timeouts.has(code)) return 'timeout';
  return tlsCodes.test(code) ? 'tls' : 'reset';
}

/** The first line of an error's message. */
export function errorMessage(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('message' in error)) return 'unknown error';
  return String(error.message).split('\n')[0] ?? '';
}

/** The system's or a library's code of an error, as `ENOENT`. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'UNKNOWN';
  if ('code' in error && typeof error.code === 'string') return error.code;
  // Connecting to a name with several addresses fails with one error that holds the others.
  if ('errors' in error && Array.isArray(error.errors)) return errorCode(error.errors[0]);
  return 'UNKNOWN';
}

const is =
  (code: number, ...reasons: readonly string[]) =>
  (error: unknown): error is StatusError =>
    error instanceof StatusError && (error.code === code || reasons.includes(error.reason));

/** The object, or the resource itself, does not exist. */
export const isNotFound = is(404, 'NotFound');
/** The credentials are not accepted. */
export const isUnauthorized = is(401, 'Unauthorized');
/** RBAC, or an admission rule, forbids it. */
export const isForbidden = is(403, 'Forbidden');
/** The object is not what the request took it for. A create of an object that is there is `isAlreadyExists` instead. */
export const isConflict = (error: unknown): error is StatusError =>
  error instanceof StatusError && error.code === 409 && error.reason !== 'AlreadyExists';
/** An object of this name is there already. */
export const isAlreadyExists = (error: unknown): error is StatusError =>
  error instanceof StatusError && error.reason === 'AlreadyExists';
/** The object does not satisfy the schema or a validation rule. */
export const isInvalid = is(422, 'Invalid');
/** The request itself is wrong, unknown fields included. */
export const isBadRequest = is(400, 'BadRequest');
/** The server asks for patience. */
export const isTooManyRequests = is(429, 'TooManyRequests');
/** The resourceVersion asked for is no longer, or not yet, known: list again. */
export const isExpired = (error: unknown): error is StatusError =>
  error instanceof StatusError &&
  (error.code === 410 ||
    error.reason === 'Expired' ||
    error.reason === 'Gone' ||
    error.causes.some((cause) => cause.reason === 'ResourceVersionTooLarge'));

/**
 * The API server did not answer, or said that it can't for now: nothing is wrong with the request, and it passes by itself.
 * Looks through errors that wrap another.
 */
export function isOutage(error: unknown): boolean {
  if (error instanceof TransportError) return true;
  if (error instanceof StatusError) return [429, 503, 504].includes(error.code);
  return error instanceof Error && error.cause !== undefined && isOutage(error.cause);
}

/** Nothing can be created in the namespace, since it is being deleted. */
export const isNamespaceTerminating = (error: unknown): error is StatusError =>
  error instanceof StatusError &&
  error.code === 403 &&
  error.causes.some((cause) => cause.reason === 'NamespaceTerminating');

/** What the API server says of a field that cannot change: workloads and CSIDriver, (Cluster)RoleBinding, Service. */
export const immutablePhrase = /field is immutable|cannot change roleRef|may not change once set/;

/** A field cannot be changed on a living object: only deleting and creating it anew helps. */
export const isImmutableField = (error: unknown): error is StatusError =>
  error instanceof StatusError &&
  error.code === 422 &&
  (immutablePhrase.test(error.message) ||
    error.causes.some((cause) => immutablePhrase.test(cause.message ?? '')));
