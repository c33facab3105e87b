import { mkdtemp, writeFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ApiCredentials } from './api-client.ts';
import { ApiClient } from './api-client.ts';
import { AuditLog } from './audit-log.ts';
import type { Progress } from './build/progress.ts';
import type { Rung } from './ladder.ts';
import type { NodeOptions } from './nodes.ts';
import { createNodes } from './nodes.ts';
import type { PodFault } from './pods.ts';
import { runProgram, writeAccountKubeconfig } from './programs.ts';
import { SupervisorClient } from './supervisor/client.ts';
import type { ControlPlane, Program, ProgramOptions, ServiceAccountRef } from './types.ts';

/** Uses the cluster of a kubeconfig, with whatever authentication that names. */
export async function useKubeconfig(path: string): Promise<ControlPlane> {
  const { directory, supervisor } = await temporarySupervisor();
  return ExternalControlPlane.open('kubeconfig', path, directory, supervisor);
}

/** Starts k3s in a container; Docker removes it when this process ends in any way. */
export async function startInContainer(image: string, progress: Progress): Promise<ControlPlane> {
  const step = progress.start(`starting ${image}`);
  const { directory, supervisor } = await temporarySupervisor();
  try {
    const { K3sContainer } = await import('@testcontainers/k3s');
    const container = await new K3sContainer(image)
      .withCommand(['server', '--disable=traefik,metrics-server,servicelb', '--flannel-backend=none'])
      .start();
    await supervisor.request('runAtEnd', {
      command: 'docker',
      args: ['rm', '--force', '--volumes', container.getId()],
    });
    const path = join(directory, 'kubeconfig');
    await writeFile(path, container.getKubeConfig(), { mode: 0o600 });
    const controlPlane = await ExternalControlPlane.open('container', path, directory, supervisor);
    step.done();
    return controlPlane;
  } catch (error) {
    step.failed();
    await supervisor.request('end', null);
    throw error;
  }
}

async function temporarySupervisor(): Promise<{ directory: string; supervisor: SupervisorClient }> {
  const directory = await mkdtemp(join(tmpdir(), 'calico-operator-'));
  return { directory, supervisor: await SupervisorClient.launch(directory, false) };
}

/** A cluster that is not ours to restart: what needs more than its API is refused. */
class ExternalControlPlane implements ControlPlane {
  readonly rung: Rung['kind'];
  readonly directory: string;
  readonly url: string;
  readonly ca: string;
  readonly kubeconfig: string;
  readonly api: ApiClient;
  readonly auditLog: AuditLog;
  readonly egressSocket: string;
  readonly #supervisor: SupervisorClient;

  private constructor(
    rung: Rung['kind'],
    kubeconfig: string,
    directory: string,
    supervisor: SupervisorClient,
    server: { readonly url: string; readonly ca: string; readonly credentials: ApiCredentials },
  ) {
    this.rung = rung;
    this.directory = directory;
    this.kubeconfig = kubeconfig;
    this.url = server.url;
    this.ca = server.ca;
    this.api = new ApiClient(server.url, server.credentials);
    this.auditLog = new AuditLog(join(directory, 'no-audit.log'));
    this.egressSocket = join(directory, 'egress.sock');
    this.#supervisor = supervisor;
  }

  static async open(
    rung: Rung['kind'],
    path: string,
    directory: string,
    supervisor: SupervisorClient,
  ): Promise<ExternalControlPlane> {
    // Only here: loading the client library takes a third of a second.
    const { KubeConfig } = await import('@kubernetes/client-node');
    const config = new KubeConfig();
    config.loadFromFile(path);
    const cluster = config.getCurrentCluster();
    if (!cluster) throw new Error(`${path} has no current context with a cluster`);
    const tls: RequestOptions = {};
    await config.applyToHTTPSOptions(tls);
    const ca = Buffer.isBuffer(tls.ca) ? tls.ca.toString('utf8') : '';
    const credentials = {
      ca: tls.ca,
      cert: tls.cert,
      key: tls.key,
      headers: Object.fromEntries(
        Object.entries(tls.headers ?? {}).map(([name, value]) => [name, String(value)] as const),
      ),
    };
    return new ExternalControlPlane(rung, path, directory, supervisor, {
      url: cluster.server,
      ca,
      credentials,
    });
  }

  kubeconfigFor(
    account: ServiceAccountRef,
    options: { readonly expirationSeconds?: number } = {},
  ): Promise<string> {
    return writeAccountKubeconfig(this.directory, this.api, this.ca, account, options.expirationSeconds);
  }

  createNodes(count: number, options: NodeOptions = {}): Promise<readonly string[]> {
    if (options.fake ?? true) return this.#refuse('fake nodes');
    return createNodes(this.api, count, options);
  }

  setPodFault(_namespace: string, _name: string, _fault: PodFault | undefined): Promise<void> {
    return this.#refuse('faults of pods');
  }

  setPodStatus(_namespace: string, _name: string, _status: object): Promise<void> {
    return this.#refuse('made-up states of pods');
  }

  snapshot(): Promise<void> {
    return this.#refuse('snapshots');
  }

  hasSnapshot(): boolean {
    return false;
  }

  restore(): Promise<void> {
    return this.#refuse('snapshots');
  }

  stopApiServer(): Promise<void> {
    return this.#refuse('stopping the API server');
  }

  startApiServer(): Promise<void> {
    return this.#refuse('starting the API server');
  }

  restartApiServer(): Promise<void> {
    return this.#refuse('restarting the API server');
  }

  signal(): Promise<void> {
    return this.#refuse('signals to the control plane');
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

  #refuse(what: string): Promise<never> {
    const cure = 'unset KUBECONFIG and CALICO_OPERATOR_TEST_K3S_IMAGE to use one that is built here';
    return Promise.reject(new Error(`this cluster (${this.rung}) offers no ${what}; ${cure}`));
  }
}
