/** Results of the scale benchmark: held against the budgets, and written down. */
import { amount, type Row, time } from '../table.ts';
import type { ScaleResult } from './measure.ts';
import { renderPlots } from './plot.ts';
import type { Size } from './types.ts';

/** Budgets by number of nodes, from the largest size that they hold for. */
const memoryBudgets = [
  { upTo: 50, resident: 105, anonymous: 60 },
  { upTo: 1000, resident: 110, anonymous: 65 },
  { upTo: Infinity, resident: 120, anonymous: 75 },
] as const;

/** One row for each budget of each size, and those of the repairs. */
export function judgeScale({ sizes, repairs }: ScaleResult, restSeconds: number): readonly Row[] {
  return [
    ...sizes.flatMap((size, index) => judgeSize(size, sizes[index - 1], restSeconds)),
    ...(repairs.trials === 0
      ? []
      : [
          time(`repairs, p99 of ${repairs.trials}`, repairs.p99, 1000),
          time(`slowest repair (${repairs.worstObject})`, repairs.worst, 1000),
        ]),
  ];
}

function judgeSize(size: Size, before: Size | undefined, restSeconds: number): readonly Row[] {
  const { nodes, grown, rest, busy, restart } = size;
  const memory = memoryBudgets.find(({ upTo }) => nodes <= upTo) ?? memoryBudgets[2];
  const at = (what: string): string => `${nodes} nodes: ${what}`;
  const growth =
    before === undefined
      ? [amount(at('writes of the install, status apart'), grown.writes, size.objects + 12)]
      : [
          amount(`${before.nodes} → ${nodes} nodes: writes, status apart`, grown.writes, 12),
          amount(`${before.nodes} → ${nodes} nodes: CPU`, grown.processor, 6, ' s'),
        ];
  return [
    ...growth,
    amount(at(`writes in ${restSeconds} quiet seconds`), rest.writes + rest.statusWrites, 0),
    amount(at('CPU in them'), rest.processor, (0.5 * restSeconds) / 60, ' s'),
    amount(at('writes under heartbeats, a minute'), busy.writes + busy.statusWrites, 0),
    amount(at('CPU under heartbeats, a minute'), busy.processor, 0.5, ' s'),
    amount(at('watches'), size.watches, 28),
    amount(at('resident memory'), rest.residentMiB, memory.resident, ' MiB'),
    amount(at('of it anonymous'), rest.anonymousMiB, memory.anonymous, ' MiB'),
    amount(at('peak after a start'), restart.peakMiB, 150, ' MiB'),
    time(at('restart → /readyz'), restart.readyMilliseconds, 3000),
    amount(at('writes after the restart'), restart.writes + restart.statusWrites, 0),
    time(at('longest stall of the event loop in it'), restart.loopMax, 100),
  ];
}

/** Growth of memory and of work with the number of nodes, as SVG. */
export function plotScale({ sizes }: ScaleResult): string {
  const series = (name: string, value: (size: Size) => number) => ({
    name,
    points: sizes.map((size) => ({ nodes: size.nodes, value: value(size) })),
  });
  return renderPlots([
    {
      title: 'Memory',
      unit: 'MiB by nodes',
      series: [
        series('resident', ({ rest }) => rest.residentMiB),
        series('anonymous', ({ rest }) => rest.anonymousMiB),
      ],
    },
    {
      title: 'CPU in a minute',
      unit: 's by nodes',
      series: [
        series('quiet', ({ rest }) => (rest.processor / rest.seconds) * 60),
        series('heartbeats', ({ busy }) => busy.processor),
      ],
    },
    {
      title: 'Restart',
      unit: 'ms by nodes',
      series: [series('to /readyz', ({ restart }) => restart.readyMilliseconds)],
    },
  ]);
}
