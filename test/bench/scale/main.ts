// `npm run bench:scale`: what each size of a cluster costs, against the budgets. Ends with 1 if one is broken.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { repository } from '../../../scripts/bundle/bundle.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { seededRandom } from '../../fault/random.ts';
import { startTroubledApi } from '../../fault/troubled-api.ts';
import { renderTable } from '../table.ts';
import { measureScale, type ScaleOptions } from './measure.ts';
import { renderPage, type Scenario, type Written } from './page.ts';
import { judgeScale, plotScale } from './report.ts';

const usage = `Usage: npm run bench:scale -- [--nodes 50,1000,5000] [--rest 60] [--rounds 3] [--trouble] [--write]

  --nodes    sizes that one cluster grows through
  --rest     seconds at rest for each size
  --rounds   how often every owned object is deleted and edited at the last size
  --trouble  half a second to the API server, and 5 % of its answers are 429 or 500
  --write    writes docs/performance.md, and results and plots beside it
`;

const trouble = { latency: 500, failures: 0.05 };

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      nodes: { type: 'string', default: '50,1000,5000' },
      rest: { type: 'string', default: '60' },
      rounds: { type: 'string', default: '3' },
      trouble: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const restSeconds = Number(values.rest);
  const scenario: Scenario = values.trouble ? 'troubled' : 'quiet';
  const result: Written = {
    machine: machine(),
    restSeconds,
    ...(await run(scenario, {
      sizes: values.nodes.split(',').map(Number),
      restSeconds,
      heartbeatsPerMinute: 2000,
      driftRounds: Number(values.rounds),
    })),
  };
  const rows = judgeScale(result, restSeconds);
  process.stdout.write(`\n${renderTable(rows, 'text')}\n`);
  if (values.write) await write(scenario, result);
  const broken = rows.filter(({ within }) => !within).map(({ name }) => name);
  process.stdout.write(broken.length === 0 ? '\nNothing is broken.\n' : `\nBroken: ${broken.join('; ')}.\n`);
  return broken.length === 0 ? 0 : 1;
}

async function run(scenario: Scenario, options: ScaleOptions) {
  const cluster = await startControlPlane();
  try {
    return scenario === 'quiet' ? await measureScale(cluster, options) : await runTroubled(cluster, options);
  } finally {
    await cluster.stop();
  }
}

async function runTroubled(cluster: ControlPlane, options: ScaleOptions) {
  const api = await startTroubledApi(cluster, { ...trouble, random: seededRandom(1) });
  try {
    const result = await measureScale(cluster, { ...options, server: api.url });
    return { ...result, failures: api.failed() };
  } finally {
    await api.stop();
  }
}

const machine = (): string =>
  `${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.version}`;

async function write(scenario: Scenario, result: Written): Promise<void> {
  const docs = join(repository, 'docs');
  const folder = join(docs, 'performance');
  const file = (name: Scenario): string => join(folder, `${name}.json`);
  await mkdir(folder, { recursive: true });
  await writeFile(file(scenario), `${JSON.stringify(result, null, 2)}\n`);
  const read = async (name: Scenario): Promise<Written | undefined> => {
    const text = await readFile(file(name), 'utf8').catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as Written);
  };
  const [quiet, troubled] = await Promise.all([read('quiet'), read('troubled')]);
  await writeFile(
    join(docs, 'performance.md'),
    renderPage({ ...(quiet && { quiet }), ...(troubled && { troubled }) }),
  );
  if (quiet !== undefined) await writeFile(join(folder, 'growth.svg'), plotScale(quiet));
}

process.exitCode = await main(process.argv.slice(2));
