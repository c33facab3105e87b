/** An API server that is far away and has bad moments: a proxy in front of the real one. */
import { readFile } from 'node:fs/promises';
import { Agent, createServer, request } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import type { ControlPlane } from '../control-plane/control-plane.ts';
import { pkiPaths } from '../control-plane/pki.ts';

export interface Trouble {
  /** Milliseconds that each request is held back. */
  readonly latency: number;
  /** Share of requests, 0 to 1, that are answered 429 or 500 in turn. */
  readonly failures: number;
  /** Even from 0 to 1. */
  readonly random: () => number;
}

/** A proxy that runs until it is stopped. */
export interface TroubledApi {
  /** Where it listens; it has the API server's own certificate. */
  readonly url: string;
  /** How many requests were answered with a failure. */
  failed(): number;
  stop(): Promise<void>;
}

/** Starts it on a free port of 127.0.0.1. */
export async function startTroubledApi(cluster: ControlPlane, trouble: Trouble): Promise<TroubledApi> {
  const pki = pkiPaths(join(cluster.directory, 'pki'));
  const agent = new Agent({ keepAlive: true, ca: cluster.ca });
  let failed = 0;
  const server = createServer(
    { cert: await readFile(pki.serving), key: await readFile(pki.servingKey) },
    (incoming, outgoing) => {
      const fails = trouble.random() < trouble.failures;
      if (fails) failed++;
      setTimeout(() => {
        if (fails) fail(outgoing, failed % 2 === 0 ? 429 : 500);
        else forward(cluster.url, agent, incoming, outgoing);
      }, trouble.latency);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    failed: () => failed,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

function forward(url: string, agent: Agent, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, headers } = incoming;
  const upstream = request(`${url}${incoming.url ?? ''}`, { method, headers, agent }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    // A watch says nothing until something happens, but that it is open is to be known at once.
    outgoing.flushHeaders();
    answer.pipe(outgoing);
    answer.on('error', () => outgoing.destroy());
  });
  upstream.on('error', () => outgoing.destroy());
  outgoing.on('close', () => upstream.destroy());
  incoming.pipe(upstream);
}

function fail(outgoing: ServerResponse, code: 429 | 500): void {
  const reason = code === 429 ? 'TooManyRequests' : 'InternalError';
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    message: 'a bad moment',
    reason,
    code,
  };
  outgoing.writeHead(code, {
    'content-type': 'application/json',
    ...(code === 429 && { 'retry-after': '1' }),
  });
  outgoing.end(JSON.stringify(status));
}
