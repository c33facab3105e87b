import { describe, expect, test } from '@jest/globals';
import { resources } from '../api/resources.ts';
import type { StatusError } from './errors.ts';
import {
  TransportError,
  isAlreadyExists,
  isConflict,
  isExpired,
  isForbidden,
  isImmutableField,
  isInvalid,
  isNamespaceTerminating,
  isNotFound,
  isTooManyRequests,
  transportError,
} from './errors.ts';
import type { KubeRequest } from './request.ts';
import { retryDelay } from './retry.ts';
import { statusError } from './status.ts';

const patch: KubeRequest = {
  method: 'PATCH',
  path: '/apis/apps/v1/namespaces/calico-system/daemonsets/calico-node?force=true',
  subject: { verb: 'patch', resource: resources.DaemonSet, namespace: 'calico-system', name: 'calico-node' },
  idempotent: true,
};
const status = (code: number, reason: string, more: object = {}): StatusError =>
  statusError(patch, { code, body: { kind: 'Status', code, reason, message: 'said', ...more } });
const caused = (code: number, reason: string, cause: object): StatusError =>
  status(code, 'Whatever', { details: { causes: [{ reason, ...cause }] } });

describe('predicates', () => {
  const errors = {
    notFound: status(404, 'NotFound'),
    conflict: status(409, 'Conflict'),
    exists: status(409, 'AlreadyExists'),
    forbidden: status(403, 'Forbidden'),
    gone: status(410, 'Expired'),
    tooLarge: caused(504, 'ResourceVersionTooLarge', {}),
    throttled: status(429, 'TooManyRequests'),
    immutable: status(422, 'Invalid', { message: 'spec.selector: Invalid value: x: field is immutable' }),
    roleRef: caused(422, 'FieldValueInvalid', { message: 'Invalid value: x: cannot change roleRef' }),
    terminating: status(403, 'Forbidden', { details: { causes: [{ reason: 'NamespaceTerminating' }] } }),
    broken: new TransportError('x', 'reset', 'ECONNRESET'),
    other: new Error('x'),
  };
  test.each<[string, (error: unknown) => boolean, readonly (keyof typeof errors)[]]>([
    ['isNotFound', isNotFound, ['notFound']],
    ['isConflict', isConflict, ['conflict']],
    ['isAlreadyExists', isAlreadyExists, ['exists']],
    ['isForbidden', isForbidden, ['forbidden', 'terminating']],
    ['isExpired', isExpired, ['gone', 'tooLarge']],
    ['isTooManyRequests', isTooManyRequests, ['throttled']],
    ['isInvalid', isInvalid, ['immutable', 'roleRef']],
    ['isImmutableField', isImmutableField, ['immutable', 'roleRef']],
    ['isNamespaceTerminating', isNamespaceTerminating, ['terminating']],
  ])('%s', (_, predicate, expected) => {
    const found = Object.entries(errors).filter(([, error]) => predicate(error));
    expect(found.map(([name]) => name).sort()).toEqual([...expected].sort());
  });
});

describe('messages', () => {
  test('name verb, kind, object, and what the server said', () => {
    expect(status(409, 'Conflict').message).toBe(
      'patch DaemonSet calico-system/calico-node: said (409 Conflict)',
    );
  });

  test('an answer that is no Status keeps its code and the beginning of its text', () => {
    const error = statusError(patch, { code: 502, body: '<html>Bad gateway</html>\n' });
    expect([error.code, error.reason]).toEqual([502, '']);
    expect(error.message).toContain('<html>Bad gateway</html> (502)');
  });

  test('a Secret that is refused is not quoted', () => {
    const request: KubeRequest = {
      ...patch,
      subject: { verb: 'patch', resource: resources.Secret, namespace: 'a', name: 'b' },
    };
    const body = {
      kind: 'Status',
      code: 422,
      reason: 'Invalid',
      message: 'data[key]: Invalid value: hunter2',
      details: { causes: [{ field: 'data[key]', message: 'Invalid value: hunter2' }] },
    };
    const error = statusError(request, { code: 422, body });
    expect(error.message).toBe('patch Secret a/b: data[key] (422 Invalid)');
    expect(JSON.stringify(error)).not.toContain('hunter2');
    const fixed = { field: 'type', message: 'Invalid value: "hunter2": field is immutable' };
    const type = statusError(request, { code: 422, body: { ...body, details: { causes: [fixed] } } });
    expect(isImmutableField(type)).toBe(true);
    expect(JSON.stringify(type)).not.toContain('hunter2');
    const forbidden = { kind: 'Status', code: 403, reason: 'Forbidden', message: 'User "x" cannot patch' };
    expect(statusError(request, { code: 403, body: forbidden }).message).toContain('User "x" cannot patch');
  });

  test.each([
    ['ECONNREFUSED', 'refused'],
    ['ECONNRESET', 'reset'],
    ['UND_ERR_SOCKET', 'reset'],
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls'],
    ['CERT_HAS_EXPIRED', 'tls'],
  ])('%s is told as %s', (code, failure) => {
    const error = transportError(patch, Object.assign(new Error('broken'), { code }));
    expect(error.failure).toBe(failure);
    expect(error.message).toBe(
      `patch DaemonSet calico-system/calico-node: no answer from the API server: broken (${code})`,
    );
  });

  test('what follows the abort of a request is the abort', () => {
    const signal = AbortSignal.abort();
    expect(transportError({ ...patch, signal }, new Error('x')).failure).toBe('aborted');
  });

  test('of several addresses that refuse, the first speaks', () => {
    const refused = Object.assign(new Error('no'), { code: 'ECONNREFUSED' });
    expect(transportError(patch, new AggregateError([refused])).failure).toBe('refused');
  });
});

describe('retryDelay', () => {
  const throttled = (retryAfter?: string): StatusError =>
    statusError(patch, { code: 429, retryAfter, body: '' });
  const post: KubeRequest = { ...patch, method: 'POST', idempotent: false };
  const reset = new TransportError('x', 'reset', 'ECONNRESET');

  test('what the server asks for is honoured for any request, within bounds', () => {
    expect(retryDelay(post, throttled('7'), 0, 0)).toBe(7000);
    expect(retryDelay(post, throttled('7'), 0, 0.5)).toBeCloseTo(7700);
    expect(retryDelay(post, throttled(), 0, 0)).toBe(1000);
    expect(retryDelay(post, throttled('3600'), 0, 0)).toBe(30_000);
    expect(retryDelay(post, throttled('1'), 5, 0)).toBeUndefined();
    expect(retryDelay(post, statusError(patch, { code: 503, retryAfter: '2', body: '' }), 0, 0)).toBe(2000);
    expect(retryDelay(post, statusError(patch, { code: 503, body: '' }), 0, 0)).toBeUndefined();
    expect(retryDelay(post, status(409, 'Conflict'), 0, 0)).toBeUndefined();
  });

  test('a broken connection repeats only what may be done twice', () => {
    expect(retryDelay(patch, reset, 0, 0.5)).toBe(50);
    expect(retryDelay(patch, reset, 2, 0.5)).toBe(200);
    expect(retryDelay(patch, reset, 3, 0.5)).toBeUndefined();
    expect(retryDelay(post, reset, 0, 0.5)).toBeUndefined();
    expect(retryDelay(patch, new TransportError('x', 'aborted', 'ABORTED'), 0, 0.5)).toBeUndefined();
  });
});
