/** Watches and the lists that they start from, as the cache's reflectors need them. */
import type { Clock } from '../clock.ts';
import { acceptOf, readPage } from './client.ts';
import type { ListPage, PageOptions } from './client.ts';
import { StatusError, TransportError, transportError } from './errors.ts';
import { batches } from './batches.ts';
import { IdleGuard } from './idle-guard.ts';
import { noRest, splitLines } from './lines.ts';
import { resourcePath } from './paths.ts';
import type { KubeRequest } from './request.ts';
import { describeSubject } from './request.ts';
import type { Members } from './skim.ts';
import type { Transport } from './transport.ts';
import type { Selection } from './types.ts';
import { EventDecoder, type WatchEvent } from './watch-events.ts';

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
  { idle, omitted, resourceVersion }: Pick<WatchOptions, 'idle' | 'omitted' | 'resourceVersion'>,
): AsyncGenerator<WatchEvent, void, undefined> {
  const decoder = new EventDecoder(request, { omitted, listed: resourceVersion !== undefined });
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
      yield* decoder.decode(lines);
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

function idleError(request: KubeRequest, idle: () => number): TransportError {
  const what = describeSubject(request.subject, request.path);
  return new TransportError(`${what}: nothing came for ${idle() / 1000} s`, 'idle', 'IDLE');
}

function failureOf(request: KubeRequest, error: unknown): Error {
  if (error instanceof StatusError) return error;
  if (error instanceof RangeError) return new TransportError(error.message, 'decode', 'DECODE');
  return transportError(request, error);
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
