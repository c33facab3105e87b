/** Which files of a base image a program needs to run. */
import { existsSync, lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Elf, readElf } from './elf.ts';

/** A file that the image takes over. */
export interface NeededFile {
  /** Where it is in the image: where the loader looks for it. */
  readonly path: string;
  /** Where its content is, on the machine that builds. */
  readonly source: string;
}

/** Where the loader of glibc looks without being told, in that order. What lies elsewhere it would not find in the image. */
const folders = (machine: string): readonly string[] => [
  `/lib/${machine}`,
  `/usr/lib/${machine}`,
  '/lib64',
  '/usr/lib64',
  '/lib',
  '/usr/lib',
];

/**
 * The program, its loader, and every library that these load, the program first.
 * @param base folder that holds the file system of the base image
 * @param program path of the program in the base image
 * @throws Error that names what is missing, or is of another machine
 */
export function neededFiles(base: string, program: string): readonly NeededFile[] {
  const files: NeededFile[] = [];
  const seen = new Set<string>();
  const main = readElf(readFileSync(sourceOf(base, program)));
  const add = (path: string, elf: Elf): void => {
    if (elf.machine !== main.machine) throw new Error(`${path} is for ${elf.machine}, not ${main.machine}`);
    files.push({ path, source: sourceOf(base, path) });
    for (const name of elf.needed) addLibrary(name, path);
  };
  const addLibrary = (name: string, neededBy: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const path = folders(main.machine)
      .map((folder) => join(folder, name))
      .find((candidate) => resolveIn(base, candidate) !== undefined);
    // Some libraries name the loader as one of theirs.
    if (main.interpreter?.endsWith(`/${name}`) === true) return;
    if (path === undefined) throw new Error(`the base image has no ${name}, which ${neededBy} needs`);
    add(path, readElf(readFileSync(sourceOf(base, path))));
  };
  add(program, main);
  if (main.interpreter !== undefined) {
    add(main.interpreter, readElf(readFileSync(sourceOf(base, main.interpreter))));
  }
  return files;
}

function sourceOf(base: string, path: string): string {
  const source = resolveIn(base, path);
  if (source === undefined) throw new Error(`the base image has no ${path}`);
  return source;
}

/** A path of the base image with links followed, as if its folder were the root; undefined where there is nothing. */
export function resolveIn(base: string, path: string, depth = 0): string | undefined {
  if (depth > 40) return undefined;
  const steps = path.split('/').filter((step) => step !== '');
  let inside = '/';
  for (const [index, step] of steps.entries()) {
    const next = join(inside, step);
    const stat = lstatSync(join(base, next), { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    if (stat.isSymbolicLink()) {
      const target = readlinkSync(join(base, next));
      const rest = steps.slice(index + 1).join('/');
      return resolveIn(
        base,
        join(target.startsWith('/') ? target : join(dirname(next), target), rest),
        depth + 1,
      );
    }
    inside = next;
  }
  return join(base, inside);
}

/** Where images have Node: that of Node's own images, and of Debian's packages. */
const nodePaths = ['/usr/local/bin/node', '/usr/bin/node'];

/** Path of Node in the base image. @throws Error where there is none */
export function findNode(base: string): string {
  const path = nodePaths.find((candidate) => {
    const source = resolveIn(base, candidate);
    return source !== undefined && existsSync(source);
  });
  if (path === undefined) throw new Error(`the base image has no Node at ${nodePaths.join(' or ')}`);
  return path;
}

/** Version of a Node program, by what it would say itself, as `24.21.0`. @throws Error for another program */
export function nodeVersion(program: Buffer): string {
  const mark = 'node.js/v';
  const at = program.indexOf(mark);
  const [, version] =
    /^(\d+\.\d+\.\d+)/.exec(program.toString('latin1', at + mark.length, at + mark.length + 32)) ?? [];
  if (at < 0 || version === undefined) throw new Error('it is no Node: it has no version of it');
  return version;
}
