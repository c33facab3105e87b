// `npm test`: the fast tiers side by side, then the tiers that need a control plane one after the other. Arguments that
// are names of tiers pick tiers, the rest goes to jest: `npm test -- cluster -t drift`. See docs/testing.md.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';

import { buildComponents } from './control-plane/build/build.ts';
import { clientComponents, controlPlaneComponents } from './control-plane/build/components.ts';
import { streamProgress } from './control-plane/build/progress.ts';
import { prometheusProgram } from './cluster/prometheus-programs.ts';
import { chooseRung } from './control-plane/ladder.ts';
import { prepareGitOps } from './gitops/programs.ts';
import { prepareDocker } from './image/prepare.ts';
import { prepareOperands } from './operands/setup.ts';
import { prepareMachine } from './real-node/prepare.ts';
import type { Tier } from './tiers.ts';
import { reasonNotToRun, selectTiers, thisMachine } from './tiers.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const jest = join(root, 'node_modules/jest/bin/jest.js');

interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The counts that jest writes with `--json`. */
interface JestResult {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  /** Files that did not even load. */
  readonly numRuntimeErrorTestSuites: number;
}

const failure: Totals = { passed: 0, failed: 1, skipped: 0 };

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** The jest that runs now. */
let running: ChildProcess | undefined;
/** What asked this process to end. */
let asked: NodeJS.Signals | undefined;

/** A signal ends the jest that runs, then this process: no further tier begins. Ctrl-C reaches jest by itself, too. */
function endOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      asked ??= signal;
      if (running === undefined) exitAfter(signal);
      else running.kill(signal);
    });
  }
}

function exitAfter(signal: NodeJS.Signals): never {
  process.exit(128 + constants.signals[signal]);
}

async function runJest(tiers: readonly Tier[], args: readonly string[], scratch: string): Promise<Totals> {
  const output = join(scratch, `${tiers.join('-')}.json`);
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      jest,
      '--passWithNoTests',
      '--json',
      `--outputFile=${output}`,
      ...args,
      '--selectProjects',
      ...tiers,
    ],
    // Jest's own lines go to standard error; with --json it says on standard output only where it wrote the file.
    { cwd: root, stdio: ['inherit', 'ignore', 'inherit'] },
  );
  running = child;
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  running = undefined;
  const cause = asked ?? signal;
  if (cause) exitAfter(cause);
  const result = await readFile(output, 'utf8').then(
    (text) => JSON.parse(text) as JestResult,
    () => undefined,
  );
  if (!result) return failure;
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return {
    passed: result.numPassedTests,
    // Jest may also fail for a reason that is no test's, such as a worker that died.
    failed: code === 0 ? failed : Math.max(1, failed),
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

function testFiles(tier: Tier): readonly string[] {
  const directory = { unit: 'src', tools: 'scripts' }[tier as string] ?? join('test', tier);
  return globSync('**/*.test.ts', { cwd: join(root, directory) });
}

/** Makes or gets what a tier needs besides a control plane; returns why that is impossible. */
async function prepare(tier: Tier): Promise<string | undefined> {
  switch (tier) {
    case 'cluster':
      if (chooseRung(process.env).kind === 'modules')
        await buildComponents(clientComponents, streamProgress());
      // Where it can't be had, the two tests that need it say so.
      await prometheusProgram('promtool', streamProgress()).catch(() => undefined);
      return undefined;
    case 'operands':
      return prepareOperands(streamProgress());
    case 'real-node':
      return prepareMachine(streamProgress());
    case 'image':
      return prepareDocker(streamProgress());
    case 'gitops':
      return prepareGitOps(streamProgress());
    default:
      return undefined;
  }
}

async function runAll(args: readonly string[], scratch: string): Promise<readonly Totals[]> {
  const { fast, cluster, jestArguments } = selectTiers(args);
  const totals: Totals[] = [];
  if (fast.length > 0) {
    say(styleText('bold', `\n▶ ${fast.join(', ')}`));
    totals.push(await runJest(fast, ['--maxWorkers=100%', ...jestArguments], scratch));
  }
  // Before jest, which would hide the progress of a build that takes ten minutes.
  if (cluster.length > 0 && chooseRung(process.env).kind === 'modules') {
    await buildComponents(controlPlaneComponents, streamProgress());
  }
  const machine = thisMachine();
  for (const tier of cluster) {
    const files = testFiles(tier);
    if (files.length === 0) continue;
    say(styleText('bold', `\n▶ ${tier}`));
    const reason = reasonNotToRun(tier, machine) ?? (await prepare(tier));
    if (reason !== undefined) {
      say(styleText(['yellow', 'bold'], `  SKIPPED: the tests of ${tier} did not run: ${reason}`));
      totals.push({ passed: 0, failed: 0, skipped: files.length });
      continue;
    }
    totals.push(await runJest([tier], ['--runInBand', ...jestArguments], scratch));
  }
  return totals;
}

async function main(args: readonly string[]): Promise<void> {
  endOnSignals();
  const scratch = await mkdtemp(join(tmpdir(), 'calico-operator-tests-'));
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
  const totals = await runAll(args, scratch);
  const sum = (key: keyof Totals): number => totals.reduce((total, each) => total + each[key], 0);
  process.stdout.write(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped\n`);
  process.exitCode = sum('failed') > 0 ? 1 : 0;
}

await main(process.argv.slice(2));
