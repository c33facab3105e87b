/** The one pool of connections to the API server. */
import type { Socket } from 'node:net';
import { Agent, ProxyAgent, buildConnector } from 'undici';
import type { Dispatcher } from 'undici';
import type { Credentials } from './access.ts';

// Half-dead connections. A peer that is gone without a word (its packets are dropped) is found by the kernel: probes start
// after this much silence and ten of them, a second apart, must go unanswered, so a watch on a dead path fails after 20 s.
// A peer that is frozen but whose kernel still answers is found by the watch's own idle time-out; it needs no cure before it
// runs again, since then the same connection goes on. A server that restarted resets the connection at once.
const keepAliveDelay = 10_000;

/** Time limits of the pool, in milliseconds. */
export const limits = {
  /** TCP and TLS handshake. */
  connect: 10_000,
  /** From a request's last byte to the answer's first. */
  headers: 30_000,
  /** Silence within the answer to a request that is no watch. */
  body: 30_000,
} as const;

/** Connections, for as long as server, CA and client certificate stay the same. */
export class ConnectionPool {
  #current: { readonly key: string; readonly dispatcher: Dispatcher } | undefined;
  #closed = false;

  /** The pool for these credentials. After a change of them a new one; the old ends when its last request has. */
  dispatcherFor(credentials: Credentials): Dispatcher {
    if (this.#closed) throw new Error('the connections to the API server are closed');
    const key = JSON.stringify([credentials.server, credentials.proxy, credentials.tls]);
    if (this.#current?.key === key) return this.#current.dispatcher;
    const old = this.#current;
    const dispatcher = open(credentials);
    this.#current = { key, dispatcher };
    if (old !== undefined) void old.dispatcher.close().catch(() => undefined);
    return dispatcher;
  }

  /** Cuts every connection. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#current?.dispatcher.destroy();
  }
}

/**
 * A socket reads ahead of its reader by no more than one record of the server: of many small ones, as heartbeats are in a watch,
 * each would wake the reader's half and the reading half by turns. What is unread waits in the kernel.
 */
const unbuffered = { highWaterMark: 1 };

function open(credentials: Credentials): Dispatcher {
  const options = {
    // With HTTP/2 all watches would share the fate of one TCP connection.
    allowH2: false,
    connections: 64,
    headersTimeout: limits.headers,
    bodyTimeout: 0,
    keepAliveTimeout: 30_000,
  };
  if (credentials.proxy !== undefined) {
    return new ProxyAgent({ ...options, uri: credentials.proxy, requestTls: credentials.tls });
  }
  return new Agent({ ...options, connect: connector(credentials) });
}

function connector(credentials: Credentials): buildConnector.connector {
  // Set before the connection stands, the delay of a TLS socket is lost on the way to the kernel: hence not by the option.
  const connect = buildConnector({
    ...credentials.tls,
    allowH2: false,
    timeout: limits.connect,
    keepAlive: false,
    ...unbuffered,
  });
  return (options, callback) => {
    connect(options, (...result) => {
      const socket: Socket | null = result[1];
      socket?.setKeepAlive(true, keepAliveDelay);
      callback(...result);
    });
  };
}
