// `npm run bench:scale`: what each size of a cluster costs, against the budgets. Ends with 1 if one is broken.
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { repository } from '../../../scripts/bundle/bundle.ts';
import { startControlPlane } from '../../control-plane/control-plane.ts';
import { renderTable } from '../table.ts';
import { measureScale, type ScaleResult } from './measure.ts';
import { judgeScale, plotScale } from './report.ts';

const usage = `Usage: npm run bench:scale -- [--nodes 50,1000,5000] [--rest 60] [--rounds 3] [--write]

  --nodes   sizes that one cluster grows through
  --rest    seconds at rest for each size
  --rounds  how often every owned object is deleted and edited at the last size
  --write   writes docs/performance/: table, results as JSON, plots
`;

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      nodes: { type: 'string', default: '50,1000,5000' },
      rest: { type: 'string', default: '60' },
      rounds: { type: 'string', default: '3' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const sizes = values.nodes.split(',').map(Number);
  const restSeconds = Number(values.rest);
  const cluster = await startControlPlane();
  try {
    const result = await measureScale(cluster, {
      sizes,
      restSeconds,
      heartbeatsPerMinute: 2000,
      driftRounds: Number(values.rounds),
    });
    const rows = judgeScale(result, restSeconds);
    process.stdout.write(`\n${renderTable(rows, 'text')}\n`);
    if (values.write)
      await write(
        { machine: machine(), restSeconds, ...result },
        renderTable(rows, 'markdown'),
        plotScale(result),
      );
    const broken = rows.filter(({ within }) => !within).map(({ name }) => name);
    process.stdout.write(
      broken.length === 0 ? '\nNothing is broken.\n' : `\nBroken: ${broken.join('; ')}.\n`,
    );
    return broken.length === 0 ? 0 : 1;
  } finally {
    await cluster.stop();
  }
}

const machine = (): string =>
  `${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.version}`;

interface Written extends ScaleResult {
  readonly machine: string;
  readonly restSeconds: number;
}

async function write(result: Written, table: string, plots: string): Promise<void> {
  const folder = join(repository, 'docs', 'performance');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'results.json'), `${JSON.stringify(result, null, 2)}\n`);
  await writeFile(join(folder, 'table.md'), `Measured on ${result.machine}.\n\n${table}\n`);
  await writeFile(join(folder, 'growth.svg'), plots);
}

process.exitCode = await main(process.argv.slice(2));
