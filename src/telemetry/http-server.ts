/** The HTTP server for metrics and probes. Read-only, plain HTTP, bounded in connections and time. */
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../clock.ts';
import type { Metrics } from './metrics.ts';
import { type HealthChecks, probe } from './probes.ts';
import type { Logger } from './types.ts';

export interface HttpServerOptions {
  /** All addresses when empty. */
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
  /** Served at `/metrics`; absent: not served. */
  readonly metrics?: Pick<Metrics, 'contentType' | 'text'>;
  /** Served at `/healthz` and `/readyz`; absent: not served. */
  readonly probes?: { readonly healthz: HealthChecks; readonly readyz: HealthChecks };
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A server that may be started once. */
export interface HttpServer {
  /** Resolves when it listens; rejects, naming the address and the cure, when it cannot. */
  start(): Promise<void>;
  /** Takes no more connections, lets answers in progress end for half a second, then closes all. */
  stop(): Promise<void>;
  /** Where it listens, once it does. */
  readonly address: { readonly host: string; readonly port: number } | undefined;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const plainText = 'text/plain; charset=utf-8';
const stopGrace = 500;

/** Creates the server; nothing listens before `start`. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { clock, logger } = options;
  const server = createServer((request, response) => {
    void respond(options, request, response).catch((error: unknown) => {
      logger.error('HTTP request failed', { path: request.url, error });
      response.destroy();
    });
  });
  // Scrapers and kubelets: few connections, small requests, seconds.
  server.maxConnections = 64;
  server.requestTimeout = 10_000;
  server.headersTimeout = 5_000;
  server.keepAliveTimeout = 75_000;
  return {
    start: () => listen(server, options),
    stop: () => close(server, clock),
    get address() {
      const bound = server.address() as AddressInfo | null;
      return bound === null ? undefined : { host: bound.address, port: bound.port };
    },
  };
}

function listen(server: Server, { host, port, logger }: HttpServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new Error(`cannot serve metrics and probes on ${host}:${port}: ${cureOf(error)}`, { cause: error }),
      );
    });
    server.listen(port, ...(host === '' ? [] : [host]), () => {
      const bound = server.address() as AddressInfo;
      logger.info('Serving metrics and probes', { host: bound.address, port: bound.port });
      resolve();
    });
  });
}

function cureOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return 'the address is in use; choose another with --metrics-address and --probe-address';
    case 'EACCES':
      return 'permission denied; choose a port above 1023';
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return 'this host does not have that address';
    default:
      return error.message;
  }
}

async function close(server: Server, clock: Clock): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise((resolve) => server.close(resolve));
  const deadline = clock.schedule(stopGrace, () => server.closeAllConnections());
  await closed;
  deadline.cancel();
}

async function respond(
  options: HttpServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const answer = await answerTo(options, request);
  response.writeHead(answer.status, {
    'content-type': answer.type,
    'content-length': Buffer.byteLength(answer.body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(answer.status === 405 ? { allow: 'GET, HEAD' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : answer.body);
}

async function answerTo(options: HttpServerOptions, request: IncomingMessage): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return text(405, 'only GET and HEAD\n');
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const { metrics, probes } = options;
  if (path === '/metrics' && metrics !== undefined) {
    return { status: 200, type: metrics.contentType, body: await metrics.text() };
  }
  const name = path.slice(1);
  if ((name === 'healthz' || name === 'readyz') && probes !== undefined) {
    const sleep = (delay: number, signal: AbortSignal): Promise<unknown> =>
      options.clock.sleep(delay, signal);
    const { healthy, text: lines } = await probe(name, probes[name], sleep);
    const verbose = new URLSearchParams(query).has('verbose');
    return healthy && !verbose ? text(200, 'ok') : text(healthy ? 200 : 503, lines);
  }
  return text(404, 'not found\n');
}

function text(status: number, body: string): Answer {
  return { status, type: plainText, body };
}
