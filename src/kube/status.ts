/** The API server's `Status` objects as errors. */
import { StatusError } from './errors.ts';
import type { StatusCause } from './errors.ts';
import type { KubeRequest } from './request.ts';
import { describeSubject } from './request.ts';

/** What a failed answer's headers say besides its body. */
export interface FailedAnswer {
  readonly code: number;
  /** `Retry-After`, as it came. */
  readonly retryAfter?: string | undefined;
  /** Parsed JSON, or the raw text of an answer that is none, as a proxy in between gives it. */
  readonly body: unknown;
}

/** The error that an answer stands for. What the server says about a Secret is shortened to reason and field names. */
export function statusError(request: KubeRequest, answer: FailedAnswer): StatusError {
  const status = isObject(answer.body) && answer.body['kind'] === 'Status' ? answer.body : {};
  const details = isObject(status['details']) ? status['details'] : {};
  const causes = Array.isArray(details['causes']) ? (details['causes'] as readonly StatusCause[]) : [];
  const code = typeof status['code'] === 'number' ? status['code'] : answer.code;
  const reason = typeof status['reason'] === 'string' ? status['reason'] : '';
  const secret = request.subject.resource?.plural === 'secrets';
  const said = secret ? fieldsOf(causes) : messageOf(status, answer.body);
  const name = [String(code), reason].filter((part) => part !== '').join(' ');
  const what = describeSubject(request.subject, request.path);
  return new StatusError(said === '' ? `${what}: ${name}` : `${what}: ${said} (${name})`, {
    code,
    reason,
    details,
    causes: secret ? causes.map(withoutMessage) : causes,
    retryAfter: waitOf(answer.retryAfter, details['retryAfterSeconds']),
  });
}

function messageOf(status: Readonly<Record<string, unknown>>, body: unknown): string {
  if (typeof status['message'] === 'string') return status['message'].slice(0, 2000);
  // A proxy's page or a plain-text answer: enough of it to recognise who spoke.
  return typeof body === 'string' ? body.trim().slice(0, 200) : '';
}

function fieldsOf(causes: readonly StatusCause[]): string {
  return causes
    .map((cause) => cause.field ?? '')
    .filter((field) => field !== '')
    .join(', ');
}

function withoutMessage({ reason, field }: StatusCause): StatusCause {
  return { ...(reason === undefined ? {} : { reason }), ...(field === undefined ? {} : { field }) };
}

function waitOf(header: string | undefined, seconds: unknown): number | undefined {
  if (header !== undefined && /^\d+$/.test(header.trim())) return Number(header) * 1000;
  return typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
