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

/** A kubeconfig for a server of a test on this machine. */
export const kubeconfigFor = (port: number): string =>
  JSON.stringify({
    clusters: [
      { name: 'c', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
    ],
    users: [{ name: 'u', user: { token: 't' } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'c',
  });
