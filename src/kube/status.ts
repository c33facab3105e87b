/** The API server's `Status` objects as errors. */
import { StatusError, immutablePhrase } from './errors.ts';
import type { StatusCause, StatusDetails } from './errors.ts';
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

/** The error that an answer stands for. Refusals of a Secret's content, which may quote it, are cut down to field names. */
export function statusError(request: KubeRequest, answer: FailedAnswer): StatusError {
  const status = isObject(answer.body) && answer.body['kind'] === 'Status' ? answer.body : {};
  const details = isObject(status['details']) ? status['details'] : {};
  const causes = Array.isArray(details['causes']) ? (details['causes'] as readonly StatusCause[]) : [];
  const code = typeof status['code'] === 'number' ? status['code'] : answer.code;
  const reason = typeof status['reason'] === 'string' ? status['reason'] : '';
  const secret = request.subject.resource?.plural === 'secrets' && quotesContent(code);
  const said = secret ? fieldsOf(causes) : messageOf(status, answer.body);
  const name = [String(code), reason].filter((part) => part !== '').join(' ');
  const what = describeSubject(request.subject, request.path);
  return new StatusError(said === '' ? `${what}: ${name}` : `${what}: ${said} (${name})`, {
    code,
    reason,
    details: detailsOf(details),
    causes: secret ? causes.map(withoutValue) : causes,
    retryAfter: waitOf(answer.retryAfter, details['retryAfterSeconds']),
  });
}

/** Answers about who may do what, or about versions, name the object only. */
function quotesContent(code: number): boolean {
  return code === 400 || code === 422 || code >= 500;
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

function withoutValue({ reason, field, message }: StatusCause): StatusCause {
  const phrase = immutablePhrase.exec(message ?? '')?.[0];
  return {
    ...(reason === undefined ? {} : { reason }),
    ...(field === undefined ? {} : { field }),
    ...(phrase === undefined ? {} : { message: phrase }),
  };
}

function detailsOf(details: Readonly<Record<string, unknown>>): StatusDetails {
  const text = (name: string): object => (typeof details[name] === 'string' ? { [name]: details[name] } : {});
  return { ...text('group'), ...text('kind'), ...text('name') };
}

function waitOf(header: string | undefined, seconds: unknown): number | undefined {
  if (header !== undefined && /^\d+$/.test(header.trim())) return Number(header) * 1000;
  return typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
