import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Files, Ports } from './command-lines.ts';
import type { Rung } from './ladder.ts';
import type { Part } from './types.ts';

/** Everything needed to operate a running control plane; kept in its directory so that another module can take it over. */
export interface State {
  readonly rung: Rung['kind'];
  readonly files: Files;
  readonly ports: Ports;
  /** Paths of the programs that are there. */
  readonly programs: Partial<Readonly<Record<Part, string>>>;
  readonly kwok: boolean;
  readonly extraArgs: Partial<Readonly<Record<Part, readonly string[]>>>;
}

const stateFile = (directory: string): string => join(directory, 'state.json');

export async function writeState(state: State): Promise<void> {
  await writeFile(stateFile(state.files.directory), JSON.stringify(state));
}

export async function readState(directory: string): Promise<State> {
  return JSON.parse(await readFile(stateFile(directory), 'utf8')) as State;
}
