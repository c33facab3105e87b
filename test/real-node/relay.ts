// Carries connections between network namespaces: a process stands in one, and UNIX sockets are seen from all.
//
//   relay.ts FROM=TO …   each FROM and TO is unix:PATH or tcp:ADDRESS:PORT; FROM may be connect:PATH without a TO, a UNIX
//                        socket that serves HTTP CONNECT to anything that can be reached from here
import { rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ListenOptions, NetConnectOpts, Server } from 'node:net';
import { connect, createServer } from 'node:net';

/** A parsed endpoint. */
export function parseEndpoint(text: string): { readonly path: string } | { host: string; port: number } {
  const [, kind, rest = ''] = /^(unix|tcp|connect):(.+)$/.exec(text) ?? [];
  if (kind === 'unix' || kind === 'connect') return { path: rest };
  const colon = rest.lastIndexOf(':');
  const port = Number(rest.slice(colon + 1));
  if (kind !== 'tcp' || colon < 1 || !Number.isInteger(port)) {
    throw new Error(`"${text}" is no endpoint; write unix:PATH or tcp:ADDRESS:PORT`);
  }
  return { host: rest.slice(0, colon), port };
}

function listenOptions(text: string): ListenOptions {
  const endpoint = parseEndpoint(text);
  if ('path' in endpoint) rmSync(endpoint.path, { force: true });
  return endpoint;
}

function join(client: Duplex, target: NetConnectOpts, onConnect: (upstream: Duplex) => void): void {
  const upstream = connect(target, () => onConnect(upstream));
  upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
  client.on('error', () => upstream.destroy()).on('close', () => upstream.destroy());
}

function pipeBoth(client: Duplex, upstream: Duplex): void {
  client.pipe(upstream);
  upstream.pipe(client);
}

/** Serves one FROM=TO until the server is closed. */
export function relay(rule: string): Server {
  const [from = '', to = ''] = rule.split('=');
  if (from.startsWith('connect:')) {
    const proxy = createHttpServer();
    proxy.on('connect', ({ url = '' }, client: Duplex, head: Buffer) => {
      join(client, parseEndpoint(`tcp:${url}`), (upstream) => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        upstream.write(head);
        pipeBoth(client, upstream);
      });
    });
    return proxy.listen(listenOptions(from));
  }
  const target = parseEndpoint(to);
  return createServer({ allowHalfOpen: true }, (client) => {
    join(client, { ...target, allowHalfOpen: true }, (upstream) => pipeBoth(client, upstream));
  }).listen(listenOptions(from));
}

if (import.meta.main) for (const rule of process.argv.slice(2)) relay(rule);
