import { open, stat } from 'node:fs/promises';

/** A place in the audit log. */
export type AuditMark = number & { readonly __mark?: never };

/** One request to the API server, as audited. */
export interface AuditedRequest {
  readonly userAgent: string;
  /** Such as `system:serviceaccount:tigera-operator:tigera-operator`. */
  readonly user: string;
  /** API verb: get, list, watch, create, update, patch, delete, deletecollection; for other paths the HTTP method in lower case. */
  readonly verb: string;
  /** `deployments`, `pods/status`; empty for paths outside of the API groups. */
  readonly resource: string;
  readonly group: string;
  readonly namespace: string;
  readonly name: string;
  /** HTTP status of the answer. */
  readonly code: number;
  readonly uri: string;
  /** RFC 3339 with microseconds. */
  readonly receivedAt: string;
  /** What was sent; only of writes to Installations. */
  readonly body?: unknown;
}

/** Which requests count; every given field must match. Strings match whole, but a user agent by its beginning. */
export interface AuditFilter {
  readonly userAgent?: string | RegExp;
  readonly user?: string;
  readonly verb?: string | readonly string[];
  readonly resource?: string;
  readonly namespace?: string;
}

/** Verbs that change something. */
export const writeVerbs = ['create', 'update', 'patch', 'delete', 'deletecollection'] as const;

/**
 * The API server's audit log at level Metadata, with bodies of what is written to Installations: every request exactly once (a watch when it is opened). The server
 * writes an entry just after it answered, so that a reader may be a few milliseconds early.
 */
export class AuditLog {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** The end of the log now. */
  async mark(): Promise<AuditMark> {
    return (await stat(this.path).catch(() => undefined))?.size ?? 0;
  }

  /** The requests since the mark, in the order of their answers; since the start without one. */
  async since(mark: AuditMark = 0, filter: AuditFilter = {}): Promise<readonly AuditedRequest[]> {
    const requests = parseAuditLines(await this.#read(mark));
    return requests.filter((request) => matches(request, filter));
  }

  /** How many requests there were since the mark by `userAgent verb resource`, for messages and tables. */
  async counts(mark: AuditMark = 0, filter: AuditFilter = {}): Promise<Readonly<Record<string, number>>> {
    return countBy(await this.since(mark, filter), ({ userAgent, verb, resource, uri }) =>
      [userAgent.split(' ')[0], verb, resource || uri].join(' '),
    );
  }

  async #read(from: number): Promise<string> {
    const file = await open(this.path).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    });
    if (!file) return '';
    try {
      // A mark may stand within a line that was being written: that request came before it.
      const start = Math.max(0, from - 1);
      const length = (await file.stat()).size - start;
      if (length <= 0) return '';
      const buffer = Buffer.alloc(length);
      await file.read(buffer, 0, length, start);
      return from === 0
        ? buffer.toString('utf8')
        : buffer.subarray(buffer.indexOf('\n') + 1).toString('utf8');
    } finally {
      await file.close();
    }
  }
}

/** Counts by a key; keys in alphabetical order. */
export function countBy<T>(items: readonly T[], key: (item: T) => string): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => a.localeCompare(b)));
}

interface AuditEvent {
  readonly stage: string;
  readonly requestURI: string;
  readonly verb: string;
  readonly userAgent?: string;
  readonly user?: { readonly username?: string };
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly apiGroup?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  readonly requestReceivedTimestamp: string;
  readonly requestObject?: unknown;
}

/** Parses lines of an audit log into one entry a request. A last line that is still being written is left out. */
export function parseAuditLines(text: string): readonly AuditedRequest[] {
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter(isCounted)
    .map(toRequest);
}

// A watch is complete only when it ends, so it counts when it starts; one that was refused never starts.
function isCounted(event: AuditEvent): boolean {
  const longRunning = event.verb === 'watch';
  if (event.stage === 'ResponseStarted') return longRunning;
  if (event.stage === 'ResponseComplete') return !longRunning || (event.responseStatus?.code ?? 0) >= 400;
  return event.stage === 'Panic';
}

function toRequest(event: AuditEvent): AuditedRequest {
  const { resource = '', subresource, apiGroup = '', namespace = '', name = '' } = event.objectRef ?? {};
  return {
    userAgent: event.userAgent ?? '',
    user: event.user?.username ?? '',
    verb: event.verb,
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    group: apiGroup,
    namespace,
    name,
    code: event.responseStatus?.code ?? 0,
    uri: event.requestURI,
    receivedAt: event.requestReceivedTimestamp,
    ...(event.requestObject === undefined ? {} : { body: event.requestObject }),
  };
}

function matches(request: AuditedRequest, filter: AuditFilter): boolean {
  const { userAgent, verb } = filter;
  if (typeof userAgent === 'string' && !request.userAgent.startsWith(userAgent)) return false;
  if (userAgent instanceof RegExp && !userAgent.test(request.userAgent)) return false;
  if (typeof verb === 'string' && request.verb !== verb) return false;
  if (typeof verb === 'object' && !verb.includes(request.verb)) return false;
  if (filter.user !== undefined && request.user !== filter.user) return false;
  if (filter.resource !== undefined && request.resource !== filter.resource) return false;
  return filter.namespace === undefined || request.namespace === filter.namespace;
}
