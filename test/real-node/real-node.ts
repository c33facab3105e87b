import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Programs } from '../control-plane/build/build.ts';
import { eventually } from '../control-plane/eventually.ts';
import type { ControlPlane } from '../control-plane/types.ts';
import type { NodePaths } from './configuration.ts';
import { containerdConfig, kubeletConfig, network, nodePaths } from './configuration.ts';

const script = fileURLToPath(new URL('node.sh', import.meta.url));
const startTimeout = 180_000;

/** How a command ended. */
export interface CommandResult {
  readonly code: number;
  /** Standard output; after a failure with standard error behind it. */
  readonly output: string;
}

/** The programs that a node runs, built from modules. */
export type NodePrograms = Programs<(typeof nodeComponents)[number]>;
export const nodeComponents = ['kubelet', 'containerd', 'containerd-shim-runc-v2', 'ctr', 'runc'] as const;

export interface RealNodeOptions {
  readonly controlPlane: ControlPlane;
  readonly programs: NodePrograms;
  readonly index: number;
  readonly name: string;
  /** Empty or absent directory for everything of the node. */
  readonly directory: string;
  /** Name of its cgroup, which exists. */
  readonly cgroup: string;
  /** Kubeconfig that works from inside of the node. */
  readonly kubeconfig: string;
  /** A process in the network namespace of the switch. */
  readonly switchPid: number;
}

/** A node: network, mount, PID and UTS namespace with containerd and kubelet in them. */
export class RealNode {
  readonly name: string;
  readonly address: string;
  readonly #options: RealNodeOptions;
  readonly #paths: NodePaths;
  #pid = 0;

  constructor(options: RealNodeOptions) {
    this.name = options.name;
    this.address = network.nodeAddress(options.index);
    this.#options = options;
    this.#paths = nodePaths(options.directory);
  }

  /** Makes the namespaces, plugs the node into the switch, and starts containerd. */
  async start(): Promise<void> {
    const { controlPlane, programs, directory } = this.#options;
    await mkdir(directory, { recursive: true });
    const namespaces = [
      '--net',
      '--mount',
      '--uts',
      '--ipc',
      '--pid',
      '--fork',
      '--kill-child',
      '--mount-proc',
    ];
    const holder = await controlPlane.run(this.name, 'unshare', [
      ...namespaces,
      script,
      directory,
      this.name,
      this.address,
    ]);
    await eventually(() => existsSync(join(directory, 'ready')), {
      description: `the namespaces of ${this.name}; see ${holder.logFile}`,
      timeout: startTimeout,
      interval: 20,
    });
    this.#pid = Number((await readFile(`/proc/${holder.pid}/task/${holder.pid}/children`, 'utf8')).trim());
    await this.#connect();
    await writeFile(this.#paths.containerdConfig, containerdConfig(this.#paths, programs.runc));
    await this.#run('containerd', programs.containerd, ['--config', this.#paths.containerdConfig]);
    await eventually(async () => (await this.ctr(['version'])).code === 0, {
      description: `containerd of ${this.name}; see ${join(controlPlane.directory, 'logs')}`,
      timeout: startTimeout,
    });
  }

  /** Imports an archive of images. */
  async importImages(archive: string): Promise<void> {
    const { code, output } = await this.ctr(['images', 'import', '--local', archive]);
    if (code !== 0) throw new Error(`${this.name} cannot import ${archive}: ${output}`);
  }

  /** Pulls an image; from outside of the node, whose network leads nowhere. */
  async pullImage(reference: string): Promise<void> {
    const args = [
      '--address',
      this.#paths.socket,
      '--namespace',
      'k8s.io',
      'images',
      'pull',
      '--local',
      reference,
    ];
    const { code, output } = await execute(this.#options.programs.ctr, args);
    if (code !== 0) throw new Error(`${this.name} cannot pull ${reference}: ${output}`);
  }

  /** Starts the kubelet, which registers the node. */
  async join(): Promise<void> {
    const { programs, cgroup, kubeconfig, directory } = this.#options;
    await writeFile(this.#paths.kubeletConfig, JSON.stringify(kubeletConfig(this.#paths, cgroup), null, 2));
    await this.#run('kubelet', programs.kubelet, [
      `--kubeconfig=${kubeconfig}`,
      `--config=${this.#paths.kubeletConfig}`,
      `--root-dir=${join(directory, 'kubelet')}`,
      `--cert-dir=${join(directory, 'kubelet', 'pki')}`,
      `--hostname-override=${this.name}`,
      `--node-ip=${this.address}`,
      '--v=2',
    ]);
  }

  /** Runs a command in the node's namespaces, as root of it. */
  exec(command: string, args: readonly string[]): Promise<CommandResult> {
    return execute('nsenter', [...this.#enter(), command, ...args], this.#environment());
  }

  /** Runs containerd's client in the node. */
  ctr(args: readonly string[]): Promise<CommandResult> {
    return this.exec(this.#options.programs.ctr, [
      '--address',
      this.#paths.socket,
      '--namespace',
      'k8s.io',
      ...args,
    ]);
  }

  /** Where a file of the node is found from outside, such as `/etc/cni/net.d`. */
  path(path: string): string {
    return `/proc/${this.#pid}/root${path}`;
  }

  async #connect(): Promise<void> {
    const cable = `node${this.#options.index}`;
    const onSwitch = (command: string): Promise<void> =>
      must('nsenter', [`--net=/proc/${this.#options.switchPid}/ns/net`, ...command.split(' ')]);
    await onSwitch(`ip link add ${cable} type veth peer name eth0 netns ${this.#pid}`);
    await onSwitch(`ip link set ${cable} master switch up`);
    for (const command of [
      `ip addr add ${this.address}/${network.prefixLength} dev eth0`,
      'ip link set eth0 up',
      `ip route add default via ${network.switchAddress}`,
    ]) {
      await must('nsenter', [...this.#enter(), ...command.split(' ')]);
    }
  }

  #run(name: string, command: string, args: readonly string[]): Promise<unknown> {
    return this.#options.controlPlane.run(
      `${this.name}-${name}`,
      'nsenter',
      [...this.#enter(), command, ...args],
      { env: this.#environment(), cwd: '/' },
    );
  }

  #enter(): readonly string[] {
    return ['--target', String(this.#pid), '--net', '--mount', '--uts', '--ipc', '--pid'];
  }

  #environment(): Readonly<Record<string, string | undefined>> {
    const shim = dirname(this.#options.programs['containerd-shim-runc-v2']);
    return { PATH: `${shim}:/usr/sbin:/usr/bin:/sbin:/bin`, HOME: this.#options.directory };
  }
}

/** Runs a command and tells how it ended. */
export function execute(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(command, args, { env, encoding: 'utf8', maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      const output = code === 0 ? stdout : `${stdout}${stderr}${error?.message ?? ''}`;
      resolve({ code, output });
    });
  });
}

async function must(command: string, args: readonly string[]): Promise<void> {
  const { code, output } = await execute(command, args);
  if (code !== 0) throw new Error(`"${[command, ...args].join(' ')}" ended with ${code}: ${output}`);
}
