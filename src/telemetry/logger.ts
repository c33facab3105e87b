/** The program's log: one JSON object a line on standard output, written at once, without secrets. */
import { destination, pino } from 'pino';
import { redact, redactText } from './redact.ts';
import type { LogFields, Logger } from './types.ts';

/** Severities, the least important first. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LoggerOptions {
  /** Less important lines are dropped. */
  readonly level: LogLevel;
  /** In each line, as `{ version: '0.1.0' }`. */
  readonly fields?: LogFields;
  /** Takes each line with its line end. Default: standard output, synchronously, so that nothing is lost at an exit. */
  readonly write?: (line: string) => void;
}

type PinoLogger = ReturnType<typeof pino<string>>;

/** Creates the logger. Lines have `time` (RFC 3339), `level`, `msg`, and the fields; errors become name, message, stack. */
export function createLogger(options: LoggerOptions): Logger {
  const sink = options.write === undefined ? destination({ dest: 1, sync: true }) : { write: options.write };
  const logger = pino<string>(
    {
      level: options.level,
      base: redact(options.fields ?? {}) as object,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
      // Errors are plain data by then.
      serializers: {},
    },
    sink,
  );
  return wrap(logger);
}

function wrap(logger: PinoLogger): Logger {
  const line =
    (level: LogLevel) =>
    (message: string, fields?: LogFields): void => {
      if (!logger.isLevelEnabled(level)) return;
      const text = redactText(message);
      if (fields === undefined) logger[level](text);
      else logger[level](redact(fields), text);
    };
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    with: (fields) => wrap(logger.child(redact(fields) as object)),
  };
}
