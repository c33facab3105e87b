import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { connect, Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import type { Method, Methods, Response } from './protocol.ts';
import { socketName } from './protocol.ts';

const script = fileURLToPath(new URL('main.ts', import.meta.url));
const longestSocketPath = 100;

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  /** Whether the answer keeps this process alive. */
  readonly holds: boolean;
}

/** Connection to a supervisor. It does not keep the process alive but while an answer is awaited. */
export class SupervisorClient {
  readonly #socket: Socket;
  readonly #pending = new Map<number, Pending>();
  #next = 1;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.unref();
    createInterface({ input: socket }).on('line', (line) => this.#settle(JSON.parse(line) as Response));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#abandon());
  }

  /**
   * Starts a supervisor of that directory that ends, with all it started, when this process ends in any way.
   * @param keep leaves the directory behind at the end.
   */
  static async launch(directory: string, keep: boolean): Promise<SupervisorClient> {
    await mkdir(directory, { recursive: true });
    const path = join(directory, socketName);
    if (path.length > longestSocketPath) {
      throw new Error(`the path ${path} is too long for a UNIX socket; choose a shorter directory (TMPDIR)`);
    }
    const log = openSync(join(directory, 'supervisor.log'), 'a');
    const child = spawn(process.execPath, [script, directory, ...(keep ? ['--keep'] : [])], {
      detached: true,
      stdio: ['pipe', 'pipe', log],
    });
    closeSync(log);
    const { stdin, stdout } = child;
    if (!stdin || !stdout) throw new Error('the supervisor could not be started');
    const ready = once(stdout, 'data');
    const ended = once(child, 'exit').then(() =>
      Promise.reject(new Error(`the supervisor ended; see ${directory}`)),
    );
    await Promise.race([ready, ended]);
    ended.catch(() => undefined);
    stdout.destroy();
    child.unref();
    // The open standard input is what ties the supervisor's life to ours; it must not keep us alive in turn.
    if (stdin instanceof Socket) stdin.unref();
    return SupervisorClient.connect(directory);
  }

  /** Connects to the supervisor of that directory, whoever launched it. */
  static async connect(directory: string): Promise<SupervisorClient> {
    const socket = connect(join(directory, socketName));
    await once(socket, 'connect');
    return new SupervisorClient(socket);
  }

  /** Asks the supervisor. @param holds false for a question whose answer must not keep this process alive. */
  request<M extends Method>(
    method: M,
    params: Methods[M]['params'],
    holds = true,
  ): Promise<Methods[M]['result']> {
    const id = this.#next++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    if (this.#socket.destroyed) return Promise.reject(new Error(gone));
    this.#pending.set(id, { resolve, reject, holds });
    this.#hold();
    this.#socket.write(`${JSON.stringify({ id, method, params })}\n`);
    return promise as Promise<Methods[M]['result']>;
  }

  close(): void {
    this.#socket.destroy();
  }

  #settle(response: Response): void {
    const pending = this.#pending.get(response.id);
    this.#pending.delete(response.id);
    this.#hold();
    if ('error' in response) pending?.reject(new Error(response.error));
    else pending?.resolve(response.result);
  }

  #abandon(): void {
    for (const pending of this.#pending.values()) pending.reject(new Error(gone));
    this.#pending.clear();
  }

  #hold(): void {
    if ([...this.#pending.values()].some((pending) => pending.holds)) this.#socket.ref();
    else this.#socket.unref();
  }
}

const gone = 'the supervisor of the control plane has ended, and everything it started with it';
