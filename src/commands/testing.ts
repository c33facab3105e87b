/** A console in memory, for tests. Never imported by the program. */
import type { Clock } from '../clock.ts';
import { FakeClock } from '../fake-clock.ts';
import type { Console } from './console.ts';

/** A console, and what was written to it. */
export interface TestConsole extends Console {
  readonly output: () => string;
  readonly errors: () => readonly string[];
}

/** Standard input has the given text. */
export function testConsole(
  input = '',
  {
    environment = {},
    clock = new FakeClock(),
  }: Partial<Pick<Console, 'environment'> & { readonly clock: Clock }> = {},
): TestConsole {
  let output = '';
  const errors: string[] = [];
  return {
    environment,
    clock,
    readInput: () => Promise.resolve(input),
    print: (text) => (output += text),
    warn: (line) => errors.push(line),
    output: () => output,
    errors: () => errors,
  };
}
