// `npm run demo`: a Kubernetes control plane, our operator on it, and Calico coming up. See README.md.
import { resolve } from 'node:path';

import { Command, InvalidArgumentError } from 'commander';

import { processConsole } from '../../src/commands/console.ts';
import { painterFor } from '../../src/commands/text.ts';
import { streamProgress } from '../control-plane/build/progress.ts';
import { thisMachine } from '../tiers.ts';
import { type Demo, install, setUp } from './demo.ts';
import { DemoFailure } from './failure.ts';
import { createView } from './live-view.ts';
import { fakeNodes, type MakeNodes } from './nodes.ts';
import { trials } from './next-steps.ts';
import { realInstallation, realNodes } from './real-nodes.ts';
import { describeLater, readWhatToInstall, stockFile, type WhatToInstall } from './what-to-install.ts';

interface Options {
  readonly nodes?: number;
  /** As it was given; absent: the stock file. */
  readonly file?: string;
  readonly exit?: true;
  readonly real?: true;
}

const { env, stdout } = process;
const interruptedCode = 130;
// npm changes into the project's folder, and tells where it was called.
const calledIn = env['INIT_CWD'] ?? process.cwd();

function say(text = ''): void {
  stdout.write(`${text}\n`);
}

async function runDemo(options: Options): Promise<void> {
  const progress = streamProgress();
  const what = await chooseWhatToInstall(options);
  const demo = await setUp(chooseNodes(options), progress);
  try {
    say();
    const view = createView({ screen: stdout, paint: painterFor(stdout), now: () => Date.now() });
    const took = await install(demo, what, view, processConsole(env));
    say(`\nAvailable ${(took / 1000).toFixed(1)} s after it was applied.`);
    const later = describeLater(what.objects);
    if (later !== undefined) say(later);
    for (const line of await demo.nodes.showWork(demo.controlPlane, progress)) say(line);
    if (options.exit === true) return;
    tellHowToGoOn(demo, what);
    await untilInterrupted();
    say('\nStopping');
  } finally {
    await demo.controlPlane.stop();
  }
}

function chooseWhatToInstall({ file, real }: Options): Promise<WhatToInstall> {
  if (file !== undefined) return readWhatToInstall(resolve(calledIn, file));
  return real === true ? Promise.resolve(realInstallation) : readWhatToInstall(stockFile);
}

function chooseNodes({ nodes, real }: Options): MakeNodes {
  return real === true ? realNodes(nodes ?? 2, thisMachine()) : fakeNodes(nodes ?? 3);
}

function tellHowToGoOn({ controlPlane, operator, bundle }: Demo, { installation }: WhatToInstall): void {
  say('\nGo on in another terminal:\n');
  say(`  export KUBECONFIG=${controlPlane.kubeconfig}`);
  for (const { shows, command } of trials(installation, bundle, calledIn))
    say(`\n  # ${shows}\n  ${command}`);
  say(`\nMetrics: ${operator.url}/metrics   Log: ${operator.logFile}`);
  say('Ctrl-C ends everything and removes what it made.');
}

let interrupt: (() => void) | undefined;

async function untilInterrupted(): Promise<void> {
  const alive = setInterval(() => undefined, 60_000);
  await new Promise<void>((resolve) => (interrupt = resolve));
  clearInterval(alive);
}

// Until there is something to be stopped in order, the supervisor of the control plane clears up after this process.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => (interrupt === undefined ? process.exit(interruptedCode) : interrupt()));
}

const program = new Command('npm run demo --')
  .description('Brings up Calico in a Kubernetes cluster on this machine, and shows how.')
  .option('--nodes <number>', 'how many nodes (default: 3; with --real: 2)', toCount)
  .option('--file <file>', 'what to apply (default: deploy/manifests/custom-resources.yaml)')
  .option('--exit', 'end after success (default: run until Ctrl-C)')
  .option('--real', 'real nodes with Calico itself on them; needs root on Linux')
  .allowExcessArguments(false)
  .action(runDemo);

function toCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('Give a number of at least 1, such as 3.');
}

await program.parseAsync().catch((error: unknown) => {
  process.stderr.write(
    `\n${error instanceof DemoFailure ? error.message : String((error as Error).stack)}\n`,
  );
  process.exitCode = 1;
});
