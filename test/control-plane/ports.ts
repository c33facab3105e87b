import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the range from which Linux takes the source ports of outgoing connections: a port of ours that is free for a
// moment, while a server restarts, is not taken by somebody's connection.
const first = 20_000;
const last = 32_000;
// Each process looks in a part of its own, by its id, and from one port on: a port that is free now is bound only later,
// and two that start control planes at the same time would now and then take the same one.
const share = 200;
const shares = (last - first) / share;
const own = first + (process.pid % shares) * share;
let next = randomInt(share);

/** Finds that many different free TCP ports on 127.0.0.1. */
export async function findFreePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  for (let attempt = 0; attempt < share && ports.size < count; attempt++) {
    const port = own + (next++ % share);
    if (await isFree(port)) ports.add(port);
  }
  if (ports.size < count)
    throw new Error(`found no ${count} free TCP ports between ${own} and ${own + share}`);
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
