import { createHash } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import type { Component } from './components.ts';
import { modulesDirectory } from './components.ts';

/**
 * Folder outside of every checkout in which built programs are kept; `XDG_CACHE_HOME` moves it.
 * @throws Error where there is no home: system users have one by name only, which root must not make for them
 */
export function cacheRoot(environment: NodeJS.ProcessEnv = process.env, home = homedir()): string {
  const moved = environment['XDG_CACHE_HOME'];
  const base = moved?.startsWith('/') ? moved : join(home, '.cache');
  if (base !== moved && !existsSync(home)) {
    throw new Error(
      `there is no home directory ${home} to keep built programs in; let XDG_CACHE_HOME name a folder for them`,
    );
  }
  return join(base, 'calico-operator', 'control-plane');
}

/** Arguments of `go build` but for the output; part of the cache key because they decide what comes out. */
export function buildArguments(component: Component): readonly string[] {
  const tags = component.tags === undefined ? [] : ['-tags', component.tags];
  return ['build', '-trimpath', ...tags, '-ldflags', component.ldflags];
}

/** Path at which a component lies once it is built. A changed go.mod, go.sum, source of ours or flag gives another path. */
export async function cachedPath(
  component: Component,
  root = cacheRoot(),
  modules = modulesDirectory,
): Promise<string> {
  const hash = createHash('sha256');
  const directory = join(modules, component.module);
  const ours = component.package.startsWith('./')
    ? globSync(`${component.package}/*.go`, { cwd: directory }).sort()
    : [];
  for (const file of ['go.mod', 'go.sum', ...ours]) hash.update(await readFile(join(directory, file)));
  hash.update(JSON.stringify([component.package, component.cgo ?? false, buildArguments(component)]));
  hash.update(`${process.platform}/${process.arch}`);
  return join(root, `${component.name}-${hash.digest('hex').slice(0, 16)}`, component.name);
}
