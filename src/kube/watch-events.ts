/** The lines of a watch as events. */
import { hash } from 'node:crypto';
import type { KubeObject } from '../api/kubernetes.ts';
import { typed } from './client.ts';
import { TransportError } from './errors.ts';
import type { KubeRequest } from './request.ts';
import { describeSubject } from './request.ts';
import { type Members, type Omission, omissionOf, stringAt, textOf, without } from './skim.ts';
import { statusError } from './status.ts';

/** One line of a watch. An `ERROR` line is thrown as `StatusError` instead. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: KubeObject;
}

const uidPath = ['object', 'metadata', 'uid'];
const versionPath = ['object', 'metadata', 'resourceVersion'];

/** Of the events of one object that came together, the last says all. What has no uid is no object's event. */
function latest(lines: readonly Buffer[]): readonly Buffer[] {
  if (lines.length < 2) return lines;
  const uids = lines.map((line) => stringAt(line, uidPath));
  const last = new Map(uids.map((uid, index) => [uid, index]));
  return lines.filter((_, index) => uids[index] === undefined || last.get(uids[index]) === index);
}

/** What is to be decoded. */
export interface Decoding {
  /** Members of the objects that nobody wants. */
  readonly omitted: Members | undefined;
  /** The first list is known already: the watch goes on from a version. */
  readonly listed: boolean;
}

/**
 * Decodes the lines of one watch. Where members are omitted, an event that says nothing new of what is left comes out as what
 * it amounts to, a bookmark: nothing has happened up to this version. Of each object only a digest is kept.
 */
export class EventDecoder {
  readonly #request: KubeRequest;
  /** The version is no part of what an object says, and is put back. */
  readonly #omitted: Omission | undefined;
  readonly #said = new Map<string, string>();
  #listed: boolean;

  constructor(request: KubeRequest, { omitted, listed }: Decoding) {
    this.#request = request;
    this.#omitted =
      omitted === undefined
        ? undefined
        : omissionOf({ object: { ...omitted, metadata: withVersion(omitted['metadata']) } });
    this.#listed = listed;
  }

  /**
   * What lines that came together say, in their order: of each object what was said last, and of everything that is no news one
   * bookmark, unless something follows it. Throws `StatusError` for the server's `ERROR`, `TransportError` for what is no event.
   */
  *decode(lines: readonly Buffer[]): Generator<WatchEvent, void, undefined> {
    let silentUpTo: string | undefined;
    for (const line of latest(lines)) {
      const event = this.#news(line);
      silentUpTo = event === undefined ? stringAt(line, versionPath) : undefined;
      if (event !== undefined) yield event;
    }
    if (silentUpTo !== undefined) yield { type: 'BOOKMARK', object: nothing(silentUpTo) };
  }

  /** The event of a line, if it says anything new. */
  #news(line: Buffer): WatchEvent | undefined {
    const type = stringAt(line, ['type']);
    if (type === 'BOOKMARK') this.#listed = true;
    // These are no objects of the watched kind; an annotation of a bookmark says that the first list is complete.
    const isWhole = type === 'BOOKMARK' || type === 'ERROR' || this.#omitted === undefined;
    const text = isWhole ? undefined : without(line, this.#omitted);
    if (text === undefined) return this.#event(textOf(line));
    if (!this.#isNews(type, stringAt(line, uidPath), text)) return undefined;
    return versioned(this.#event(text), stringAt(line, versionPath));
  }

  /** Anything but a change that leaves everything as it is; before the list is complete a bookmark would be misunderstood. */
  #isNews(type: string | undefined, uid: string | undefined, text: string): boolean {
    if (uid === undefined) return true;
    if (type === 'DELETED') {
      this.#said.delete(uid);
      return true;
    }
    const digest = hash('sha256', text.slice(text.indexOf(',')), 'base64');
    const isSaid = this.#said.get(uid) === digest;
    // The older of two equal texts stays: what is kept for long is costly to replace.
    if (!isSaid) this.#said.set(uid, digest);
    return !isSaid || type !== 'MODIFIED' || !this.#listed;
  }

  #event(text: string): WatchEvent {
    const request = this.#request;
    const { type, object } = parse(text);
    if (typeof object === 'object' && object !== null) {
      switch (type) {
        case 'ADDED':
        case 'MODIFIED':
        case 'DELETED':
        case 'BOOKMARK': {
          const { resource } = request.subject;
          const whole =
            resource === undefined ? (object as KubeObject) : typed(resource, object as KubeObject);
          return { type, object: whole };
        }
        case 'ERROR':
          throw statusError(request, { code: 500, body: object });
      }
    }
    const what = describeSubject(request.subject, request.path);
    throw new TransportError(`${what}: a line of the stream is no event`, 'decode', 'DECODE');
  }
}

/** The object of a bookmark, which has nothing but a version. */
function nothing(resourceVersion: string): KubeObject {
  return { apiVersion: '', kind: '', metadata: { name: '', resourceVersion } };
}

function withVersion(members: true | Members | undefined): true | Members {
  return members === true ? true : { ...members, resourceVersion: true };
}

function versioned({ type, object }: WatchEvent, resourceVersion: string | undefined): WatchEvent {
  if (resourceVersion === undefined) return { type, object };
  return { type, object: { ...object, metadata: { ...object.metadata, resourceVersion } } };
}

function parse(line: string): { readonly type?: unknown; readonly object?: unknown } {
  try {
    return (JSON.parse(line) as { type?: unknown; object?: unknown } | null) ?? {};
  } catch {
    return {};
  }
}
