import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { parseEndpoint, relay } from './relay.ts';

let directory = '';
let echo: Server;
const open: Server[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relay-'));
  echo = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  open.push(echo);
  await once(echo, 'listening');
});
afterEach(async () => {
  for (const server of open.splice(0)) server.close();
  await rm(directory, { recursive: true });
});

function echoPort(): number {
  return (echo.address() as { port: number }).port;
}

async function start(rule: string): Promise<Socket> {
  const server = relay(rule);
  open.push(server);
  await once(server, 'listening');
  return connect(join(directory, 'socket'));
}

test('carries a connection, and its two ends one by one', async () => {
  const socket = await start(`unix:${join(directory, 'socket')}=tcp:127.0.0.1:${echoPort()}`);
  socket.end('hello');
  expect(await text(socket)).toBe('hello');
});

test('closes the connection when nobody listens at the other end', async () => {
  const socket = await start(`unix:${join(directory, 'socket')}=unix:${join(directory, 'nobody')}`);
  socket.write('hello');
  await expect(text(socket).catch(() => '')).resolves.toBe('');
});

test('serves CONNECT', async () => {
  const socket = await start(`connect:${join(directory, 'socket')}`);
  socket.write(`CONNECT 127.0.0.1:${echoPort()} HTTP/1.1\r\nHost: x\r\n\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /);
  socket.write('hello');
  const [echoed] = (await once(socket, 'data')) as [Buffer];
  expect(echoed.toString()).toBe('hello');
  socket.destroy();
});

test('refuses what is no endpoint', () => {
  expect(() => parseEndpoint('tcp:no-port')).toThrow('"tcp:no-port" is no endpoint');
  expect(() => parseEndpoint('/a/path')).toThrow('write unix:PATH or tcp:ADDRESS:PORT');
});
