import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the range from which Linux takes the source ports of outgoing connections: a port of ours that is free for a
// moment, while a server restarts, is not taken by somebody's connection.
const first = 20_000;
const last = 32_000;
const attempts = 100;

/** Finds that many different free TCP ports on 127.0.0.1. */
export async function findFreePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  for (let attempt = 0; attempt < attempts && ports.size < count; attempt++) {
    const port = randomInt(first, last);
    if (await isFree(port)) ports.add(port);
  }
  if (ports.size < count) throw new Error(`found no ${count} free TCP ports between ${first} and ${last}`);
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
