/**
 * Stands for thread-stream in the bundle: pino's transports run in worker threads, which need files of their own. The log
 * is written to standard output synchronously, so nothing of it is used; pino only wants the module to be there.
 */
export const unavailable = 'transports are not part of the bundle';
