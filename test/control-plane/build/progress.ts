import { styleText } from 'node:util';

/** One step that takes a while. */
export interface Step {
  /** Shows what the step is at; for terminals only. */
  readonly detail: (text: string) => void;
  readonly done: () => void;
  readonly failed: () => void;
}

/** Tells a person what takes so long. */
export interface Progress {
  readonly start: (what: string) => Step;
  readonly note: (text: string) => void;
}

/** Says nothing. */
export const silentProgress: Progress = {
  start: () => ({ detail: () => undefined, done: () => undefined, failed: () => undefined }),
  note: () => undefined,
};

const redrawMilliseconds = 1000;
const plainRepeatMilliseconds = 30_000;

/**
 * Progress on a stream: one line that counts seconds on a terminal, and otherwise a line at the start, at the end and
 * every half minute in between, so that logs of a build server show life.
 */
export function streamProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  return {
    start: (what) => (stream.isTTY ? terminalStep(stream, what) : plainStep(stream, what)),
    note: (text) => stream.write(`${text}\n`),
  };
}

function terminalStep(stream: NodeJS.WriteStream, what: string): Step {
  const started = performance.now();
  let detail = '';
  const draw = (mark: string, end = ''): void => {
    const line = `${mark} ${what} ${seconds(started)} ${detail}`.slice(0, Math.max(20, stream.columns - 1));
    stream.write(`\r\u001b[2K${line}${end}`);
  };
  draw('…');
  const timer = setInterval(() => draw('…'), redrawMilliseconds).unref();
  const end = (mark: string): void => {
    clearInterval(timer);
    detail = '';
    draw(mark, '\n');
  };
  return {
    detail: (text) => {
      detail = text;
    },
    done: () => end(styleText('green', '✓')),
    failed: () => end(styleText('red', '✗')),
  };
}

function plainStep(stream: NodeJS.WriteStream, what: string): Step {
  const started = performance.now();
  stream.write(`${what} …\n`);
  const timer = setInterval(
    () => stream.write(`${what}: ${seconds(started)} so far\n`),
    plainRepeatMilliseconds,
  ).unref();
  const end = (text: string): void => {
    clearInterval(timer);
    stream.write(`${what}: ${text} after ${seconds(started)}\n`);
  };
  return { detail: () => undefined, done: () => end('done'), failed: () => end('failed') };
}

function seconds(started: number): string {
  return `${Math.round((performance.now() - started) / 1000)} s`;
}
