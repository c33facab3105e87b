import { existsSync, readFileSync } from 'node:fs';
import { cp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ApiClient } from './api-client.ts';
import { AuditLog } from './audit-log.ts';
import {
  apiServerArguments,
  controllerManagerArguments,
  etcdArguments,
  kwokArguments,
  schedulerArguments,
} from './command-lines.ts';
import { eventually } from './eventually.ts';
import type { NodeOptions } from './nodes.ts';
import { createNodes } from './nodes.ts';
import type { PodFault } from './pods.ts';
import { setPodFault, setPodStatus } from './pods.ts';
import { logFileOf, runProgram, stopTimeout, writeAccountKubeconfig } from './programs.ts';
import type { State } from './state.ts';
import type { SupervisorClient } from './supervisor/client.ts';
import type { ControlPlane, Part, Program, ProgramOptions, ServiceAccountRef } from './types.ts';

const stages = ['nodes.yaml', 'pods.yaml'].map((name) =>
  fileURLToPath(new URL(`stages/${name}`, import.meta.url)),
);
const startTimeout = 120_000;
const drainTimeout = 70_000;

/** A control plane of processes on this machine. */
export class LocalControlPlane implements ControlPlane {
  readonly rung: State['rung'];
  readonly directory: string;
  readonly url: string;
  readonly ca: string;
  readonly kubeconfig: string;
  readonly api: ApiClient;
  readonly auditLog: AuditLog;
  readonly egressSocket: string;
  readonly #state: State;
  readonly #supervisor: SupervisorClient;

  constructor(state: State, supervisor: SupervisorClient) {
    const { files, ports, rung } = state;
    this.#state = state;
    this.#supervisor = supervisor;
    this.rung = rung;
    this.directory = files.directory;
    this.url = `https://127.0.0.1:${ports.apiServer}`;
    this.ca = readFileSync(files.pki.ca, 'utf8');
    this.kubeconfig = files.kubeconfig;
    this.api = new ApiClient(this.url, {
      ca: this.ca,
      cert: readFileSync(files.pki.admin),
      key: readFileSync(files.pki.adminKey),
    });
    this.auditLog = new AuditLog(files.auditLog);
    this.egressSocket = files.egressSocket;
  }

  /** Starts every part on whatever data there is, and resolves when the API server and the controllers answer. */
  async start(): Promise<void> {
    await this.#startStore();
    await this.startApiServer();
    await this.#startControllers();
    if (this.#has('kube-controller-manager')) await this.#waitForControllers();
  }

  kubeconfigFor(
    account: ServiceAccountRef,
    options: { readonly expirationSeconds?: number } = {},
  ): Promise<string> {
    return writeAccountKubeconfig(this.directory, this.api, this.ca, account, options.expirationSeconds);
  }

  createNodes(count: number, options?: NodeOptions): Promise<readonly string[]> {
    if ((options?.fake ?? true) && !this.#has('kwok')) {
      return Promise.reject(
        new Error('this control plane runs without KWOK: fake nodes would never be Ready'),
      );
    }
    return createNodes(this.api, count, options);
  }

  setPodFault(namespace: string, name: string, fault: PodFault | undefined): Promise<void> {
    return setPodFault(this.api, namespace, name, fault);
  }

  setPodStatus(namespace: string, name: string, status: object): Promise<void> {
    return setPodStatus(this.api, namespace, name, status);
  }

  async snapshot(name: string): Promise<void> {
    const target = this.#snapshotPath(name);
    await rm(target, { recursive: true, force: true });
    // Frozen between two instructions, the store's files are what a crash would leave, which it recovers from.
    await this.signal('etcd', 'SIGSTOP');
    try {
      await copyData(this.#state.files.etcdData, `${target}.new`);
    } finally {
      await this.signal('etcd', 'SIGCONT');
    }
    await rename(`${target}.new`, target);
  }

  hasSnapshot(name: string): boolean {
    return existsSync(this.#snapshotPath(name));
  }

  async restore(name: string): Promise<void> {
    if (!this.hasSnapshot(name)) throw new Error(`there is no snapshot called "${name}"`);
    const running = Object.keys(await this.#supervisor.request('list', null));
    const parts = Object.keys(this.#state.programs).filter((part) => running.includes(part));
    await Promise.all(parts.map((part) => this.#stop(part as Part, 'SIGKILL')));
    await rm(this.#state.files.etcdData, { recursive: true, force: true });
    await copyData(this.#snapshotPath(name), this.#state.files.etcdData);
    await this.#startStore();
    await this.startApiServer();
    await this.#startControllers();
  }

  async stopApiServer(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.#stop('kube-apiserver', signal, drainTimeout);
  }

  async startApiServer(): Promise<void> {
    await this.#start('kube-apiserver', apiServerArguments(this.#state.files, this.#state.ports));
    await this.#whileRunning('kube-apiserver', async () => {
      await this.api.get('/readyz');
      return true;
    });
  }

  async restartApiServer(signal?: NodeJS.Signals): Promise<void> {
    await this.stopApiServer(signal);
    await this.startApiServer();
  }

  async signal(part: Part, signal: NodeJS.Signals): Promise<void> {
    await this.#supervisor.request('signal', { name: part, signal });
  }

  run(name: string, command: string, args: readonly string[], options?: ProgramOptions): Promise<Program> {
    return runProgram(this.#supervisor, this.directory, name, command, args, options);
  }

  async runAtEnd(command: string, args: readonly string[]): Promise<void> {
    await this.#supervisor.request('runAtEnd', { command, args });
  }

  async stop(): Promise<void> {
    this.api.close();
    await this.#supervisor.request('end', null);
    this.#supervisor.close();
  }

  async #startStore(): Promise<void> {
    await this.#start('etcd', etcdArguments(this.#state.files, this.#state.ports));
    await this.#whileRunning('etcd', async () => {
      const response = await fetch(`http://127.0.0.1:${this.#state.ports.etcd}/health`);
      return response.ok;
    });
  }

  async #startControllers(): Promise<void> {
    const { files, kwok } = this.#state;
    const optional: readonly (readonly [Part, readonly string[]])[] = [
      ['kube-controller-manager', controllerManagerArguments(files)],
      ['kube-scheduler', schedulerArguments(files)],
      ...(kwok ? [['kwok', kwokArguments(files, stages)] as const] : []),
    ];
    const there = optional.filter(([part]) => this.#has(part));
    await Promise.all(there.map(([part, args]) => this.#start(part, args)));
  }

  async #waitForControllers(): Promise<void> {
    await this.#whileRunning('kube-controller-manager', () =>
      this.api.find('/api/v1/namespaces/default/serviceaccounts/default'),
    );
  }

  #has(part: Part): boolean {
    return this.#state.programs[part] !== undefined && (part !== 'kwok' || this.#state.kwok);
  }

  async #start(part: Part, args: readonly string[]): Promise<void> {
    const command = this.#state.programs[part];
    if (command === undefined) throw new Error(`this control plane has no ${part}`);
    await this.run(part, command, [...args, ...(this.#state.extraArgs[part] ?? [])], {
      env: { PATH: process.env['PATH'], HOME: this.directory },
      cwd: this.directory,
    });
  }

  async #stop(part: Part, signal: NodeJS.Signals, killAfterMs = stopTimeout): Promise<void> {
    await this.#supervisor.request('stop', { name: part, signal, killAfterMs });
  }

  /** Waits for the condition; fails at once, with the end of its log, if the program ends meanwhile. */
  async #whileRunning(part: Part, condition: () => unknown): Promise<void> {
    const waited = eventually(condition, {
      description: `${part} to be ready`,
      timeout: startTimeout,
      interval: 20,
    });
    const ended = this.#supervisor.request('wait', { name: part }, false).then(({ code, signal }) => {
      throw new Error(`${part} ended with ${signal ?? `code ${code ?? '?'}`} while it started`);
    });
    waited.catch(() => undefined);
    ended.catch(() => undefined);
    try {
      await Promise.race([waited, ended]);
    } catch (error) {
      const log = await readFile(logFileOf(this.directory, part), 'utf8').catch(() => '');
      const tail = log.trimEnd().split('\n').slice(-15).join('\n');
      throw new Error(
        `${(error as Error).message}\nthe end of ${logFileOf(this.directory, part)}:\n${tail}`,
        { cause: error },
      );
    }
  }

  #snapshotPath(name: string): string {
    return join(this.directory, 'snapshots', name);
  }
}

async function copyData(from: string, to: string): Promise<void> {
  // What ends in .tmp is space reserved for the next segment of the log; the store makes it anew.
  await cp(from, to, { recursive: true, filter: (path) => !path.endsWith('.tmp') });
}
