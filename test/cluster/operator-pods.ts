/**
 * Does for pods of the operator's image what a kubelet does: each one is a process of the bundle, under the pod's own
 * ServiceAccount and with the arguments and the environment of its container. Where the pod has the annotation by which
 * KWOK leaves its status to tests, it is ready when its process is, and has ended as its process did.
 */
import { readFile } from 'node:fs/promises';

import type { KubeObject } from '../../src/api/kubernetes.ts';
import type { ControlPlane, Program } from '../control-plane/control-plane.ts';
import { findFreePorts } from '../control-plane/ports.ts';
import { buildOperator } from './operator.ts';

const namespace = 'tigera-operator';
const podsPath = `/api/v1/namespaces/${namespace}/pods`;
/** What a chart or a manifest of tests puts on pods, see test/control-plane/pods.ts. */
export const statusByProcess = { 'control-plane.test/fault': 'manual' } as const;
/** Milliseconds between two looks. */
const interval = 150;

interface Container {
  readonly args: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly envFrom?: readonly { readonly configMapRef: { readonly name: string } }[];
}

interface Pod extends KubeObject {
  readonly metadata: KubeObject['metadata'] & { readonly uid: string };
  readonly spec: {
    readonly nodeName?: string;
    readonly serviceAccountName: string;
    readonly containers: readonly [Container];
  };
}

/** What runs them. */
export interface OperatorPods {
  /** Names of pods whose process was started, in this order. */
  readonly started: () => readonly string[];
  /** What each process wrote last, for whoever wonders why something went wrong. */
  lastWords(): Promise<string>;
  /** Stops all processes, and looks no more. @throws Error when a pod could not be run. */
  stop(): Promise<void>;
}

/** Begins to look for pods. */
export function runOperatorPods(cluster: ControlPlane): OperatorPods {
  const running = new Map<string, Program>();
  const started: string[] = [];
  const logs = new Map<string, string>();
  const stopping = new AbortController();

  const look = async (): Promise<void> => {
    const pods = (await cluster.api.list<Pod>(podsPath)).filter(isOurs);
    for (const [uid, program] of running) {
      if (pods.some(({ metadata }) => metadata.uid === uid && metadata.deletionTimestamp === undefined))
        continue;
      running.delete(uid);
      await program.stop();
    }
    for (const pod of pods) {
      const { name, uid, deletionTimestamp } = pod.metadata;
      if (started.includes(name) || deletionTimestamp !== undefined || pod.spec.nodeName === undefined)
        continue;
      started.push(name);
      const program = await start(cluster, pod);
      running.set(uid, program);
      logs.set(name, program.logFile);
    }
  };
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, interval));
    }
  })();
  // Told by stop().
  loop.catch(() => undefined);
  return {
    started: () => started,
    lastWords: async () => {
      const said = [...logs].map(
        async ([name, file]) => `${name}:\n${(await readFile(file, 'utf8')).slice(-6000)}`,
      );
      return (await Promise.all(said)).join('\n');
    },
    stop: async () => {
      stopping.abort();
      await loop;
      await Promise.all([...running.values()].map((program) => program.stop()));
    },
  };
}

const isOurs = ({ metadata }: Pod): boolean =>
  metadata.labels?.['app.kubernetes.io/name'] === 'calico-operator';

async function start(cluster: ControlPlane, pod: Pod): Promise<Program> {
  const { name } = pod.metadata;
  const [container] = pod.spec.containers;
  const [kubeconfig, [port = 0], bundle, env] = await Promise.all([
    cluster.kubeconfigFor({ namespace, name: pod.spec.serviceAccountName }),
    findFreePorts(1),
    buildOperator(),
    environmentOf(cluster, container),
  ]);
  // All nodes are this machine, so each pod gets a port of its own.
  const args = container.args.map((arg) =>
    arg === '--metrics-address=:8484' ? `--metrics-address=127.0.0.1:${port}` : arg,
  );
  const program = await cluster.run(name, process.execPath, [bundle, ...args], {
    env: { ...env, PATH: process.env['PATH'], HOME: cluster.directory, KUBECONFIG: kubeconfig },
  });
  const byProcess = Object.entries(statusByProcess).every(
    ([key, value]) => pod.metadata.annotations?.[key] === value,
  );
  if (byProcess) void report(cluster, pod, program, port);
  return program;
}

async function environmentOf(
  { api }: ControlPlane,
  { env = [], envFrom = [] }: Container,
): Promise<Readonly<Record<string, string>>> {
  const maps = await Promise.all(
    envFrom.map(({ configMapRef }) =>
      api.find<KubeObject & { readonly data?: Readonly<Record<string, string>> }>(
        `/api/v1/namespaces/${namespace}/configmaps/${configMapRef.name}`,
      ),
    ),
  );
  const own = env.map(({ name, value }) => [name, value ?? namespace] as const);
  return Object.assign({}, ...maps.map((map) => map?.data ?? {}), Object.fromEntries(own)) as Record<
    string,
    string
  >;
}

/** Tells how the process fares as the pod's status, until it ends. */
async function report(cluster: ControlPlane, pod: Pod, program: Program, port: number): Promise<void> {
  const tell = (status: object): Promise<void> =>
    // The pod may be gone meanwhile.
    cluster.setPodStatus(namespace, pod.metadata.name, status).catch(() => undefined);
  const ended = program.exited();
  const finished = ended.then(() => true);
  const condition = (ready: boolean): object => ({
    conditions: ['Ready', 'ContainersReady'].map((type) => ({ type, status: ready ? 'True' : 'False' })),
  });
  await tell({ phase: 'Running', ...condition(false) });
  while (!(await Promise.race([finished, isReady(port)]))) {
    await new Promise((resolve) => setTimeout(resolve, interval));
  }
  await tell({ phase: 'Running', ...condition(true) });
  const { code } = await ended;
  await tell({ phase: code === 0 ? 'Succeeded' : 'Failed', ...condition(false) });
}

const isReady = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
