/** A small API server over plain HTTP with faults at hand, for tests. Never imported by the program. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { ConfigMap } from '../api/kubernetes.ts';
import type { ClusterAccess } from './access.ts';

interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: ConfigMap;
}

/** A request that came. */
export interface SeenRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Answer = (response: ServerResponse, request: SeenRequest) => void;

/** Answers with a failure as the API server words it. */
export function failing(
  code: number,
  reason: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return (response) => {
    response.writeHead(code, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(failure(code, reason)));
  };
}

function failure(code: number, reason: string): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: `${reason} it is`, reason, code };
}

/** Holds ConfigMaps of the namespace `default`; its public fields are the faults. */
export class FakeApiServer {
  readonly requests: SeenRequest[] = [];
  /** Answers of the next requests, before all else. */
  readonly next: Answer[] = [];
  watchList: 'supported' | 'refused' | 'ignored' = 'supported';
  /** The only token that is accepted. */
  token = 'first';
  /** The resource is not known. */
  missing = false;
  readonly #objects = new Map<string, ConfigMap>();
  #history: Change[] = [];
  #version = 100;
  #compacted = 100;
  readonly #watches = new Set<ServerResponse>();
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  /** Listens; after `stop` again on the same port. */
  async start(): Promise<this> {
    const server = createServer((request, response) => void this.#serve(request, response));
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket)).on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    return this;
  }

  /** Ends like a killed process: every connection is reset. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    const closed = new Promise((resolve) => (server === undefined ? resolve(0) : server.close(resolve)));
    this.reset();
    await closed;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Watches that are open. */
  get watches(): number {
    return this.#watches.size;
  }

  /** The state as names and values, to compare a copy with. */
  get contents(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#objects].map(([name, { data }]) => [name, data?.['value'] ?? '']));
  }

  /** Access with the token that `tokenFile` holds at the time of reading. */
  access(tokenFile: { token: string } = this): ClusterAccess {
    let token = tokenFile.token;
    return {
      server: this.url,
      namespace: undefined,
      source: 'test',
      credentials: () =>
        Promise.resolve({ server: this.url, headers: { Authorization: `Bearer ${token}` }, tls: {} }),
      reload: () => (token = tokenFile.token),
    };
  }

  /** Creates or changes an object. `silently`: no watch that is open now hears of it. */
  put(name: string, value: string, silently = false): ConfigMap {
    const known = this.#objects.get(name);
    this.#version += 1;
    const metadata = {
      name,
      namespace: 'default',
      uid: known?.metadata.uid ?? `uid-${this.#version}`,
      resourceVersion: String(this.#version),
      managedFields: [{ manager: 'calico-operator/test' }, { manager: 'kubectl' }],
    };
    const object: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { value } };
    this.#objects.set(name, object);
    this.#record({ type: known === undefined ? 'ADDED' : 'MODIFIED', object }, silently);
    return object;
  }

  /** Deletes an object. */
  remove(name: string, silently = false): void {
    const known = this.#objects.get(name);
    if (known === undefined) return;
    this.#version += 1;
    this.#objects.delete(name);
    const metadata = { ...known.metadata, resourceVersion: String(this.#version) };
    this.#record({ type: 'DELETED', object: { ...known, metadata } }, silently);
  }

  /** Forgets the past, so that watches from before are told to list again. */
  compact(): void {
    this.#history = [];
    this.#compacted = this.#version;
  }

  /** Sends a bookmark, text, or a failure on every open watch. */
  say(what: 'bookmark' | 'expired' | { readonly text: string }): void {
    for (const watch of this.#watches) {
      if (what === 'bookmark') watch.write(this.#bookmark(false));
      else if (what === 'expired') watch.write(line('ERROR', failure(410, 'Expired')));
      else watch.write(what.text);
    }
  }

  /** Ends every watch as the server does after its time. */
  endWatches(): void {
    for (const watch of this.#watches) watch.end();
  }

  /** Breaks every connection. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  #record(change: Change, silently: boolean): void {
    this.#history.push(change);
    if (silently) return;
    for (const watch of this.#watches) watch.write(line(change.type, change.object));
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of incoming) body += String(chunk);
    const url = new URL(incoming.url ?? '/', this.url);
    const request = { method: incoming.method ?? '', url, headers: incoming.headers, body };
    this.requests.push(request);
    this.#answer(request)(response, request);
  }

  #answer(request: SeenRequest): Answer {
    const { url, headers } = request;
    const prepared = this.next.shift();
    if (prepared !== undefined) return prepared;
    if (headers.authorization !== `Bearer ${this.token}`) return failing(401, 'Unauthorized');
    if (this.missing) return failing(404, 'NotFound');
    if (url.searchParams.get('watch') === 'true') return this.#watchAnswer(url.searchParams);
    return (response) => response.end(JSON.stringify(this.#list(url.searchParams)));
  }

  #list(query: URLSearchParams): object {
    const all = [...this.#objects.values()];
    const limit = Number(query.get('limit') ?? 0);
    const start = Number(query.get('continue') ?? 0);
    const end = limit === 0 ? all.length : start + limit;
    const metadata = {
      resourceVersion: String(this.#version),
      ...(end < all.length ? { continue: String(end) } : {}),
    };
    const items = all.slice(start, end).map(({ apiVersion: _, kind: __, ...item }) => item);
    return { kind: 'ConfigMapList', apiVersion: 'v1', metadata, items };
  }

  #watchAnswer(query: URLSearchParams): Answer {
    const initial = query.has('sendInitialEvents');
    const from = Number(query.get('resourceVersion') ?? 0);
    if (initial && this.watchList === 'refused') return failing(422, 'Invalid');
    if (!initial && from < this.#compacted) return failing(410, 'Expired');
    return (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
      if (initial) {
        for (const object of this.#objects.values()) response.write(line('ADDED', object));
        if (this.watchList === 'supported') response.write(this.#bookmark(true));
      } else {
        const missed = this.#history.filter(({ object }) => Number(object.metadata.resourceVersion) > from);
        for (const { type, object } of missed) response.write(line(type, object));
      }
      this.#watches.add(response);
      response.on('close', () => this.#watches.delete(response));
    };
  }

  #bookmark(initialEnd: boolean): string {
    const annotations = initialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
    return line('BOOKMARK', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { resourceVersion: String(this.#version), ...annotations },
    });
  }
}

function line(type: string, object: object): string {
  return `${JSON.stringify({ type, object })}\n`;
}
