import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { buildComponents } from '../control-plane/build/build.ts';
import type { Progress } from '../control-plane/build/progress.ts';
import { streamProgress } from '../control-plane/build/progress.ts';
import { eventually } from '../control-plane/eventually.ts';
import type { ControlPlane } from '../control-plane/types.ts';
import { makeCgroup } from './cgroups.ts';
import { network } from './configuration.ts';
import type { ImageSource } from './images/source.ts';
import { baseImages, calicoReferences, packImages } from './images/source.ts';
import { nodeComponents, RealNode } from './real-node.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const startTimeout = 180_000;

export interface RealNodesOptions {
  readonly images: ImageSource;
  /** Default: lines on standard error. */
  readonly progress?: Progress;
}

/** Nodes with kubelet, containerd and a network between them. They end with the control plane. */
export interface RealNodes {
  readonly nodes: readonly RealNode[];
  /** Image for pods of your own; it has a shell, ping, wget and httpd. */
  readonly testImage: string;
  /** What the operator needs in its environment, as it would have in a pod. */
  readonly operatorEnvironment: Readonly<Record<string, string>>;
}

/**
 * Adds nodes `real-0`, `real-1`, … to a control plane on this machine. Resolves when their kubelets have registered;
 * they are NotReady until there is a pod network. Nothing outside of their namespaces is changed but cgroups, which are
 * removed at the end: any number can run at once.
 * @throws Error if the control plane is not on this machine, or with the log to read if a part does not start.
 */
export async function startRealNodes(
  controlPlane: ControlPlane,
  count: number,
  options: RealNodesOptions,
): Promise<RealNodes> {
  const { images, progress = streamProgress() } = options;
  if (controlPlane.rung === 'kubeconfig' || controlPlane.rung === 'container') {
    throw new Error(
      'real nodes can only join a control plane that runs as processes of this machine; unset KUBECONFIG',
    );
  }
  const covered = ['/etc', '/opt', '/usr', '/var', '/run'].find((folder) =>
    controlPlane.directory.startsWith(`${folder}/`),
  );
  if (covered !== undefined) {
    throw new Error(
      `nodes have a ${covered} of their own, so ${controlPlane.directory} can't be in it; set TMPDIR`,
    );
  }
  if (count > network.mostNodes)
    throw new Error(`${count} real nodes are too many; ${network.mostNodes} is the most`);
  const programs = await buildComponents(nodeComponents, progress);
  const archive = images.kind === 'packed' ? await packImages(images.programs, progress) : undefined;
  const step = progress.start(`starting ${count} real nodes`);
  try {
    const directory = join(controlPlane.directory, 'real-nodes');
    await mkdir(directory, { recursive: true });
    const switchPid = await startSwitch(controlPlane, directory);
    const kubeconfig = await writeInnerKubeconfig(controlPlane, directory);
    const nodes = await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const name = `real-${index}`;
        const cgroup = cgroupName(controlPlane.directory, index);
        await controlPlane.runAtEnd(process.execPath, [here('cgroups.ts'), cgroup]);
        await makeCgroup(cgroup);
        const node = new RealNode({
          ...{ controlPlane, programs, index, name, cgroup, kubeconfig, switchPid },
          directory: join(directory, name),
        });
        await node.start();
        return node;
      }),
    );
    await Promise.all(nodes.map((node) => provideImages(node, images, archive)));
    await Promise.all(nodes.map((node) => node.join()));
    await waitForRegistration(controlPlane, nodes);
    step.done();
    return {
      nodes,
      testImage: baseImages(images).test,
      operatorEnvironment: {
        KUBERNETES_SERVICE_HOST: network.serviceAddress,
        KUBERNETES_SERVICE_PORT: String(network.servicePort),
      },
    };
  } catch (error) {
    step.failed();
    throw error;
  }
}

/** Name of the cgroup of a node; no two control planes share one. */
export function cgroupName(directory: string, index: number): string {
  return `calico-${createHash('sha256').update(directory).digest('hex').slice(0, 8)}-${index}`;
}

/** Starts the network between the nodes and the API server; returns a process that stands in it. */
async function startSwitch(controlPlane: ControlPlane, directory: string): Promise<number> {
  const ready = join(directory, 'switch-ready');
  const holder = await controlPlane.run('switch', 'unshare', [
    '--net',
    here('switch.sh'),
    ready,
    `${network.switchAddress}/${network.prefixLength}`,
    network.serviceAddress,
  ]);
  await exists(ready, `the network of the nodes; see ${holder.logFile}`);
  const socket = join(directory, 'api-server.sock');
  const { port } = new URL(controlPlane.url);
  await controlPlane.run('relay-outside', process.execPath, [
    here('relay.ts'),
    `unix:${socket}=tcp:127.0.0.1:${port}`,
  ]);
  await exists(socket, 'the relay to the API server');
  await controlPlane.run('relay-inside', 'nsenter', [
    `--net=/proc/${holder.pid}/ns/net`,
    process.execPath,
    here('relay.ts'),
    `tcp:${network.serviceAddress}:${network.servicePort}=unix:${socket}`,
    // Lets the API server reach kubelets, for logs and exec.
    `connect:${controlPlane.egressSocket}`,
  ]);
  await exists(controlPlane.egressSocket, 'the relay of the API server to the nodes');
  return holder.pid;
}

async function writeInnerKubeconfig(controlPlane: ControlPlane, directory: string): Promise<string> {
  const path = join(directory, 'kubeconfig');
  const { serviceAddress, servicePort } = network;
  const text = await readFile(controlPlane.kubeconfig, 'utf8');
  await writeFile(path, text.replaceAll(controlPlane.url, `https://${serviceAddress}:${servicePort}`), {
    mode: 0o600,
  });
  return path;
}

async function provideImages(
  node: RealNode,
  source: ImageSource,
  archive: string | undefined,
): Promise<void> {
  if (archive !== undefined) return node.importImages(archive);
  const { pause, test } = baseImages(source);
  for (const reference of [pause, test, ...calicoReferences()]) await node.pullImage(reference);
}

async function waitForRegistration(controlPlane: ControlPlane, nodes: readonly RealNode[]): Promise<void> {
  await eventually(
    async () => {
      const found = await Promise.all(
        nodes.map(({ name }) => controlPlane.api.find(`/api/v1/nodes/${name}`)),
      );
      return found.every((node) => node !== undefined);
    },
    {
      description: `the kubelets to register their nodes; see ${join(controlPlane.directory, 'logs')}`,
      timeout: startTimeout,
    },
  );
}

async function exists(path: string, description: string): Promise<void> {
  await eventually(() => existsSync(path), { description, timeout: startTimeout, interval: 20 });
}
