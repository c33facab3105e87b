/** What the program tells about itself. */

/** Values beside a constant log message. Never a secret. */
export type LogFields = Readonly<Record<string, unknown>>;

/** A structured logger: constant message, key-value pairs. Implemented over pino in this folder. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds `fields` to each line. */
  with(fields: LogFields): Logger;
}

/** A logger that says nothing, for tests and offline commands. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => silentLogger,
};
