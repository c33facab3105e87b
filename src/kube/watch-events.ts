/** The lines of a watch as events. */
import { hash } from 'node:crypto';
import type { KubeObject } from '../api/kubernetes.ts';
import { typed } from './client.ts';
import { TransportError } from './errors.ts';
import type { KubeRequest } from './request.ts';
import { describeSubject } from './request.ts';
import { type Members, stringAt, textOf, without } from './skim.ts';
import { statusError } from './status.ts';

/** One line of a watch. An `ERROR` line is thrown as `StatusError` instead. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: KubeObject;
}

const uidPath = ['object', 'metadata', 'uid'];
const versionPath = ['object', 'metadata', 'resourceVersion'];

/** Of the events of one object that came together, the last says all. What has no uid is no object's event. */
export function latest(lines: readonly Buffer[]): readonly Buffer[] {
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
 * Decodes the lines of one watch, in their order. Where members are omitted, an event that says nothing new of what is left
 * comes out as what it amounts to, a bookmark: nothing has happened up to this version. Of each object only a digest is kept.
 */
export class EventDecoder {
  readonly #request: KubeRequest;
  /** The version is no part of what an object says, and is put back. */
  readonly #omitted: Members | undefined;
  readonly #said = new Map<string, string>();
  #listed: boolean;

  constructor(request: KubeRequest, { omitted, listed }: Decoding) {
    this.#request = request;
    this.#omitted =
      omitted === undefined
        ? undefined
        : { object: { ...omitted, metadata: withVersion(omitted['metadata']) } };
    this.#listed = listed;
  }

  /** Throws `StatusError` for the server's `ERROR`, `TransportError` for what is no event. */
  decode(line: Buffer): WatchEvent {
    const type = stringAt(line, ['type']);
    if (type === 'BOOKMARK') this.#listed = true;
    // These are no objects of the watched kind; an annotation of a bookmark says that the first list is complete.
    const isWhole = type === 'BOOKMARK' || type === 'ERROR' || this.#omitted === undefined;
    const text = isWhole ? undefined : without(line, this.#omitted);
    if (text === undefined) return this.#event(textOf(line));
    const version = stringAt(line, versionPath);
    return this.#isNews(type, stringAt(line, uidPath), text)
      ? versioned(this.#event(text), version)
      : versioned({ type: 'BOOKMARK', object: noObject }, version);
  }

  /** Anything but a change that leaves everything as it is; before the list is complete a bookmark would be misunderstood. */
  #isNews(type: string | undefined, uid: string | undefined, text: string): boolean {
    if (uid === undefined) return true;
    const digest = hash('sha256', text.slice(text.indexOf(',')), 'base64');
    const isNews = type !== 'MODIFIED' || !this.#listed || this.#said.get(uid) !== digest;
    if (type === 'DELETED') this.#said.delete(uid);
    else this.#said.set(uid, digest);
    return isNews;
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

/** As a bookmark of the server has it: nothing but a version. */
const noObject: KubeObject = { apiVersion: '', kind: '', metadata: { name: '' } };

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
