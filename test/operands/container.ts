import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { Container, Pod } from '../../src/api/kubernetes.ts';
import type { ControlPlane, Program } from '../control-plane/control-plane.ts';
import { resolveEnvironment } from './environment.ts';
import { imageMounts } from './images.ts';
import type { TestNode } from './node.ts';
import type { ExecOptions, Finished } from './sandbox.ts';
import { Sandbox } from './sandbox.ts';
import { resolveMounts } from './volumes.ts';

type Probe = NonNullable<Container['livenessProbe']>;

/**
 * A container of a pod as the API server has it, run as a kubelet would: its environment, its volumes with a token of its
 * account bound to the pod, its user, the program of its image; all on the network of the node.
 */
export class TestContainer {
  readonly name: string;
  readonly spec: Container;
  readonly #node: TestNode;
  readonly #sandbox: Sandbox;
  readonly #options: ExecOptions;

  private constructor(spec: Container, node: TestNode, sandbox: Sandbox, options: ExecOptions) {
    this.name = spec.name;
    this.spec = spec;
    this.#node = node;
    this.#sandbox = sandbox;
    this.#options = options;
  }

  static async start(cluster: ControlPlane, node: TestNode, pod: Pod, name: string): Promise<TestContainer> {
    const { containers = [], initContainers = [] } = pod.spec ?? {};
    const spec = [...initContainers, ...containers].find((container) => container.name === name);
    if (!spec) throw new Error(`pod ${pod.metadata.name} has no container ${name}`);
    const unique = `${pod.metadata.name}-${name}`;
    const directory = join(cluster.directory, 'containers', unique);
    await mkdir(directory, { recursive: true });
    const [env, mounts] = await Promise.all([
      resolveEnvironment(cluster.api, pod, spec),
      resolveMounts(cluster.api, node, directory, pod, spec),
    ]);
    const sandbox = await Sandbox.start(cluster, unique, {
      network: node.host,
      mounts: [...imageMounts(spec.image ?? ''), ...mounts],
    });
    const { runAsUser = 0, runAsGroup = 0 } = { ...pod.spec?.securityContext, ...spec.securityContext };
    return new TestContainer(spec, node, sandbox, { env, user: { uid: runAsUser, gid: runAsGroup } });
  }

  /** Runs a command in it to its end. */
  exec(command: readonly string[], extraEnv: Readonly<Record<string, string>> = {}): Promise<Finished> {
    return this.#sandbox.exec(command, this.#with(extraEnv));
  }

  /** Starts a program in it, the one that the container names unless another is given. */
  run(
    command: readonly string[] = [...(this.spec.command ?? []), ...(this.spec.args ?? [])],
    extraEnv: Readonly<Record<string, string>> = {},
  ): Promise<Program> {
    const name = `${this.#sandbox.name}-${command.slice(1).join('') || 'main'}`;
    return this.#sandbox.run(name, command, this.#with(extraEnv));
  }

  /** What a probe of the container says now: undefined if all is well, else what is wrong. */
  async probe(kind: 'livenessProbe' | 'readinessProbe'): Promise<string | undefined> {
    const probe = this.spec[kind];
    if (!probe) return `container ${this.name} has no ${kind}`;
    return probe.exec ? this.#probeCommand(probe.exec.command ?? []) : this.#probeHttp(probe);
  }

  async stop(): Promise<void> {
    await this.#sandbox.stop();
  }

  async #probeCommand(command: readonly string[]): Promise<string | undefined> {
    const { code, stdout, stderr } = await this.exec(command);
    return code === 0 ? undefined : `${command.join(' ')} ended with ${code ?? '?'}: ${stdout}${stderr}`;
  }

  async #probeHttp({ httpGet }: Probe): Promise<string | undefined> {
    const port = Number(httpGet?.port);
    const path = httpGet?.path ?? '/';
    const status = await this.#node.get(port, path);
    if (status !== undefined && status >= 200 && status < 400) return undefined;
    return `GET :${port}${path} gave ${status ?? 'no answer'}`;
  }

  #with(extraEnv: Readonly<Record<string, string>>): ExecOptions {
    return { ...this.#options, env: { ...this.#options.env, ...extraEnv } };
  }
}
