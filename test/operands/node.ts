import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import type { Node } from '../../src/api/kubernetes.ts';
import type { ControlPlane, Program } from '../control-plane/control-plane.ts';
import { eventually } from '../control-plane/eventually.ts';
import type { Mount } from './sandbox.ts';
import { Sandbox } from './sandbox.ts';

/** Where pods find the API server: the first address of the range of Services, for which its certificate is made out. */
export const kubernetesService = { host: '10.96.0.1', port: 443 } as const;

/** Ports of the node that tests ask over HTTP: health of Felix and of Typha, metrics of Typha. */
const httpPorts = [9099, 9098, 9093] as const;
type HttpPort = (typeof httpPorts)[number];

/** What a port of the node answered over HTTP. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Folders of a node that Calico's containers and the container runtime share. */
const sharedFolders = [
  '/etc/cni/net.d',
  '/opt/cni/bin',
  '/var/lib/calico',
  '/var/log/calico',
  '/var/run/calico',
] as const;

/** Paths of the kernel, which cannot be made up. */
const kernelPaths = /^\/(proc|sys|dev|lib\/modules)(\/|$)/;

/**
 * Stands for the machine of a fake node: a network with `eth0`, the node's address on it and the `kubernetes` Service,
 * and a file system with the node's own folders. Nothing of it can be seen from outside, so any number may run.
 */
export class TestNode {
  readonly name: string;
  /** As the container runtime sees the node. */
  readonly host: Sandbox;
  readonly #directory: string;
  readonly #relays: readonly Program[];

  private constructor(name: string, directory: string, host: Sandbox, relays: readonly Program[]) {
    this.name = name;
    this.host = host;
    this.#directory = directory;
    this.#relays = relays;
  }

  static async start(cluster: ControlPlane, name: string): Promise<TestNode> {
    await mkdir(join(cluster.directory, 'nodes'), { recursive: true });
    const directory = await mkdtemp(join(cluster.directory, 'nodes', `${name}-`));
    await chmod(directory, 0o755);
    const mounts = await Promise.all(
      sharedFolders.map(async (target): Promise<Mount> => {
        const source = folderOf(directory, target);
        await mkdir(source, { recursive: true });
        return { target, source, directory: true };
      }),
    );
    const host = await Sandbox.start(cluster, `host-${name}`, { mounts });
    const { status } = await cluster.api.get<Node>(`/api/v1/nodes/${name}`);
    const address = status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '';
    await host.succeed(['sh', '-euc', networkScript(address)]);
    const relays = await startRelays(cluster, name, directory, host);
    return new TestNode(name, directory, host, relays);
  }

  /** Where a folder or file of the node lies on this machine; made if it is not there. */
  async hostPath(path: string, type: string | undefined): Promise<{ source: string; directory: boolean }> {
    if (kernelPaths.test(path)) return { source: path, directory: true };
    const source = folderOf(this.#directory, path);
    const directory = !type?.startsWith('File');
    await mkdir(directory ? source : dirname(source), { recursive: true });
    if (!directory) await writeFile(source, '', { flag: 'a' });
    return { source, directory };
  }

  /** Where a path that the node's containers share lies on this machine. */
  fileOf(path: string): string {
    return folderOf(this.#directory, path);
  }

  /** The status of the answer to a GET on a port of the node's loopback, undefined if nothing listens. */
  async get(port: number, path: string): Promise<number | undefined> {
    return (await this.read(port, path))?.status;
  }

  /** The answer to a GET on a port of the node's loopback, undefined if nothing listens. */
  read(port: number, path: string): Promise<Answer | undefined> {
    if (!httpPorts.some((each) => each === port)) throw new Error(`no relay for port ${port} of the node`);
    const socketPath = socketOf(this.#directory, port as HttpPort);
    const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
    request({ socketPath, path, timeout: 10_000 }, (response) => {
      const { statusCode: status = 0 } = response;
      text(response).then(
        (body) => resolve({ status, body }),
        () => resolve(undefined),
      );
    })
      .on('error', () => resolve(undefined))
      .on('timeout', () => resolve(undefined))
      .end();
    return promise;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#relays.map((relay) => relay.stop('SIGKILL')));
    await this.host.stop();
  }
}

function folderOf(directory: string, path: string): string {
  return join(directory, 'files', path);
}

function socketOf(directory: string, port: HttpPort): string {
  return join(directory, `${port}.sock`);
}

/** Both ends of the pair are inside: a link with a carrier, and nothing behind it. */
function networkScript(address: string): string {
  return [
    'ip link set lo up',
    `ip address add ${kubernetesService.host}/32 dev lo`,
    'ip link add eth0 type veth peer name wire',
    `ip address add ${address}/24 dev eth0`,
    'ip link set eth0 up',
    'ip link set wire up',
    'echo 1 > /proc/sys/net/ipv4/ip_forward',
  ].join('\n');
}

async function startRelays(
  cluster: ControlPlane,
  name: string,
  directory: string,
  host: Sandbox,
): Promise<readonly Program[]> {
  const script = fileURLToPath(new URL('../real-node/relay.ts', import.meta.url));
  const socket = `unix:${join(directory, 'api.sock')}`;
  const server = new URL(cluster.url);
  const service = `tcp:${kubernetesService.host}:${kubernetesService.port}`;
  const ports = httpPorts.map((port) => `unix:${socketOf(directory, port)}=tcp:127.0.0.1:${port}`);
  // Of the node only the network: the sockets lie in this machine's files.
  const enter = [`--net=${host.networkPath}`, '--'];
  const inside = [...enter, process.execPath, script, `${service}=${socket}`, ...ports];
  const relays = await Promise.all([
    cluster.run(`relay-out-${name}`, process.execPath, [script, `${socket}=tcp:${server.host}`]),
    cluster.run(`relay-in-${name}`, 'nsenter', inside),
  ]);
  await eventually(
    async () => (await host.succeed(['ss', '-ltnH', 'src', kubernetesService.host])).trim() !== '',
    { description: `the API server to be reachable from ${name}` },
  );
  return relays;
}
