import { join } from 'node:path';
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer } from 'testcontainers';

import { repository } from '../../scripts/bundle/bundle.ts';
import type { Deployment } from '../../src/api/kubernetes.ts';
import { readManifest } from '../cluster/manifests.ts';
import { operatorAccount } from '../cluster/operator.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { eventually } from '../control-plane/eventually.ts';
import { findFreePorts } from '../control-plane/ports.ts';
import type { Docker } from './docker.ts';

/** Where pods have their token. */
const accountMount = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Docker's memory of containers is in GiB here. */
const gibibyte = 1024 ** 3;

/**
 * Tells testcontainers where Docker is. Its own helper container has no registry to come from, and is not needed: the
 * daemon ends with all that it has. Nor is there a bridge to find this machine by.
 */
export function useDocker({ host }: Docker): void {
  Object.assign(process.env, {
    DOCKER_HOST: host,
    TESTCONTAINERS_HOST_OVERRIDE: '127.0.0.1',
    TESTCONTAINERS_RYUK_DISABLED: 'true',
  });
}

export interface ContainerOptions {
  readonly image: string;
  /** Folder with token, CA and namespace. */
  readonly account: string;
  /** Bytes; default: no limit. */
  readonly memory?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Folders to show, by their path in the container; read-only. */
  readonly folders?: Readonly<Record<string, string>>;
}

/** How a container fares, or how it ended. */
export interface ContainerState {
  readonly Running: boolean;
  readonly OOMKilled: boolean;
  readonly ExitCode: number;
}

/** The operator in its image, as the Deployment of deploy/manifests runs it. */
export interface OperatorContainer {
  /** Where /metrics and /readyz are. */
  readonly url: string;
  readonly started: StartedTestContainer;
  ready(): Promise<void>;
  state(): Promise<ContainerState>;
  /** Bytes: what it uses, the most that it used where the kernel tells, and the limit. */
  memory(): Promise<{ readonly usage: number; readonly peak: number | undefined; readonly limit: number }>;
  logs(): Promise<string>;
  /** Sends SIGTERM, and SIGKILL after ten seconds; the container stays. */
  terminate(): Promise<void>;
  remove(): Promise<void>;
}

/** As a kubelet starts it with `readOnlyRootFilesystem`, which testcontainers has no method for. */
class ReadOnlyContainer extends GenericContainer {
  constructor(image: string) {
    super(image);
    this.hostConfig.ReadonlyRootfs = true;
  }
}

/** Starts it; resolves when the process runs. Several may run at once, each on a port of its own. */
export async function startContainer(
  cluster: ControlPlane,
  { image, account, memory, environment = {}, folders = {} }: ContainerOptions,
): Promise<OperatorContainer> {
  const { args, variables } = await podOfManifest();
  const [port = 0] = await findFreePorts(1);
  const address = `127.0.0.1:${port}`;
  const { hostname, port: serverPort } = new URL(cluster.url);
  const mounts = Object.entries({ ...folders, [accountMount]: account });
  const container = new ReadOnlyContainer(image)
    .withNetworkMode('host')
    .withDroppedCapabilities('ALL')
    .withSecurityOpt('no-new-privileges')
    .withBindMounts(mounts.map(([target, source]) => ({ source, target, mode: 'ro' as const })))
    .withEnvironment({
      ...variables,
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: serverPort,
      ...environment,
    })
    .withCommand(
      args.map((arg) => (arg.startsWith('--metrics-address=') ? `--metrics-address=${address}` : arg)),
    );
  if (memory !== undefined) container.withResourcesQuota({ memory: memory / gibibyte });
  return wrap(await container.start(), `http://${address}`);
}

/** Arguments and environment of the operator's pods. */
async function podOfManifest() {
  const objects = await readManifest(join(repository, 'deploy', 'manifests', 'operator.yaml'));
  const deployment = objects.find(({ kind }) => kind === 'Deployment') as Deployment | undefined;
  const container = deployment?.spec?.template.spec?.containers[0];
  if (container === undefined) throw new Error('deploy/manifests/operator.yaml has no Deployment');
  const { args = [], env = [] } = container;
  return {
    args,
    variables: Object.fromEntries(env.map(({ name, value }) => [name, value ?? operatorAccount.namespace])),
  };
}

interface Usage {
  readonly memory_stats: { readonly usage: number; readonly max_usage?: number; readonly limit: number };
}

async function wrap(started: StartedTestContainer, url: string): Promise<OperatorContainer> {
  const client = await getContainerRuntimeClient();
  const container = client.container.getById(started.getId());
  const state = async (): Promise<ContainerState> => (await container.inspect()).State;
  const logs = async (): Promise<string> => (await container.logs({ stdout: true, stderr: true })).toString();
  return {
    url,
    started,
    state,
    logs,
    ready: async () => {
      await eventually(
        async () => {
          if ((await fetch(`${url}/readyz`)).ok) return true;
          throw new Error(JSON.stringify(await state()));
        },
        { description: `${url}/readyz to answer with 200` },
      );
    },
    memory: async () => {
      const { memory_stats: stats } = (await container.stats({ stream: false })) as Usage;
      return { usage: stats.usage, peak: stats.max_usage, limit: stats.limit };
    },
    terminate: () => container.stop({ t: 10 }),
    remove: async () => {
      await container.remove({ force: true });
    },
  };
}
