import { execFileSync } from 'node:child_process';

import { expect, test } from '@jest/globals';

import { parentsOf, writeTar } from './tar.ts';

const list = (archive: Buffer): readonly string[] =>
  execFileSync('tar', ['--list', '--verbose', '--numeric-owner', '--utc'], {
    input: archive,
    encoding: 'utf8',
  })
    .trim()
    .split('\n');

test('tar reads what was written', () => {
  const content = Buffer.from('x'.repeat(513));
  const archive = writeTar([
    { kind: 'directory', path: '/tmp', mode: 0o777 },
    { kind: 'file', path: '/tmp/file', content, mode: 0o644 },
    { kind: 'link', path: '/tmp/link', target: 'file' },
  ]);
  expect(list(archive)).toEqual([
    'drwxrwxrwx 0/0               0 1970-01-01 00:00 tmp',
    '-rw-r--r-- 0/0             513 1970-01-01 00:00 tmp/file',
    'lrwxrwxrwx 0/0               0 1970-01-01 00:00 tmp/link -> file',
  ]);
  const read = execFileSync('tar', ['--extract', '--to-stdout', 'tmp/file'], { input: archive });
  expect(read).toEqual(content);
});

test('parents come once and before what lies in them', () => {
  expect(parentsOf(['/usr/sbin/ip', '/usr/bin/x', '/a'])).toEqual(['/usr', '/usr/bin', '/usr/sbin']);
});

test('a path that does not fit is refused, not cut', () => {
  const path = `/${'x'.repeat(101)}`;
  expect(() => writeTar([{ kind: 'directory', path }])).toThrow('is too long for a tar archive');
});
