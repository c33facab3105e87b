import { mkdtemp, writeFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Progress } from './build/progress.ts';
import type { Rung } from './ladder.ts';
import type { NodeOptions } from './nodes.ts';
import { createNodes } from './nodes.ts';
import type { PodFault } from './pods.ts';
import { SupervisedControlPlane } from './supervised.ts';
import { SupervisorClient } from './supervisor/client.ts';
import type { ControlPlane } from './types.ts';

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
class ExternalControlPlane extends SupervisedControlPlane implements ControlPlane {
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
    const place = { rung, directory, url: cluster.server, ca, kubeconfig: path, credentials };
    const auditLog = join(directory, 'no-audit.log');
    const egressSocket = join(directory, 'egress.sock');
    return new ExternalControlPlane({ ...place, auditLog, egressSocket }, supervisor);
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

  #refuse(what: string): Promise<never> {
    const cure = 'unset KUBECONFIG and CALICO_OPERATOR_TEST_K3S_IMAGE to use one that is built here';
    return Promise.reject(new Error(`this cluster (${this.rung}) offers no ${what}; ${cure}`));
  }
}
