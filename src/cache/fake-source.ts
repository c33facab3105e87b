/** An API server's lists and watches in memory, with faults and time lags at hand, for tests. Never imported by the program. */
import type { KubeObject } from '../api/kubernetes.ts';
import { TransportError } from '../kube/errors.ts';
import type { WatchOptions, WatchSource } from '../kube/watch.ts';
import type { WatchEvent } from '../kube/watch-events.ts';

type Page = Awaited<ReturnType<WatchSource['page']>>;

/** One watch that is open. */
class Stream {
  readonly #events: WatchEvent[] = [];
  #error: Error | undefined;
  #ended = false;
  #wake: () => void = () => undefined;
  /** Nothing is delivered any more, as on a dead connection. */
  frozen = false;

  push(event: WatchEvent): void {
    if (this.frozen) return;
    this.#events.push(event);
    this.#wake();
  }

  end(error?: Error): void {
    this.#ended = true;
    this.#error = error;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<WatchEvent, void, undefined> {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) {
        yield event;
      } else if (this.#ended) {
        if (this.#error !== undefined) throw this.#error;
        return;
      } else {
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    }
  }
}

/** Objects by name, with their whole history. */
export class FakeSource implements WatchSource {
  /** Thrown by the next requests, in order. */
  readonly faults: Error[] = [];
  /** Streamed lists end with their bookmark; else they are refused by this error, or the bookmark never comes. */
  streaming: 'supported' | 'ignored' | Error = 'supported';
  /** How many changes a list at version `0` lags behind. */
  lag = 0;
  #version = 0;
  #compacted = 0;
  #uid = 0;
  readonly #history: WatchEvent[] = [];
  readonly #streams = new Set<Stream>();

  /** The state now, by name. */
  get state(): ReadonlyMap<string, KubeObject> {
    return this.#stateAt(this.#version);
  }

  /** Creates or changes. */
  put(name: string): KubeObject {
    const known = this.state.get(name);
    const uid = known?.metadata.uid ?? `uid-${(this.#uid += 1)}`;
    const object = this.#object(name, uid);
    this.#record({ type: known === undefined ? 'ADDED' : 'MODIFIED', object });
    return object;
  }

  /** Deletes; answers with what was there. */
  remove(name: string): KubeObject | undefined {
    const known = this.state.get(name);
    if (known !== undefined)
      this.#record({ type: 'DELETED', object: this.#object(name, known.metadata.uid ?? '') });
    return known;
  }

  /** Versions before now can no longer be watched from. */
  compact(): void {
    this.#compacted = this.#version;
  }

  /** Ends every open watch, as the server does or by an error. */
  end(error?: Error): void {
    for (const stream of this.#streams) stream.end(error);
    this.#streams.clear();
  }

  /** Open watches deliver nothing any more. */
  freeze(): void {
    for (const stream of this.#streams) stream.frozen = true;
  }

  bookmark(): void {
    for (const stream of this.#streams) stream.push(this.#bookmark(false));
  }

  async page(
    _: unknown,
    options: { readonly resourceVersion?: string | undefined; readonly continueToken?: string | undefined },
  ): Promise<Page> {
    await this.#fail();
    const stale = options.resourceVersion === '0' ? this.lag : 0;
    const [version, start] = (options.continueToken ?? `${Math.max(0, this.#version - stale)}/0`)
      .split('/')
      .map(Number);
    const all = [...this.#stateAt(version ?? 0).values()];
    const end = (start ?? 0) + 2;
    return {
      items: all.slice(start, end),
      resourceVersion: String(version),
      continueToken: end < all.length ? `${version}/${end}` : undefined,
    };
  }

  async watch(_: unknown, options: WatchOptions): Promise<AsyncIterable<WatchEvent>> {
    await this.#fail();
    const stream = new Stream();
    const { resourceVersion } = options;
    if (resourceVersion === undefined) {
      if (this.streaming instanceof Error) throw this.streaming;
      for (const object of this.state.values()) stream.push({ type: 'ADDED', object });
      // What the client's idle time-out makes of a list whose end is never told.
      if (this.streaming === 'ignored') stream.end(new TransportError('silent', 'idle', 'IDLE'));
      else stream.push(this.#bookmark(true));
    } else {
      const from = Number(resourceVersion);
      if (from < this.#compacted) throw this.expired();
      for (const event of this.#history.slice(from)) stream.push(event);
    }
    this.#streams.add(stream);
    options.signal.addEventListener('abort', () =>
      stream.end(new TransportError('aborted', 'aborted', 'ABORTED')),
    );
    return stream;
  }

  /** The error for a version that is too old; set by the test, which knows the API's words. */
  expired: () => Error = () => new Error('expired');

  async #fail(): Promise<void> {
    await Promise.resolve();
    const fault = this.faults.shift();
    if (fault !== undefined) throw fault;
  }

  #stateAt(version: number): Map<string, KubeObject> {
    const state = new Map<string, KubeObject>();
    for (const { type, object } of this.#history.slice(0, version)) {
      if (type === 'DELETED') state.delete(object.metadata.name);
      else state.set(object.metadata.name, object);
    }
    return state;
  }

  #object(name: string, uid: string): KubeObject {
    this.#version += 1;
    return {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'n', uid, resourceVersion: String(this.#version) },
    };
  }

  #bookmark(initialEnd: boolean): WatchEvent {
    const annotations = { 'k8s.io/initial-events-end': 'true' };
    const metadata = {
      name: '',
      resourceVersion: String(this.#version),
      ...(initialEnd ? { annotations } : {}),
    };
    return { type: 'BOOKMARK', object: { apiVersion: 'v1', kind: 'ConfigMap', metadata } };
  }

  #record(event: WatchEvent): void {
    this.#history.push(event);
    for (const stream of this.#streams) stream.push(event);
  }
}
