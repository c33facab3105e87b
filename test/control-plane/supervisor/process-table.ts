import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';

import type { Exit, StartRequest } from './protocol.ts';

interface Entry {
  readonly child: ChildProcess;
  readonly exited: Promise<Exit>;
  exit: Exit | undefined;
}

/** The programs of one supervisor by name. Each is the leader of a process group, so that its own children end with it. */
export class ProcessTable {
  readonly #entries = new Map<string, Entry>();
  readonly #atEnd: { readonly command: string; readonly args: readonly string[] }[] = [];
  readonly #logs: string;
  #ended = false;

  constructor(directory: string) {
    this.#logs = join(directory, 'logs');
    mkdirSync(this.#logs, { recursive: true });
  }

  /** @throws Error if a program of that name runs, or this one cannot be executed. */
  async start(request: StartRequest): Promise<{ pid: number }> {
    if (this.#ended) throw new Error('the control plane is being stopped');
    if (this.#running(request.name)) throw new Error(`"${request.name}" is already running`);
    const log = openSync(join(this.#logs, `${request.name}.log`), 'a');
    const child = spawn(request.command, request.args, {
      env: request.env,
      detached: true,
      stdio: ['ignore', log, log],
      ...(request.cwd !== undefined && { cwd: request.cwd }),
    });
    closeSync(log);
    const exited = new Promise<Exit>((resolve) => {
      child.on('exit', (code, signal) => resolve({ code, signal }));
      child.on('error', () => resolve({ code: 127, signal: null }));
    });
    const entry: Entry = { child, exited, exit: undefined };
    this.#entries.set(request.name, entry);
    void exited.then((exit) => (entry.exit = exit));
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    return { pid: child.pid ?? 0 };
  }

  async wait(name: string): Promise<Exit> {
    return this.#entry(name).exited;
  }

  signal(name: string, signal: NodeJS.Signals): void {
    const entry = this.#entry(name);
    if (!entry.exit) killGroup(entry.child, signal);
  }

  async stop(name: string, signal: NodeJS.Signals, killAfterMs: number): Promise<Exit> {
    const entry = this.#entry(name);
    if (entry.exit) return entry.exit;
    killGroup(entry.child, signal);
    const timer = setTimeout(() => killGroup(entry.child, 'SIGKILL'), killAfterMs);
    const exit = await entry.exited;
    clearTimeout(timer);
    return exit;
  }

  runAtEnd(command: string, args: readonly string[]): void {
    this.#atEnd.push({ command, args });
  }

  /** Process ids of what runs now. */
  list(): Readonly<Record<string, number>> {
    const running = [...this.#entries].filter(([, entry]) => !entry.exit);
    return Object.fromEntries(running.map(([name, entry]) => [name, entry.child.pid ?? 0]));
  }

  /** Kills everything; nothing can be started afterwards. */
  async endAll(): Promise<void> {
    this.#ended = true;
    for (const entry of this.#entries.values()) killGroup(entry.child, 'SIGKILL');
    await Promise.all([...this.#entries.values()].map((entry) => entry.exited));
    for (const { command, args } of this.#atEnd.reverse()) spawnSync(command, args, { stdio: 'ignore' });
  }

  #running(name: string): boolean {
    const entry = this.#entries.get(name);
    return entry !== undefined && !entry.exit;
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (!entry) throw new Error(`no program called "${name}" was started`);
    return entry;
  }
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has already ended.
  }
}
