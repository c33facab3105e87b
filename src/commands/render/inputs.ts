/** Finds and reads the files of `render`. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DocumentError, readDocuments, type SourceObject } from '../documents.ts';

/** What was read. */
export interface Inputs {
  readonly sources: readonly SourceObject[];
  /** What is no object, with file and line. */
  readonly mistakes: readonly string[];
  /** Files that cannot be read at all. */
  readonly unreadable: readonly string[];
}

/** Standard input, where a file is asked for. */
export const standardInput = '-';

/**
 * Reads files, directories (their `*.yaml`, `*.yml` and `*.json`, sorted by name, without those below) and `-`, in the
 * order given. Everything that is wrong comes at once.
 */
export async function readInputs(
  names: readonly string[],
  readInput: () => Promise<string>,
): Promise<Inputs> {
  const sources: SourceObject[] = [];
  const mistakes: string[] = [];
  const unreadable: string[] = [];
  for (const file of new Set(names.flatMap((name) => expand(name, unreadable)))) {
    try {
      const text = file === standardInput ? await readInput() : readFileSync(file, 'utf8');
      sources.push(...readDocuments(text, file));
    } catch (error) {
      if (error instanceof DocumentError) mistakes.push(error.message);
      else unreadable.push(describeFailure(file, error));
    }
  }
  return { sources, mistakes, unreadable };
}

function expand(name: string, unreadable: string[]): readonly string[] {
  if (name === standardInput) return [name];
  try {
    if (!statSync(name).isDirectory()) return [name];
    const files = readdirSync(name).filter((entry) => /\.(ya?ml|json)$/.test(entry));
    if (files.length === 0) {
      unreadable.push(`${name}: the directory has no *.yaml, *.yml or *.json. Pass another with -f.`);
    }
    return files.sort().map((entry) => join(name, entry));
  } catch (error) {
    unreadable.push(describeFailure(name, error));
    return [];
  }
}

function describeFailure(file: string, error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  const cure = code === 'ENOENT' ? 'Check the path' : 'Check path and permissions';
  return `${file}: the file cannot be read (${code}). ${cure}, or pass - for standard input.`;
}
