import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readElf } from './elf.ts';
import { findNode, neededFiles, nodeVersion, resolveIn } from './libraries.ts';

const node = realpathSync(process.execPath);

interface Parts {
  readonly machine?: number;
  readonly big?: boolean;
  readonly interpreter?: string;
  readonly needed?: readonly string[];
}

/** The least of an ELF file that tells what it needs. */
function elf({ machine = 62, big = false, interpreter, needed = [] }: Parts): Buffer {
  const file = Buffer.alloc(1024);
  const word = (at: number, value: number) =>
    big ? file.writeUInt32BE(value, at) : file.writeUInt32LE(value, at);
  const short = (at: number, value: number) =>
    big ? file.writeUInt16BE(value, at) : file.writeUInt16LE(value, at);
  const long = (at: number, value: number) =>
    big ? file.writeBigUInt64BE(BigInt(value), at) : file.writeBigUInt64LE(BigInt(value), at);
  file.write('\u007fELF', 0, 'latin1');
  file[4] = 2;
  file[5] = big ? 2 : 1;
  short(18, machine);
  long(32, 64);
  short(54, 56);
  short(56, 3);
  const [base, entries, names] = [0x10000, 512, 768];
  const strings = `\0${[...needed, interpreter ?? ''].join('\0')}\0`;
  file.write(strings, names, 'latin1');
  const segment = (index: number, type: number, offset: number, size: number): void => {
    const at = 64 + index * 56;
    word(at, type);
    long(at + 8, offset);
    long(at + 16, base + offset);
    long(at + 32, size);
  };
  segment(0, 1, 0, file.length);
  segment(1, 2, entries, (needed.length + 1) * 16);
  segment(2, interpreter === undefined ? 0 : 3, names + strings.lastIndexOf(interpreter ?? ''), 64);
  [...needed.map((name) => [1, strings.indexOf(name)] as const), [5, base + names] as const].forEach(
    ([tag, value], index) => {
      long(entries + index * 16, tag);
      long(entries + index * 16 + 8, value);
    },
  );
  return file;
}

describe('of a file', () => {
  test.each([
    [false, 62, 'x86_64-linux-gnu'],
    [false, 183, 'aarch64-linux-gnu'],
    [false, 21, 'powerpc64le-linux-gnu'],
    [true, 22, 's390x-linux-gnu'],
  ])('big-endian %s, machine %s: %s', (big, machine, expected) => {
    const file = elf({ big, machine, interpreter: '/lib/ld.so', needed: ['libc.so.6', 'libm.so.6'] });
    expect(readElf(file)).toEqual({
      machine: expected,
      interpreter: '/lib/ld.so',
      needed: ['libc.so.6', 'libm.so.6'],
    });
  });

  test.each([
    ['text', Buffer.from('#!/bin/sh\n'.padEnd(80)), 'no 64-bit ELF'],
    ['another machine', elf({ machine: 40 }), 'machine 40'],
  ])('%s is refused', (_, file, message) => {
    expect(() => readElf(file)).toThrow(message);
  });
});

describe('of a base image', () => {
  let base: string;
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'calico-operator-base-'));
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));
  const put = (path: string, content: Buffer): void => {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), content);
  };

  test('program, loader and libraries of libraries, each where the loader looks', () => {
    put('/usr/bin/node', elf({ interpreter: '/lib64/ld.so.2', needed: ['liba.so', 'ld.so.2'] }));
    put('/lib64/ld.so.2', elf({}));
    put('/usr/lib/x86_64-linux-gnu/liba.so', elf({ needed: ['libb.so'] }));
    put('/usr/lib64/libb.so', elf({ needed: ['liba.so'] }));
    expect(neededFiles(base, findNode(base)).map(({ path }) => path)).toEqual([
      '/usr/bin/node',
      '/usr/lib/x86_64-linux-gnu/liba.so',
      '/usr/lib64/libb.so',
      '/lib64/ld.so.2',
    ]);
  });

  test('links lead to where they would in the image, not out of it', () => {
    put('/usr/lib/real.so.1', elf({}));
    symlinkSync('usr/lib', join(base, 'lib'));
    symlinkSync('/lib/real.so.1', join(base, 'usr/lib/link.so'));
    expect(resolveIn(base, '/lib/link.so')).toBe(join(base, 'usr/lib/real.so.1'));
    symlinkSync('circle', join(base, 'circle'));
    expect([resolveIn(base, '/circle'), resolveIn(base, '/lib/none')]).toEqual([undefined, undefined]);
  });

  test.each([
    ['a library that is not there', 'no liba.so, which /usr/bin/node needs', () => undefined],
    ['one of another machine', 'is for s390x', () => put('/lib/liba.so', elf({ machine: 22 }))],
  ])('%s is named', (_, message, prepare) => {
    put('/usr/bin/node', elf({ needed: ['liba.so'] }));
    prepare();
    expect(() => neededFiles(base, '/usr/bin/node')).toThrow(message);
  });

  test('without Node is none', () => {
    expect(() => findNode(base)).toThrow('no Node at /usr/local/bin/node');
  });
});

test('of this machine it is what the loader itself says', () => {
  const said = execFileSync(node, { encoding: 'utf8', env: { LD_TRACE_LOADED_OBJECTS: '1' } });
  const loaded = [...said.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path).sort();
  const [program, ...libraries] = neededFiles('/', node).map(({ path }) => path);
  expect(program).toBe(node);
  expect(libraries.sort()).toEqual(loaded);
});

test('the version of Node is read from its program', () => {
  expect(nodeVersion(readFileSync(node))).toBe(process.versions.node);
  expect(() => nodeVersion(Buffer.from('bash'))).toThrow('no Node');
});
