import { describeStatus } from '../../src/commands/status/describe.ts';
import { describeProgress } from '../../src/commands/status/progress.ts';
import type { StatusReport } from '../../src/commands/status/report.ts';
import { formatAge, type Paint } from '../../src/commands/text.ts';

/** Shows how an installation comes about. */
export interface View {
  readonly show: (report: StatusReport) => void;
  /** Leaves the last report, in full. */
  readonly end: () => void;
}

/** What a view needs of a terminal or a file. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly rows?: number;
  write(text: string): unknown;
}

export interface ViewOptions {
  readonly screen: Screen;
  readonly paint: Paint;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The view of `calico-operator status`: drawn anew in its place on a terminal, otherwise a line a change. */
export function createView(options: ViewOptions): View {
  return options.screen.isTTY ? redrawingView(options) : lineView(options);
}

const wrapOff = '\u001b[?7l';
const wrapOn = '\u001b[?7h';
const clearLine = '\u001b[K';
const clearBelow = '\u001b[J';
const defaultRows = 24;

function redrawingView({ screen, paint, now }: ViewOptions): View {
  let report: StatusReport | undefined;
  let drawn: readonly string[] = [];
  const draw = (lines: readonly string[]): void => {
    if (lines.join('\n') === drawn.join('\n')) return;
    const up = drawn.length > 0 ? `\r\u001b[${drawn.length}A` : '';
    const text = lines.map((line) => `${line}${clearLine}\n`).join('');
    // A line that wraps would take two rows, and the next drawing would start one too low.
    screen.write(`${up}${wrapOff}${text}${clearBelow}${wrapOn}`);
    drawn = lines;
  };
  return {
    show: (latest) => {
      report = latest;
      // What has left the screen at its top cannot be drawn over.
      draw(fit(describeStatus(latest, now(), paint), (screen.rows ?? defaultRows) - 1));
    },
    end: () => {
      if (report === undefined) return;
      draw([]);
      screen.write(`${describeStatus(report, now(), paint).join('\n')}\n`);
    },
  };
}

function fit(lines: readonly string[], rows: number): readonly string[] {
  if (lines.length <= rows) return lines;
  const shown = Math.max(0, rows - 1);
  return [...lines.slice(0, shown), `… ${lines.length - shown} more lines`];
}

function lineView({ screen, paint, now }: ViewOptions): View {
  const began = now();
  let report: StatusReport | undefined;
  return {
    show: (latest) => {
      for (const line of describeProgress(report, latest)) {
        screen.write(`${formatAge(now() - began).padStart(5)}  ${line}\n`);
      }
      report = latest;
    },
    end: () => {
      if (report !== undefined) screen.write(`\n${describeStatus(report, now(), paint).join('\n')}\n`);
    },
  };
}
