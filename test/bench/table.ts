/** The budgets, and measurements held against them. */

/** What one run measured. Times in milliseconds, memory in MiB. */
export interface Measured {
  readonly nodes: number;
  readonly objects: number;
  readonly timeToReadyz: number;
  readonly timeToDaemonSet: number;
  readonly timeToLastObject: number;
  readonly timeToReady: number;
  /** From the moment the last pod of calico-node was ready. */
  readonly readyAfterLastPod: number;
  readonly writes: number;
  readonly reads: number;
  readonly restSeconds: number;
  readonly writesAtRest: number;
  readonly writesAfterRestart: number;
  readonly timeToReadyzAgain: number;
  readonly watches: number;
  readonly residentMiB: number;
  readonly anonymousMiB: number;
  readonly bundleMiB: number;
}

export interface Row {
  readonly name: string;
  readonly value: string;
  readonly budget: string;
  /** False fails the run. */
  readonly within: boolean;
  /** A time beyond its budget that a busy machine may explain. */
  readonly slow?: boolean;
}

/** How far beyond its budget a time may be before the run fails: a machine may be slow, a count never is. */
const tolerance = 3;

/** A row of a time, in milliseconds. */
export const time = (name: string, milliseconds: number, budget: number): Row => ({
  name,
  value: `${Math.round(milliseconds)} ms`,
  budget: `≤ ${budget} ms`,
  within: milliseconds <= budget * tolerance,
  slow: milliseconds > budget,
});
/** A row of a number that may not be exceeded at all. */
export const amount = (name: string, value: number, budget: number, unit = ''): Row => ({
  name,
  value: `${brief(value)}${unit}`,
  budget: budget === 0 ? '0' : `≤ ${brief(budget)}${unit}`,
  within: value <= budget,
});

const brief = (value: number): string =>
  Number.isInteger(value) ? String(value) : value.toFixed(value < 1 ? 2 : 1);

/** One row for each budget. Those of memory are for up to 50 nodes. */
export function judge(measured: Measured): readonly Row[] {
  const { nodes, objects, restSeconds } = measured;
  const [resident, anonymous] = nodes <= 50 ? [105, 60] : nodes <= 1000 ? [110, 65] : [120, 75];
  return [
    time('process started → /readyz', measured.timeToReadyz, 1000),
    time(`Installation applied → DaemonSet, ${nodes} nodes`, measured.timeToDaemonSet, 300),
    time(`Installation applied → last of ${objects} objects`, measured.timeToLastObject, 1000),
    {
      name: 'Installation applied → Ready',
      value: `${Math.round(measured.timeToReady)} ms`,
      budget: '–',
      within: true,
    },
    time('last pod ready → Ready', measured.readyAfterLastPod, 500),
    amount('writes of the install', measured.writes, objects + 12),
    amount('reads of the install', measured.reads, 15),
    amount(`writes at rest, ${restSeconds} s`, measured.writesAtRest, 0),
    amount('writes after a restart', measured.writesAfterRestart, 0),
    time('restart → /readyz', measured.timeToReadyzAgain, 1000),
    amount('watches', measured.watches, 28),
    amount('resident memory, idle', measured.residentMiB, resident, ' MiB'),
    amount('of it anonymous', measured.anonymousMiB, anonymous, ' MiB'),
    amount('size of the bundle', measured.bundleMiB, 2.5, ' MiB'),
  ];
}

const mark = ({ within, slow = false }: Row): string => (within ? (slow ? '  slow' : '') : '  ✗');

/** The rows as a table. */
export function renderTable(rows: readonly Row[], format: 'text' | 'markdown'): string {
  const head: Row = { name: 'what', value: 'measured', budget: 'budget', within: true };
  const width = (key: 'name' | 'value' | 'budget'): number =>
    Math.max(...[head, ...rows].map((row) => row[key].length));
  const [name, value, budget] = [width('name'), width('value'), width('budget')];
  const line = (row: Row): string => {
    const cells = [row.name.padEnd(name), row.value.padStart(value), row.budget.padStart(budget)];
    return format === 'markdown' ? `| ${cells.join(' | ')}${mark(row)} |` : `${cells.join('  ')}${mark(row)}`;
  };
  const rule =
    format === 'markdown'
      ? `| ${'-'.repeat(name)} | ${'-'.repeat(value - 1)}: | ${'-'.repeat(budget - 1)}: |`
      : '';
  return [line(head), ...(rule === '' ? [] : [rule]), ...rows.map(line)].join('\n');
}
