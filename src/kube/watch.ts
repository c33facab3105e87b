/** Watches and the lists that they start from, as the cache's reflectors need them. */
import type { KubeObject } from '../api/kubernetes.ts';
import type { Clock } from '../clock.ts';
import { acceptOf, readPage, typed } from './client.ts';
import type { ListPage, PageOptions } from './client.ts';
import { StatusError, TransportError, transportError } from './errors.ts';
import { batches } from './batches.ts';
import { IdleGuard } from './idle-guard.ts';
import { noRest, splitLines } from './lines.ts';
import { resourcePath } from './paths.ts';
import type { KubeRequest } from './request.ts';
import { describeSubject } from './request.ts';
import { type Members, stringAt, textOf, without } from './skim.ts';
import { statusError } from './status.ts';
import type { Transport } from './transport.ts';
import type { Selection } from './types.ts';

/** One line of a watch. An `ERROR` line is thrown as `StatusError` instead. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: KubeObject;
}

/** Where a watch starts and when it ends. */
export interface WatchOptions {
  /** Follow from this version on; absent: send the current state first, and a bookmark that says that it is complete. */
  readonly resourceVersion?: string;
  readonly metadataOnly?: boolean | undefined;
  /** The server ends the watch after this many seconds. */
  readonly timeoutSeconds: number;
  /** Silence of this many milliseconds ends the watch with a `TransportError` of failure `idle`; may grow on the way. */
  readonly idle: () => number;
  /** Milliseconds between two reads of what comes often; see `Reading`. Default 0. */
  readonly pace?: () => number;
  /** Members of the objects that nobody wants: they are skipped instead of decoded. */
  readonly omitted?: Members | undefined;
  readonly signal: AbortSignal;
}

/** Reads lists and watches. Failures are `StatusError` or `TransportError`. */
export interface WatchSource {
  page(selection: Selection, options: PageOptions): Promise<ListPage>;
  /** Resolves when the server accepted the watch; the iteration ends when the server ends it. */
  watch(selection: Selection, options: WatchOptions): Promise<AsyncIterable<WatchEvent>>;
}

/** A source over a transport. */
export function createWatchSource(transport: Transport, clock: Clock): WatchSource {
  return {
    page: (selection, options) => readPage(transport, selection, options),
    watch: (selection, options) => openWatch(transport, clock, selection, options),
  };
}

async function openWatch(
  transport: Transport,
  clock: Clock,
  selection: Selection,
  options: WatchOptions,
): Promise<AsyncIterable<WatchEvent>> {
  const guard = new IdleGuard(clock, options.idle, options.signal);
  const request = watchRequest(selection, options, guard.signal);
  try {
    const { pace = () => 0 } = options;
    const chunks = batches(await transport.stream(request), { clock, pace, signal: guard.signal });
    return events(request, chunks, guard, options);
  } catch (error) {
    guard.end();
    throw error;
  }
}

/** Yields a watch's events, one line at a time. */
async function* events(
  request: KubeRequest,
  chunks: AsyncIterable<readonly Uint8Array[]>,
  guard: IdleGuard,
  { idle, omitted }: Pick<WatchOptions, 'idle' | 'omitted'>,
): AsyncGenerator<WatchEvent, void, undefined> {
  const skipped = omitted === undefined ? undefined : { object: omitted };
  let rest = noRest;
  try {
    guard.touch();
    for await (const batch of chunks) {
      guard.touch();
      const lines: Buffer[] = [];
      for (const chunk of batch) {
        const split = splitLines(rest, chunk);
        rest = split.rest;
        lines.push(...split.lines);
      }
      for (const line of latest(lines)) yield decodeEvent(request, line, skipped);
    }
  } catch (error) {
    throw guard.idle ? idleError(request, idle) : failureOf(request, error);
  } finally {
    guard.end();
  }
  if (rest.size > 0) {
    const what = describeSubject(request.subject, request.path);
    throw new TransportError(`${what}: the stream ended within a line`, 'reset', 'TRUNCATED');
  }
}

const uidPath = ['object', 'metadata', 'uid'];

/** Of the events of one object that came together, the last says all. What has no uid is no object's event. */
function latest(lines: readonly Buffer[]): readonly Buffer[] {
  if (lines.length < 2) return lines;
  const uids = lines.map((line) => stringAt(line, uidPath));
  const last = new Map(uids.map((uid, index) => [uid, index]));
  return lines.filter((_, index) => uids[index] === undefined || last.get(uids[index]) === index);
}

function idleError(request: KubeRequest, idle: () => number): TransportError {
  const what = describeSubject(request.subject, request.path);
  return new TransportError(`${what}: nothing came for ${idle() / 1000} s`, 'idle', 'IDLE');
}

function failureOf(request: KubeRequest, error: unknown): Error {
  if (error instanceof StatusError) return error;
  if (error instanceof RangeError) return new TransportError(error.message, 'decode', 'DECODE');
  return transportError(request, error);
}

/** Decodes one line of a watch. Throws `StatusError` for the server's `ERROR`, `TransportError` for what is no event. */
function decodeEvent(request: KubeRequest, line: Buffer, omitted: Members | undefined): WatchEvent {
  // A bookmark is no object of its kind: its annotation says that the first list is complete.
  const cuts = omitted !== undefined && stringAt(line, ['type']) !== 'BOOKMARK';
  const text = cuts ? without(line, omitted) : undefined;
  const { type, object } = parseLine(text ?? textOf(line));
  if (typeof object === 'object' && object !== null) {
    switch (type) {
      case 'ADDED':
      case 'MODIFIED':
      case 'DELETED':
      case 'BOOKMARK': {
        const { resource } = request.subject;
        const whole = resource === undefined ? (object as KubeObject) : typed(resource, object as KubeObject);
        return { type, object: whole };
      }
      case 'ERROR':
        throw statusError(request, { code: 500, body: object });
    }
  }
  const what = describeSubject(request.subject, request.path);
  throw new TransportError(`${what}: a line of the stream is no event`, 'decode', 'DECODE');
}

function parseLine(line: string): { readonly type?: unknown; readonly object?: unknown } {
  try {
    return (JSON.parse(line) as { type?: unknown; object?: unknown } | null) ?? {};
  } catch {
    return {};
  }
}

function watchRequest(selection: Selection, options: WatchOptions, signal: AbortSignal): KubeRequest {
  const { resource, namespace, labelSelector, fieldSelector } = selection;
  const initial = options.resourceVersion === undefined;
  const query = {
    watch: true,
    labelSelector,
    fieldSelector,
    allowWatchBookmarks: true,
    resourceVersion: options.resourceVersion,
    sendInitialEvents: initial ? true : undefined,
    resourceVersionMatch: initial ? 'NotOlderThan' : undefined,
    timeoutSeconds: options.timeoutSeconds,
  };
  return {
    method: 'GET',
    path: resourcePath({ resource, namespace }, query),
    subject: { verb: 'watch', resource, ...(namespace === undefined ? {} : { namespace }) },
    idempotent: true,
    accept: acceptOf(options.metadataOnly === true ? 'PartialObjectMetadata' : undefined),
    signal,
  };
}
