import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import {
  apiServerArguments,
  controllerManagerArguments,
  etcdArguments,
  kwokArguments,
  schedulerArguments,
} from './command-lines.ts';
import { customResourcePaths, waitForCustomResources } from './custom-resources.ts';
import type { Entry } from './etcd.ts';
import { changeStore, diffStores, readStore } from './etcd.ts';
import { eventually } from './eventually.ts';
import { waitForFakeKubelet } from './fake-kubelet.ts';
import type { NodeOptions } from './nodes.ts';
import { createNodes } from './nodes.ts';
import type { PodFault } from './pods.ts';
import { setPodFault, setPodStatus } from './pods.ts';
import { logFileOf, stopTimeout } from './programs.ts';
import type { State } from './state.ts';
import { SupervisedControlPlane } from './supervised.ts';
import type { SupervisorClient } from './supervisor/client.ts';
import type { ControlPlane, Part } from './types.ts';

const stages = ['nodes.yaml', 'pods.yaml'].map((name) =>
  fileURLToPath(new URL(`stages/${name}`, import.meta.url)),
);
const controllers: readonly Part[] = ['kube-controller-manager', 'kube-scheduler', 'kwok'];
const startTimeout = 120_000;
// A server that drains waits a minute for watches that nobody ends; a kubelet would not wait that long either.
const drainTimeout = 5000;

/** A control plane of processes on this machine. */
export class LocalControlPlane extends SupervisedControlPlane implements ControlPlane {
  readonly #state: State;

  constructor(state: State, supervisor: SupervisorClient) {
    const { files, ports, rung } = state;
    const { directory, kubeconfig, auditLog, egressSocket, pki } = files;
    const ca = readFileSync(pki.ca, 'utf8');
    const credentials = { ca, cert: readFileSync(pki.admin), key: readFileSync(pki.adminKey) };
    const url = `https://127.0.0.1:${ports.apiServer}`;
    super({ rung, directory, url, ca, kubeconfig, auditLog, egressSocket, credentials }, supervisor);
    this.#state = state;
  }

  /** Starts every part on whatever data there is, and resolves when the API server and the controllers answer. */
  async start(): Promise<void> {
    await this.#startStore();
    await this.startApiServer();
    await this.#startControllers();
    await this.#waitForControllers();
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
    const entries = await readStore(this.#storeUrl);
    await mkdir(this.#snapshots, { recursive: true });
    await writeFile(this.#snapshotPath(name), JSON.stringify(entries));
  }

  hasSnapshot(name: string): boolean {
    return existsSync(this.#snapshotPath(name));
  }

  async restore(name: string): Promise<void> {
    if (!this.hasSnapshot(name)) throw new Error(`there is no snapshot called "${name}"`);
    const wanted = JSON.parse(await readFile(this.#snapshotPath(name), 'utf8')) as Entry[];
    // The store is changed below the running API server, which sees that as it sees any change of another server. So
    // revisions only grow, and nothing has to start anew but what would act on the way between the two states.
    await this.#stopControllers();
    const found = await readStore(this.#storeUrl);
    await changeStore(this.#storeUrl, diffStores(found, wanted));
    await this.#untilServed(customResourcePaths(found), customResourcePaths(wanted));
    await this.#startControllers();
    await this.#waitForControllers();
    await this.#untilPodsRun();
  }

  /** Until pods run and go. Where they don't, everything that may have missed a change is started anew. */
  async #untilPodsRun(): Promise<void> {
    if (!this.#has('kwok')) return;
    try {
      await waitForFakeKubelet(this.api);
    } catch (error) {
      process.stderr.write(`${String(error)}: starting the API server and the controllers anew\n`);
      await this.#stopControllers();
      await this.restartApiServer('SIGKILL');
      await this.#startControllers();
      await this.#waitForControllers();
      await waitForFakeKubelet(this.api);
    }
  }

  /** Until the API server has noticed which definitions there are. One that has not after a minute is started anew. */
  async #untilServed(before: readonly string[], wanted: readonly string[]): Promise<void> {
    try {
      await waitForCustomResources(this.api, before, wanted);
    } catch (error) {
      const defined = customResourcePaths(await readStore(this.#storeUrl));
      const surplus = defined.filter((path) => !wanted.includes(path));
      const what =
        surplus.length === 0 ? 'the store is as it should be' : `the store has ${surplus.join(', ')}`;
      process.stderr.write(`${String(error)}; ${what}: starting the API server anew\n`);
      await this.restartApiServer('SIGKILL');
      await waitForCustomResources(this.api, before, wanted);
    }
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
    await this.supervisor.request('signal', { name: part, signal });
  }

  async #startStore(): Promise<void> {
    await this.#start('etcd', etcdArguments(this.#state.files, this.#state.ports));
    await this.#whileRunning('etcd', async () => {
      const response = await fetch(`${this.#storeUrl}/health`);
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

  async #stopControllers(): Promise<void> {
    const running = Object.keys(await this.supervisor.request('list', null));
    const parts = controllers.filter((part) => running.includes(part));
    await Promise.all(parts.map((part) => this.#stop(part, 'SIGKILL')));
  }

  /** The controllers work when they make again what one of them keeps in every namespace. */
  async #waitForControllers(): Promise<void> {
    if (!this.#has('kube-controller-manager')) return;
    const path = '/api/v1/namespaces/kube-node-lease/configmaps/kube-root-ca.crt';
    await this.api.delete(path);
    await this.#whileRunning('kube-controller-manager', async () => {
      const made = [path, '/api/v1/namespaces/default/serviceaccounts/default'];
      return (await Promise.all(made.map((each) => this.api.find(each)))).every(
        (object) => object !== undefined,
      );
    });
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
    await this.supervisor.request('stop', { name: part, signal, killAfterMs });
  }

  /** Waits for the condition; fails at once, with the end of its log, if the program ends meanwhile. */
  async #whileRunning(part: Part, condition: () => unknown): Promise<void> {
    const giveUp = new AbortController();
    const options = {
      description: `${part} to be ready`,
      timeout: startTimeout,
      interval: 20,
      signal: giveUp.signal,
    };
    const waited = eventually(condition, options);
    const ended = this.supervisor.request('wait', { name: part }, false).then(({ code, signal }) => {
      throw new Error(`${part} ended with ${signal ?? `code ${code ?? '?'}`} while it started`);
    });
    // Whichever loses the race fails later, when nobody listens any more.
    waited.catch(() => undefined);
    ended.catch(() => undefined);
    try {
      await Promise.race([waited, ended]);
    } catch (error) {
      giveUp.abort();
      const log = await readFile(logFileOf(this.directory, part), 'utf8').catch(() => '');
      const tail = log.trimEnd().split('\n').slice(-15).join('\n');
      throw new Error(
        `${(error as Error).message}\nthe end of ${logFileOf(this.directory, part)}:\n${tail}`,
        { cause: error },
      );
    }
  }

  get #storeUrl(): string {
    return `http://127.0.0.1:${this.#state.ports.etcd}`;
  }

  get #snapshots(): string {
    return join(this.directory, 'snapshots');
  }

  #snapshotPath(name: string): string {
    return join(this.#snapshots, `${name}.json`);
  }
}
