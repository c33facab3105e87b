// The process that owns everything a control plane starts. It lives as long as its standard input is open, which its
// parent holds, so that it notices the parent's death whatever killed it; then it kills all programs, runs the commands
// asked for, and removes the directory. It runs in a session of its own: Ctrl-C in a terminal reaches only the parent.
//
//   main.ts DIRECTORY [--keep]
import { rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { ProcessTable } from './process-table.ts';
import type { Method, Methods, Request, Response } from './protocol.ts';
import { socketName } from './protocol.ts';

const [directory, keep] = process.argv.slice(2);
if (directory === undefined) throw new Error('usage: main.ts DIRECTORY [--keep]');
const table = new ProcessTable(directory);

type Handlers = { readonly [M in Method]: (params: Methods[M]['params']) => Promise<Methods[M]['result']> };

const handlers: Handlers = {
  start: (request) => table.start(request),
  wait: ({ name }) => table.wait(name),
  signal: ({ name, signal }) => {
    table.signal(name, signal as NodeJS.Signals);
    return Promise.resolve(null);
  },
  stop: ({ name, signal, killAfterMs }) => table.stop(name, signal as NodeJS.Signals, killAfterMs),
  runAtEnd: ({ command, args }) => {
    table.runAtEnd(command, args);
    return Promise.resolve(null);
  },
  list: () => Promise.resolve(table.list()),
  end: async () => {
    await cleanUp();
    return null;
  },
};

async function answer(socket: Socket, request: Request): Promise<void> {
  let response: Response;
  try {
    const handle = handlers[request.method] as (params: unknown) => Promise<unknown>;
    response = { id: request.id, result: await handle(request.params) };
  } catch (error) {
    response = { id: request.id, error: error instanceof Error ? error.message : String(error) };
  }
  if (!socket.writable) return;
  socket.write(`${JSON.stringify(response)}\n`, () => {
    if (request.method === 'end') process.exit(0);
  });
}

/** Mounts of what was killed may hold folders for a while: up to a minute. */
function removeDirectory(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 35, retryDelay: 100 });
}

let cleaning: Promise<void> | undefined;
function cleanUp(): Promise<void> {
  cleaning ??= (async () => {
    await table.endAll();
    if (keep === undefined) await removeDirectory(directory as string);
  })();
  return cleaning;
}

const end = (): void => {
  void cleanUp().finally(() => process.exit(0));
};

process.stdin.resume();
process.stdin.on('end', end).on('close', end).on('error', end);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);

createServer((socket) => {
  socket.on('error', () => socket.destroy());
  createInterface({ input: socket }).on('line', (line) => void answer(socket, JSON.parse(line) as Request));
}).listen(join(directory, socketName), () => process.stdout.write('ready\n'));
