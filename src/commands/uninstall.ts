/** `calico-operator uninstall`: removes Calico in the operator's order, and waits for the end of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Installation } from '../api/installation.ts';
import { resources, type ResourceType } from '../api/resources.ts';
import { createClient } from '../kube/client.ts';
import { isForbidden, isNotFound } from '../kube/errors.ts';
import type { KubeClient, ObjectRef } from '../kube/types.ts';
import { ClusterError, withConnection } from './cluster-access.ts';
import { type Console, exitCodes, refuseUsage } from './console.ts';
import { describeOptions, type OptionTable, parseOptions } from './options.ts';
import { defaultOperatorNamespace, kubeconfigFlag, timeoutProblem } from './flags.ts';
import { readNamespace } from './surroundings.ts';
import { parseDuration } from './text.ts';

const options = {
  timeout: {
    kind: 'text',
    placeholder: 'DURATION',
    help: 'How long to wait at most, as 90s, 5m or 1h30m. Default: 4m30s.',
  },
  kubeconfig: kubeconfigFlag,
} as const satisfies OptionTable;

const help = `Usage: calico-operator uninstall [flags]

Deletes the Whisker, Goldmane, APIServer and Installation named "default", and waits until they are gone: the operator
removes Calico before. Should no operator run, this process does its work meanwhile. IP pools, policies and
CustomResourceDefinitions stay. docs/uninstall.md tells what else stays, and why.

Exit code: 0 all are gone, 1 the time is up or a signal came, 2 wrong flags or no access to the cluster.

Flags:
${describeOptions(options)}

Examples:
  calico-operator uninstall --kubeconfig ~/.kube/config
`;

/** Who needs another comes before it. */
const kinds: readonly ResourceType[] = [
  resources.Whisker,
  resources.Goldmane,
  resources.APIServer,
  resources.Installation,
];
/** Milliseconds between two looks. */
const lookInterval = 1_000;

/** A process that acts meanwhile. */
export interface Replica {
  /** Resolves when it has ended. */
  stop(): Promise<void>;
}

/** How it runs. */
export interface ReplicaOptions {
  readonly kubeconfig: string | undefined;
  readonly leaderElection: boolean;
}

/** What tests put in the place of processes and signals. */
export interface Surroundings {
  /** Starts an operator that acts when no other does, or, without an election, whether or not. */
  readonly startReplica: (options: ReplicaOptions) => Replica;
  /** Calls back when this process is asked to end. Returns the way to hear no more of it. */
  readonly onEnd: (listener: () => void) => () => void;
}

/** Runs `uninstall`. Answers with the exit code. */
export async function runUninstall(
  args: readonly string[],
  console: Console,
  surroundings: Surroundings = { startReplica: startOperator, onEnd: onSignal },
): Promise<number> {
  const parsed = parseOptions(args, options, 'uninstall');
  switch (parsed.kind) {
    case 'invalid':
      return refuseUsage(parsed.problems, 'uninstall', console);
    case 'help':
      console.print(help);
      return exitCodes.done;
    case 'options': {
      const { timeout = '4m30s', kubeconfig } = parsed.values;
      const milliseconds = parseDuration(timeout);
      if (milliseconds === undefined) {
        return refuseUsage([timeoutProblem(timeout)], 'uninstall', console);
      }
      return uninstall(kubeconfig, milliseconds, console, surroundings);
    }
  }
}

async function uninstall(
  kubeconfig: string | undefined,
  timeout: number,
  console: Console,
  { startReplica, onEnd }: Surroundings,
): Promise<number> {
  try {
    return await withConnection(console, { kubeconfig, command: 'uninstall' }, async ({ transport }) => {
      const client = createClient(transport);
      let found = false;
      for (const kind of kinds) found = (await remove(client, kind)) || found;
      if (!found) {
        console.print('Nothing to remove: there is no Installation named default.\n');
        return exitCodes.done;
      }
      const ending = new AbortController();
      const forget = onEnd(() => ending.abort());
      const leaderElection = await hasOperatorNamespace(client, console);
      const replica = startReplica({ kubeconfig, leaderElection });
      try {
        return await waitUntilGone(client, timeout, console, ending.signal);
      } finally {
        // Nobody else would end it, and it might lead.
        await replica.stop();
        forget();
      }
    });
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    console.warn(error.message);
    return exitCodes.usage;
  }
}

/** Asks for the deletion of the object `default`. Answers whether there is one. */
async function remove(client: KubeClient, resource: ResourceType): Promise<boolean> {
  const ref: ObjectRef = { resource, name: 'default' };
  if ((await find(client, ref)) === undefined) return false;
  await client.delete(ref, { propagation: 'Background' });
  return true;
}

/** A kind that is not served counts as an object that is not there. */
async function find(client: KubeClient, ref: ObjectRef): Promise<Installation | undefined> {
  try {
    return (await client.get(ref)) as Installation;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/**
 * Whether there can be a Lease. Who deleted the operator's manifest first deleted its namespace with it, and with that
 * every operator that could lead. A pod stands in it; of whoever may not ask it is taken for granted.
 */
async function hasOperatorNamespace(client: KubeClient, { environment }: Console): Promise<boolean> {
  if ((await readNamespace()) !== undefined) return true;
  const name = environment['OPERATOR_NAMESPACE'] || defaultOperatorNamespace;
  try {
    const { metadata } = await client.get({ resource: resources.Namespace, name });
    return metadata.deletionTimestamp === undefined;
  } catch (error) {
    if (isForbidden(error)) return true;
    if (isNotFound(error)) return false;
    throw error;
  }
}

async function waitUntilGone(
  client: KubeClient,
  timeout: number,
  { clock, print, warn }: Console,
  ending: AbortSignal,
): Promise<number> {
  const end = clock.now() + timeout;
  let told = '';
  for (;;) {
    const left = await Promise.all(
      kinds.map(
        async (resource) => [resource.kind, await find(client, { resource, name: 'default' })] as const,
      ),
    );
    const waiting = left.flatMap(([kind, object]) => (object === undefined ? [] : [describe(kind, object)]));
    if (waiting.length === 0) {
      print('Calico is removed.\n');
      return exitCodes.done;
    }
    const text = waiting.join('; ');
    if (text !== told) print(`waiting for ${text}\n`);
    told = text;
    const why = ending.aborted ? 'Stopped' : clock.now() >= end ? 'The time is up' : undefined;
    if (why !== undefined) {
      warn(`${why}, and these are still there: ${text}. The deletion goes on as long as an operator runs.`);
      return exitCodes.failed;
    }
    await clock.sleep(lookInterval, ending);
  }
}

function describe(kind: string, { status }: Installation): string {
  const message = status?.conditions?.find(({ type }) => type === 'Progressing')?.message ?? '';
  return message === '' ? kind : `${kind} (${message})`;
}

function onSignal(listener: () => void): () => void {
  const signals = ['SIGTERM', 'SIGINT'] as const;
  for (const signal of signals) process.once(signal, listener);
  return () => {
    for (const signal of signals) process.removeListener(signal, listener);
  };
}

/**
 * An operator that acts when no other holds the Lease. A process of its own, so that it ends as an operator does. It
 * listens nowhere: on the host network the ports are taken.
 */
function startOperator({ kubeconfig, leaderElection }: ReplicaOptions): Replica {
  const program = process.argv[1] ?? '';
  const args = [
    ...[...process.execArgv, program, 'run', '--metrics-address=0', '--probe-address=0'],
    ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
    ...(leaderElection ? [] : ['--leader-election=false']),
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  return {
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
