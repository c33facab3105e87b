/** One request to the API server as the rest of this folder speaks of it. */
import type { ResourceType } from '../api/resources.ts';

/** Kubernetes' names for what a request does; `watch` and `list` differ from `get` as they do in RBAC. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

/** What a request is about: for messages and metrics, never for addressing. */
export interface RequestSubject {
  readonly verb: Verb;
  /** Absent for paths outside any resource, as `/version`. */
  readonly resource?: ResourceType;
  readonly namespace?: string;
  readonly name?: string;
}

/** A request, ready to be sent. */
export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute path with its query. */
  readonly path: string;
  readonly subject: RequestSubject;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Default `application/json`. */
  readonly contentType?: string;
  readonly accept?: string;
  /** Doing it twice leaves the same state as doing it once: it may be repeated when the connection breaks. */
  readonly idempotent: boolean;
  readonly signal?: AbortSignal;
}

/** Told about each finished exchange with the API server; for a watch, when its stream opens. */
export interface RequestObserver {
  requestDone(request: {
    readonly verb: Verb;
    /** `daemonsets.apps`, `secrets`, or empty for a path outside any resource. */
    readonly resource: string;
    /** HTTP status, or `error` when no answer came. */
    readonly code: number | 'error';
    readonly seconds: number;
  }): void;
}

/** An observer that keeps nothing. */
export const silentRequestObserver: RequestObserver = { requestDone: () => undefined };

/** `plural.group`, the name of a resource in RBAC and metrics. */
export function resourceName(resource: ResourceType): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}

/** A request as words for an error message: `patch DaemonSet calico-system/calico-node`. */
export function describeSubject(subject: RequestSubject, path: string): string {
  if (subject.resource === undefined) return `${subject.verb} ${path.split('?')[0] ?? path}`;
  const place = [subject.namespace, subject.name].filter((part) => part !== undefined).join('/');
  const kind = subject.name === undefined ? resourceName(subject.resource) : subject.resource.kind;
  if (subject.name === undefined && place !== '') return `${subject.verb} ${kind} in namespace ${place}`;
  return [subject.verb, kind, place].filter((part) => part !== '').join(' ');
}
