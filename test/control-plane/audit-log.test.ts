import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { AuditLog, parseAuditLines } from './audit-log.ts';

const event = (verb: string, stage: string, more: object = {}): string =>
  `${JSON.stringify({
    stage,
    verb,
    requestURI: '/api/v1/namespaces/one/pods/two',
    userAgent: 'calico-operator/1.0 (linux)',
    user: { username: 'system:serviceaccount:a:b' },
    objectRef: { resource: 'pods', namespace: 'one', name: 'two' },
    responseStatus: { code: 200 },
    requestReceivedTimestamp: '2026-01-01T00:00:00.000000Z',
    ...more,
  })}\n`;

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'audit-log-test-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('a request counts when it is complete, a watch when it is opened or refused', () => {
  const lines = [
    event('get', 'ResponseComplete'),
    event('watch', 'ResponseStarted'),
    event('watch', 'ResponseComplete'),
    event('watch', 'ResponseComplete', { responseStatus: { code: 403 } }),
    event('patch', 'ResponseComplete', { objectRef: { resource: 'pods', subresource: 'status' } }),
  ];
  const requests = parseAuditLines(lines.join(''));
  expect(requests.map(({ verb, resource, code }) => `${verb} ${resource} ${code}`)).toEqual([
    'get pods 200',
    'watch pods 200',
    'watch pods 403',
    'patch pods/status 200',
  ]);
});

test('a line that is still being written is left for the next reader', () => {
  const half = event('get', 'ResponseComplete').slice(0, 40);
  expect(parseAuditLines(event('list', 'ResponseComplete') + half)).toHaveLength(1);
  expect(parseAuditLines(half)).toEqual([]);
});

test('a mark within a line that is being written stands behind it', async () => {
  const log = new AuditLog(join(directory, 'partial.log'));
  const append = (text: string): Promise<void> => writeFile(log.path, text, { flag: 'a' });
  const line = event('create', 'ResponseComplete');
  await append(line.slice(0, 40));
  const mark = await log.mark();
  expect(await log.since(mark)).toEqual([]);
  await append(line.slice(40));
  expect(await log.since(mark)).toEqual([]);
  await append(event('update', 'ResponseComplete'));
  expect((await log.since(mark)).map(({ verb }) => verb)).toEqual(['update']);
});

test('only what came after the mark and fits the filter is counted', async () => {
  const log = new AuditLog(join(directory, 'audit.log'));
  expect(await log.mark()).toBe(0);
  expect(await log.since()).toEqual([]);
  const append = (text: string): Promise<void> => writeFile(log.path, text, { flag: 'a' });
  await append(event('create', 'ResponseComplete'));
  const mark = await log.mark();
  await append(event('update', 'ResponseComplete') + event('update', 'ResponseComplete'));
  await append(event('get', 'ResponseComplete', { userAgent: 'kubectl/1' }));

  expect(await log.counts(mark, { userAgent: 'calico-operator/' })).toEqual({
    'calico-operator/1.0 update pods': 2,
  });
  expect(await log.since(mark, { userAgent: /^kube/ })).toHaveLength(1);
  expect(await log.since(0, { verb: ['create', 'get'] })).toHaveLength(2);
  expect(await log.since(0, { user: 'system:serviceaccount:a:c' })).toEqual([]);
  expect(await log.since(0, { namespace: 'one', resource: 'pods', verb: 'create' })).toHaveLength(1);
});
