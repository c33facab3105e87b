/** What a command is given of the process it runs in. */
import { text } from 'node:stream/consumers';
import type { Clock } from '../clock.ts';
import { systemClock } from '../clock.ts';
import type { Environment } from '../config/config.ts';

/** The outside of a command. */
export interface Console {
  readonly environment: Environment;
  readonly clock: Clock;
  /** All of standard input. */
  readonly readInput: () => Promise<string>;
  /** To standard output, without a line break of its own. */
  readonly print: (text: string) => void;
  /** A line to standard error. */
  readonly warn: (line: string) => void;
}

/** Exit codes that all commands share. `status` has one more. */
export const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

/** The console of this process. */
export function processConsole(environment: Environment): Console {
  return {
    environment,
    clock: systemClock,
    readInput: () => text(process.stdin),
    print: (output) => void process.stdout.write(output),
    warn: (line) => void process.stderr.write(`${line}\n`),
  };
}

/** Tells what is wrong with the arguments. Answers with the exit code. */
export function refuseUsage(problems: readonly string[], command: string, { warn }: Console): number {
  for (const problem of problems) warn(problem);
  warn(`See calico-operator ${command} --help.`);
  return exitCodes.usage;
}
