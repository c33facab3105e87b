import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { buildComponents } from './build.ts';
import { cachedPath, cacheRoot } from './cache.ts';
import { components, findComponent, modulesDirectory } from './components.ts';
import { withLock } from './lock.ts';
import type { Progress } from './progress.ts';
import { silentProgress } from './progress.ts';

const realPath = process.env['PATH'];
const deadProcess = 2 ** 22 + 1;
let scratch = '';
let cache = '';

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'build-test-'));
  cache = join(scratch, 'cache');
});
afterEach(async () => {
  process.env['PATH'] = realPath;
  await rm(scratch, { recursive: true });
});

/** Puts a `go` first in PATH that notes its arguments and does what the script says; `$out` is the output file. */
async function useFakeGo(script: string): Promise<() => Promise<readonly string[]>> {
  const calls = join(scratch, 'calls');
  const go = join(scratch, 'go');
  const findOutput = 'while [ "$1" != -o ]; do shift; done; out=$2';
  await writeFile(go, `#!/bin/sh\necho "$GOFLAGS $*" >> ${calls}\n${findOutput}\n${script}\n`);
  await chmod(go, 0o755);
  process.env['PATH'] = `${scratch}:${realPath ?? ''}`;
  return async () => (await readFile(calls, 'utf8')).trim().split('\n');
}

describe('buildComponents', () => {
  test('builds once, however many ask at once, and never again', async () => {
    const calls = await useFakeGo('sleep 0.3; echo built > "$out"; chmod +x "$out"');
    const builds = await Promise.all([1, 2, 3].map(() => buildComponents(['etcd'], silentProgress, cache)));
    expect(new Set(builds.map(({ etcd }) => etcd)).size).toBe(1);
    expect(await readFile(builds[0]!.etcd, 'utf8')).toBe('built\n');
    await buildComponents(['etcd'], silentProgress, cache);

    expect(await calls()).toHaveLength(1);
    expect((await calls())[0]).toMatch(/-mod=readonly.*build -trimpath .* go\.etcd\.io\/etcd\/server\/v3$/);
    expect(await readdir(cache)).toEqual([expect.stringMatching(/^etcd-[0-9a-f]{16}$/)]);
  });

  test('a failed build shows what the compiler said and leaves nothing in the cache', async () => {
    await useFakeGo('echo "undefined: everything" >&2; touch "$out"; exit 2');
    await expect(buildComponents(['kwok'], silentProgress, cache)).rejects.toThrow(
      /go build of kwok ended with 2:\nundefined: everything/,
    );
    expect(await readdir(cache)).toEqual([]);
  });

  test('what a killed build left is removed by the next', async () => {
    await useFakeGo('touch "$out"; chmod +x "$out"');
    await mkdir(join(cache, '.building-etcd-abc'), { recursive: true });
    await buildComponents(['kwok'], silentProgress, cache);
    expect(await readdir(cache)).toEqual([expect.stringMatching(/^kwok-/)]);
  });

  test('without Go it says what to install', async () => {
    process.env['PATH'] = scratch;
    await expect(buildComponents(['etcd'], silentProgress, cache)).rejects.toThrow(
      /"go" was not found.*Install Go/,
    );
  });
});

describe('cachedPath', () => {
  test('every component has a path of its own below the root', async () => {
    const paths = await Promise.all(components.map((component) => cachedPath(component, '/cache')));
    expect(new Set(paths).size).toBe(components.length);
    expect(paths.every((path) => path.startsWith('/cache/'))).toBe(true);
  });

  test('other flags give another path', async () => {
    const etcd = findComponent('etcd');
    expect(await cachedPath({ ...etcd, ldflags: '' })).not.toBe(await cachedPath(etcd));
  });

  test('another source gives another path, where the program is ours', async () => {
    const redis = findComponent('redis');
    const copied = join(scratch, 'modules');
    await cp(modulesDirectory, copied, { recursive: true });
    const path = (): Promise<string> => cachedPath(redis, '/cache', copied);
    const before = await path();
    expect(before).toBe(await cachedPath(redis, '/cache'));
    await writeFile(join(copied, 'gitops', 'redis', 'main.go'), 'package main');
    expect(await path()).not.toBe(before);
  });

  test('XDG_CACHE_HOME moves the root, unless it is relative', () => {
    expect(cacheRoot({ XDG_CACHE_HOME: '/x' })).toBe('/x/calico-operator/control-plane');
    expect(cacheRoot({ XDG_CACHE_HOME: 'x' })).toBe(cacheRoot({}));
  });

  test('a home that does not exist is not made', () => {
    const home = join(scratch, 'nonexistent');
    expect(() => cacheRoot({}, home)).toThrow(/no home directory .*nonexistent.*XDG_CACHE_HOME/);
    expect(cacheRoot({ XDG_CACHE_HOME: '/x' }, home)).toBe('/x/calico-operator/control-plane');
  });

  test('an unknown component is refused with the known ones', () => {
    expect(() => findComponent('kube-proxy')).toThrow(/"kube-proxy"; the components are: kube-apiserver,/);
  });
});

describe('withLock', () => {
  test('the lock of a dead process is taken over', async () => {
    const lock = join(scratch, 'lock');
    await mkdir(lock);
    await writeFile(join(lock, 'pid'), String(deadProcess));
    expect(await withLock(lock, () => Promise.resolve('worked'))).toBe('worked');
    expect(await readdir(scratch)).toEqual([]);
  });

  test('who waits is told for whom, once, and the lock is released after a failure', async () => {
    const lock = join(scratch, 'lock');
    const held = Promise.withResolvers<undefined>();
    const release = Promise.withResolvers<undefined>();
    const first = withLock(lock, () => {
      held.resolve(undefined);
      return release.promise;
    });
    await held.promise;
    const owners: number[] = [];
    const second = withLock(
      lock,
      () => Promise.reject(new Error('failed')),
      (owner) => {
        owners.push(owner);
        release.resolve(undefined);
      },
    );
    await first;
    await expect(second).rejects.toThrow('failed');
    expect(owners).toEqual([process.pid]);
    expect(await readdir(scratch)).toEqual([]);
  });
});

test('progress is told of each build and its failure', async () => {
  await useFakeGo('exit 1');
  const told: string[] = [];
  const progress: Progress = {
    start: (what) => {
      told.push(what);
      return {
        detail: () => undefined,
        done: () => told.push('done'),
        failed: () => told.push('failed'),
      };
    },
    note: (text) => told.push(text),
  };
  await expect(buildComponents(['helm'], progress, cache)).rejects.toThrow();
  expect(told).toEqual(['building helm (helm.sh/helm/v3/cmd/helm)', 'failed']);
});
