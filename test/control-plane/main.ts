import { once } from 'node:events';

import { Command } from 'commander';

import { buildComponents } from './build/build.ts';
import type { ComponentName } from './build/components.ts';
import { controlPlaneComponents, findComponent } from './build/components.ts';
import { streamProgress } from './build/progress.ts';
import { startControlPlane } from './control-plane.ts';

const program = new Command('control-plane').description('A real Kubernetes control plane on this machine');

program
  .command('build')
  .description('build what is missing into the cache, and print where it lies')
  .argument('[component...]', 'programs to build; without any, those of a control plane')
  .action(async (names: string[]) => {
    const wanted: ComponentName[] = names.map((name) => findComponent(name).name);
    const programs = await buildComponents(
      wanted.length > 0 ? wanted : controlPlaneComponents,
      streamProgress(),
    );
    for (const path of Object.values(programs)) process.stdout.write(`${path}\n`);
  });

program
  .command('up')
  .description('start a control plane and keep it until Ctrl-C')
  .option('--nodes <number>', 'fake nodes to create', '0')
  .option('--dir <directory>', 'empty directory for its files, which stay; default: a temporary one')
  .action(up);

async function up(options: { nodes: string; dir?: string }): Promise<void> {
  const nodes = Number(options.nodes);
  if (!Number.isInteger(nodes) || nodes < 0)
    throw new Error(`--nodes ${options.nodes}: give a number, such as 50`);
  const interrupted = Promise.race(
    (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => once(process, signal)),
  );
  const starting = startControlPlane(options.dir === undefined ? {} : { directory: options.dir });
  const controlPlane = await Promise.race([starting, interrupted.then(() => undefined)]);
  // What has been started so far ends with this process.
  if (!controlPlane) process.exit(130);
  await controlPlane.createNodes(nodes);
  process.stdout.write(`export KUBECONFIG=${controlPlane.kubeconfig}\n`);
  process.stderr.write('running; Ctrl-C stops it and removes what it made\n');
  const alive = setInterval(() => undefined, 60_000);
  await interrupted;
  clearInterval(alive);
  await controlPlane.stop();
}

await program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
