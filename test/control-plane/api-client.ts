import type { RequestOptions } from 'node:https';
import { Agent, request } from 'node:https';
import { createInterface } from 'node:readline';

/** How a client proves who it is and knows the server. */
export interface ApiCredentials {
  readonly ca?: RequestOptions['ca'];
  readonly cert?: RequestOptions['cert'];
  readonly key?: RequestOptions['key'];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Any Kubernetes object, as JSON. */
export interface ApiObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
    readonly deletionTimestamp?: string;
    readonly [key: string]: unknown;
  };
  readonly [key: string]: unknown;
}

/** The API server refused a request. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

export interface RequestBody {
  readonly json: unknown;
  /** Default `application/json`. */
  readonly contentType?: string;
}

/** What a watch tells, one a line. */
export interface WatchEvent {
  readonly type: string;
  readonly object: ApiObject;
}

const timeoutMilliseconds = 60_000;

/**
 * A small client for tests and tools: paths in, JSON out, no retries, no cache; independent of the client that is
 * under test. Its requests are in the audit log with the user agent `control-plane-test`.
 */
export class ApiClient {
  readonly url: string;
  readonly #credentials: ApiCredentials;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 32 });

  constructor(url: string, credentials: ApiCredentials) {
    this.url = url.replace(/\/$/, '');
    this.#credentials = credentials;
  }

  async get<T = ApiObject>(path: string): Promise<T> {
    return (await this.request('GET', path)) as T;
  }

  /** The object, or undefined if there is none. */
  async find<T = ApiObject>(path: string): Promise<T | undefined> {
    return this.get<T>(path).catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    });
  }

  async list<T = ApiObject>(path: string): Promise<readonly T[]> {
    return (await this.get<{ items: T[] }>(path)).items;
  }

  async create<T = ApiObject>(path: string, object: unknown): Promise<T> {
    return (await this.request('POST', path, { json: object })) as T;
  }

  async replace<T = ApiObject>(path: string, object: unknown): Promise<T> {
    return (await this.request('PUT', path, { json: object })) as T;
  }

  /** JSON merge patch; add `/status` to the path for the status. */
  async mergePatch<T = ApiObject>(path: string, patch: unknown): Promise<T> {
    return (await this.request('PATCH', path, {
      json: patch,
      contentType: 'application/merge-patch+json',
    })) as T;
  }

  /** Server-side apply, forced. */
  async apply<T = ApiObject>(path: string, object: unknown, fieldManager = 'control-plane-test'): Promise<T> {
    return (await this.request('PATCH', `${path}?force=true&fieldManager=${fieldManager}`, {
      json: object,
      contentType: 'application/apply-patch+yaml',
    })) as T;
  }

  /** Deletes the object; that there is none is no error. */
  async delete(path: string, propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'): Promise<void> {
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', ...(propagationPolicy && { propagationPolicy }) };
    await this.request('DELETE', path, { json: body }).catch((error: unknown) => {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    });
  }

  /** Any request. Answers with parsed JSON, or with the text where it is none. */
  request(method: string, path: string, body?: RequestBody, accept = 'application/json'): Promise<unknown> {
    const payload = body && JSON.stringify(body.json);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const outgoing = request(
      `${this.url}${path}`,
      {
        ...this.#credentials,
        method,
        agent: this.#agent,
        timeout: timeoutMilliseconds,
        headers: {
          ...this.#credentials.headers,
          accept,
          'user-agent': 'control-plane-test',
          ...(payload !== undefined && {
            'content-type': body?.contentType ?? 'application/json',
            'content-length': Buffer.byteLength(payload),
          }),
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('error', reject);
        response.on('end', () => {
          const status = response.statusCode ?? 0;
          if (status >= 200 && status < 300) resolve(parse(text));
          else reject(toError(method, path, status, text));
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.on('timeout', () =>
      outgoing.destroy(new Error(`${method} ${path}: no answer from the API server`)),
    );
    outgoing.end(payload);
    return promise;
  }

  /** Watches until the signal aborts (then it resolves) or the server ends it. @throws what the server answered. */
  watch(path: string, onEvent: (event: WatchEvent) => void, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const fail = (error: unknown): void => (signal.aborted ? resolve(undefined) : reject(error));
    const headers = {
      ...this.#credentials.headers,
      accept: 'application/json',
      'user-agent': 'control-plane-test',
    };
    const url = `${this.url}${path}${path.includes('?') ? '&' : '?'}watch=true`;
    const outgoing = request(url, { ...this.#credentials, headers, signal }, (response) => {
      const status = response.statusCode ?? 0;
      if (status !== 200) {
        response.resume();
        fail(toError('WATCH', path, status, ''));
        return;
      }
      const lines = createInterface({ input: response });
      lines.on('line', (line) => onEvent(JSON.parse(line) as WatchEvent));
      lines.on('close', () => resolve(undefined));
      // The interface hands on the error of its input.
      lines.on('error', fail);
      response.on('error', fail);
    });
    outgoing.on('error', fail);
    outgoing.end();
    return promise;
  }

  /** Closes idle connections. */
  close(): void {
    this.#agent.destroy();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function toError(method: string, path: string, status: number, text: string): ApiError {
  const body = parse(text);
  const { reason, message } = (typeof body === 'object' && body !== null ? body : {}) as {
    reason?: string;
    message?: string;
  };
  return new ApiError(status, reason ?? '', `${method} ${path}: ${status} ${message ?? text.slice(0, 500)}`);
}
