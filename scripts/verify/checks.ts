/** Runs checks side by side and tells of each in one line, with what it said when it failed. */
import { spawn } from 'node:child_process';

/** A check is a program of Node's that ends with 0 when all is well. */
export interface Check {
  readonly name: string;
  readonly args: readonly string[];
  /** What to do when it fails. */
  readonly cure: string;
}

export interface CheckOutcome {
  readonly check: Check;
  readonly passed: boolean;
  readonly seconds: number;
  /** Both streams, in the order of their coming. */
  readonly output: string;
}

/** Runs all checks, `parallel` at a time; `onDone` hears of each as it ends. Never rejects. */
export async function runChecks(
  checks: readonly Check[],
  options: {
    readonly cwd: string;
    readonly parallel: number;
    readonly onDone: (outcome: CheckOutcome) => void;
  },
): Promise<readonly CheckOutcome[]> {
  const waiting = [...checks];
  const outcomes: CheckOutcome[] = [];
  const lane = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const outcome = await runCheck(check, options.cwd);
      outcomes.push(outcome);
      options.onDone(outcome);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, options.parallel) }, lane));
  return outcomes;
}

function runCheck(check: Check, cwd: string): Promise<CheckOutcome> {
  const began = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, check.args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer): void => void (output += chunk.toString());
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const finish = (passed: boolean): void => {
      resolve({ check, passed, output, seconds: (performance.now() - began) / 1_000 });
    };
    child.once('error', (error) => {
      output += error.message;
      finish(false);
    });
    child.once('close', (code) => finish(code === 0));
  });
}

/** One line for a check that passed; for one that failed also its output and the cure. */
export function describeOutcome({ check, passed, seconds, output }: CheckOutcome): string {
  const line = `${passed ? 'ok    ' : 'FAILED'}  ${check.name.padEnd(16)} ${seconds.toFixed(1).padStart(6)} s`;
  if (passed) return line;
  const said = output.trimEnd().split('\n');
  return [line, ...said.map((each) => `        ${each}`), `        → ${check.cure}`].join('\n');
}
