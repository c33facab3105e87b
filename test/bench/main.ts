// `npm run bench`: what an install costs, against the budgets. `--nodes N`, `--markdown`. Ends with 1 if one is broken.
import { parseArgs } from 'node:util';

import { startControlPlane } from '../control-plane/control-plane.ts';
import { measure } from './measure.ts';
import { judgeRendering } from './render.ts';
import { judge, renderTable, type Row } from './table.ts';

const usage = 'Usage: npm run bench -- [--nodes 50] [--rest 60] [--markdown]\n';

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      nodes: { type: 'string', default: '50' },
      /** Seconds. */
      rest: { type: 'string', default: '60' },
      markdown: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const nodes = Number(values.nodes);
  // Before the control plane starts, which would share the machine.
  const rendering = judgeRendering();
  const cluster = await startControlPlane();
  try {
    const measured = await measure(cluster, { nodes, restSeconds: Number(values.rest) });
    const rows = [...judge(measured), ...rendering];
    process.stdout.write(`\n${renderTable(rows, values.markdown ? 'markdown' : 'text')}\n`);
    const broken = rows.filter(({ within }) => !within);
    const slow = rows.filter((row) => row.within && row.slow === true);
    const names = (of: readonly Row[]): string => of.map(({ name }) => name).join('; ');
    if (slow.length > 0) process.stdout.write(`\nBeyond the budget, on this machine now: ${names(slow)}.\n`);
    process.stdout.write(broken.length === 0 ? '\nNothing is broken.\n' : `\nBroken: ${names(broken)}.\n`);
    return broken.length === 0 ? 0 : 1;
  } finally {
    await cluster.stop();
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
process.exitCode = await main(process.argv.slice(2));
