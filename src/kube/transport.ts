/** Sends requests to the API server: authentication, connections, retries, typed failures. */
import type { Clock } from '../clock.ts';
import { AccessError } from './access.ts';
import type { ClusterAccess, Credentials } from './access.ts';
import { ConnectionPool, limits } from './connections.ts';
import { StatusError, TransportError, isUnauthorized, transportError } from './errors.ts';
import { describeSubject, resourceName, silentRequestObserver } from './request.ts';
import type { KubeRequest, RequestObserver } from './request.ts';
import { retryDelay } from './retry.ts';
import { statusError } from './status.ts';

/** What a transport is made of. */
export interface TransportOptions {
  readonly access: ClusterAccess;
  readonly clock: Clock;
  /** See `userAgent`. */
  readonly userAgent: string;
  readonly observer?: RequestObserver;
}

/** Bytes of an answer as they come. Leaving the loop cuts the connection. */
export type ByteStream = AsyncIterable<Uint8Array>;

/** The way to the API server. Failures are `StatusError` or `TransportError`. */
export interface Transport {
  /** Sends, waits and repeats where that is safe; answers with the parsed JSON. */
  send(request: KubeRequest): Promise<unknown>;
  /** Opens an answer without end. Never repeated but for a token that expired. */
  stream(request: KubeRequest): Promise<ByteStream>;
  /** Ends every request and connection for good. */
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: ByteStream & { text(): Promise<string> };
}

/** The `User-Agent` header: program, version, platform, and the part of the program that speaks. */
export function userAgent(version: string, part: string): string {
  return `calico-operator/${version} (${process.platform}/${process.arch}) kubernetes/${part}`;
}

/** A transport over one pool of HTTP/1.1 connections. There is no client-side throttle: the server's own is honoured. */
export function createTransport(options: TransportOptions): Transport {
  return new HttpTransport(options);
}

class HttpTransport implements Transport {
  readonly #pool = new ConnectionPool();
  readonly #options: TransportOptions;
  readonly #observer: RequestObserver;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#observer = options.observer ?? silentRequestObserver;
  }

  async send(request: KubeRequest): Promise<unknown> {
    const { clock } = this.#options;
    for (let tries = 0; ; tries += 1) {
      try {
        return await this.#authorized(request, limits.body, async (answer) =>
          parse(request, await answer.body.text()),
        );
      } catch (error) {
        const failure = classified(request, error);
        const delay = retryDelay(request, failure, tries, clock.random());
        if (delay === undefined) throw failure;
        if (!(await clock.sleep(delay, request.signal))) throw transportError(request, failure);
      }
    }
  }

  async stream(request: KubeRequest): Promise<ByteStream> {
    try {
      return await this.#authorized(request, 0, (answer) => Promise.resolve(answer.body));
    } catch (error) {
      throw classified(request, error);
    }
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /** Reads the credentials anew and tries once more when the server does not accept them, or we its certificate. */
  async #authorized<T>(
    request: KubeRequest,
    bodyTimeout: number,
    use: (answer: Answer) => Promise<T>,
  ): Promise<T> {
    for (let again = false; ; again = true) {
      try {
        return await use(await this.#exchange(request, bodyTimeout));
      } catch (error) {
        const failure = classified(request, error);
        const outdated =
          isUnauthorized(failure) || (failure instanceof TransportError && failure.failure === 'tls');
        if (!outdated) throw failure;
        this.#options.access.reload();
        if (again) throw failure;
      }
    }
  }

  async #exchange(request: KubeRequest, bodyTimeout: number): Promise<Answer> {
    const { access, clock } = this.#options;
    const credentials = await access.credentials();
    const start = clock.monotonic();
    let answer: Answer | undefined;
    try {
      answer = await this.#dispatch(request, credentials, bodyTimeout);
    } finally {
      this.#observer.requestDone({
        verb: request.subject.verb,
        resource: request.subject.resource === undefined ? '' : resourceName(request.subject.resource),
        code: answer?.status ?? 'error',
        seconds: (clock.monotonic() - start) / 1000,
      });
    }
    if (answer.status < 300) return answer;
    const body = parseLeniently(await answer.body.text());
    throw statusError(request, { code: answer.status, retryAfter: answer.retryAfter, body });
  }

  async #dispatch(request: KubeRequest, credentials: Credentials, bodyTimeout: number): Promise<Answer> {
    const server = new URL(credentials.server);
    const answer = await this.#pool.dispatcherFor(credentials).request({
      origin: server.origin,
      path: `${server.pathname.replace(/\/$/, '')}${request.path}`,
      method: request.method,
      headers: {
        ...credentials.headers,
        accept: request.accept ?? 'application/json',
        'user-agent': this.#options.userAgent,
        ...(request.body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' }),
      },
      body: request.body === undefined ? null : JSON.stringify(request.body),
      bodyTimeout,
      // An answer without end is held back in the kernel as soon as nobody reads it.
      ...(bodyTimeout === 0 ? { highWaterMark: 1 } : {}),
      signal: request.signal ?? null,
    });
    const header = answer.headers['retry-after'];
    return {
      status: answer.statusCode,
      retryAfter: typeof header === 'string' ? header : undefined,
      body: answer.body as Answer['body'],
    };
  }
}

function classified(request: KubeRequest, error: unknown): Error {
  if (error instanceof StatusError) return error;
  if (error instanceof AccessError) return new TransportError(error.message, 'credentials', 'CREDENTIALS');
  return transportError(request, error);
}

function parse(request: KubeRequest, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const what = describeSubject(request.subject, request.path);
    throw new TransportError(`${what}: the answer is no JSON`, 'decode', 'DECODE');
  }
}

function parseLeniently(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
