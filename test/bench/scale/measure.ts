/** One cluster that grows: what each size costs the operator, at work and at rest. */
import type { KubeObject } from '../../../src/api/kubernetes.ts';
import {
  applyInstallation,
  calicoNodePath,
  madeObjects,
  operatorRequests,
  operatorWrites,
  stockSpec,
  untilQuiet,
  untilReady,
} from '../../cluster/harness.ts';
import {
  installOperator,
  type Operator,
  type OperatorOptions,
  startOperator,
} from '../../cluster/operator.ts';
import type { AuditedRequest } from '../../control-plane/audit-log.ts';
import type { ControlPlane } from '../../control-plane/control-plane.ts';
import { consistently, eventually } from '../../control-plane/eventually.ts';
import { deploymentEnvironment } from '../measure.ts';
import { forgetPeak, loopDelay, memoryOf, processorSeconds } from '../process.ts';
import { type Repairs, repairEverything } from './drift.ts';
import { heartbeats } from './load.ts';
import type { Cost, Size } from './types.ts';

export interface ScaleOptions {
  /** Numbers of nodes, growing. */
  readonly sizes: readonly number[];
  readonly restSeconds: number;
  readonly heartbeatsPerMinute: number;
  /** How often each owned object is deleted and edited, at the largest size. */
  readonly driftRounds: number;
  /** Where the operator finds the API server, if not at the control plane itself: a proxy that makes trouble. */
  readonly server?: string;
}

/** Calico as most people install it; a tenth of the nodes may restart at once, as one by one takes an hour on 1,000. */
const spec: object = {
  ...stockSpec,
  nodeUpdateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } },
};

/** What was measured: a row for each size, and the repairs at the largest. */
export interface ScaleResult {
  readonly sizes: readonly Size[];
  readonly repairs: Repairs;
}

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Installs on the smallest size of a fresh control plane, then lets it grow. */
export async function measureScale(cluster: ControlPlane, options: ScaleOptions): Promise<ScaleResult> {
  await installOperator(cluster);
  const start: OperatorOptions = {
    env: await deploymentEnvironment(),
    ...(options.server !== undefined && { server: options.server }),
  };
  let operator = await startOperator(cluster, start);
  await operator.ready();
  const sizes: Size[] = [];
  let before = 0;
  for (const nodes of options.sizes) {
    say(`${nodes} nodes: growing`);
    const grown = await costOf(cluster, operator, () => grow(cluster, before, nodes));
    const { objects, watches } = await inventory(cluster);
    say(`${nodes} nodes: resting ${options.restSeconds} s`);
    const rest = await costOf(cluster, operator, () => pause(options.restSeconds));
    say(`${nodes} nodes: ${options.heartbeatsPerMinute} heartbeats in a minute`);
    const names = nodeNames(nodes);
    const busy = await costOf(cluster, operator, async () => {
      await heartbeats(cluster.api, names, { perMinute: options.heartbeatsPerMinute, seconds: 60 });
    });
    say(`${nodes} nodes: restarting`);
    await operator.stop();
    const restarted = await startAgain(cluster, start);
    operator = restarted.operator;
    sizes.push({ nodes, objects, watches, grown, rest, busy, restart: restarted.cost });
    before = nodes;
  }
  say('repairing');
  const repairs = await repairEverything(cluster, options.driftRounds);
  await operator.stop();
  return { sizes, repairs };
}

const nodeNames = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `node-${String(index).padStart(5, '0')}`);

async function grow(cluster: ControlPlane, from: number, to: number): Promise<void> {
  await cluster.createNodes(to - from, { first: from });
  if (from === 0) await applyInstallation(cluster.api, spec);
  await eventually(
    async () => {
      const { status } = await cluster.api.get<DaemonSet>(calicoNodePath);
      return status?.desiredNumberScheduled === to && status.numberReady === to;
    },
    { description: `calico-node to be ready on ${to} nodes`, timeout: 1_800_000, interval: 500 },
  );
  await untilReady(cluster.api, 600_000);
  await untilQuiet(cluster, 15_000);
}

interface DaemonSet extends KubeObject {
  readonly status?: { readonly desiredNumberScheduled?: number; readonly numberReady?: number };
}

const pause = (seconds: number): Promise<unknown> => consistently(() => undefined, seconds * 1000, 1000);

/** What the operator asked for and used while something happened. */
async function costOf(
  cluster: ControlPlane,
  { pid, url }: Operator,
  action: () => Promise<unknown>,
): Promise<Cost> {
  const mark = await cluster.auditLog.mark();
  await forgetPeak(pid);
  await loopDelay(url);
  const [began, used] = [performance.now(), await processorSeconds(pid)];
  await action();
  const seconds = (performance.now() - began) / 1000;
  const processor = (await processorSeconds(pid)) - used;
  return { seconds, processor, ...(await requestsSince(cluster, mark)), ...(await stateOf(pid, url)) };
}

async function stateOf(pid: number, url: string) {
  const { p99, max } = await loopDelay(url);
  return { loopP99: p99, loopMax: max, ...(await memoryOf(pid)) };
}

const isStatus = ({ resource }: AuditedRequest): boolean => /\/status$|^events$/.test(resource);

async function requestsSince(cluster: ControlPlane, mark: number) {
  const requests = await operatorRequests(cluster, mark);
  const writes = await operatorWrites(cluster, mark);
  const reads = requests.filter(({ verb }) => verb === 'get' || verb === 'list');
  return {
    writes: writes.filter((write) => !isStatus(write)).length,
    statusWrites: writes.filter(isStatus).length,
    reads: reads.length,
  };
}

async function startAgain(cluster: ControlPlane, start: OperatorOptions) {
  const mark = await cluster.auditLog.mark();
  const operator = await startOperator(cluster, start);
  const began = performance.now();
  await eventually(async () => (await fetch(`${operator.url}/readyz`)).ok, { interval: 10 });
  const readyMilliseconds = performance.now() - began;
  await untilQuiet(cluster, 10_000);
  const cost = { ...(await requestsSince(cluster, mark)), ...(await stateOf(operator.pid, operator.url)) };
  return { operator, cost: { readyMilliseconds, ...cost } };
}

/** How many objects there are, and how many watches the operator holds: those that it has opened since its start. */
async function inventory(
  cluster: ControlPlane,
): Promise<{ readonly objects: number; readonly watches: number }> {
  const opened = (await operatorRequests(cluster, 0)).filter(
    ({ verb, code }) => verb === 'watch' && code < 400,
  );
  const watched = new Set(opened.map(({ uri }) => watchedPart(uri)));
  return { objects: (await madeObjects(cluster.api)).length, watches: watched.size };
}

/** What a watch is of; where it goes on from changes with each. */
function watchedPart(uri: string): string {
  const url = new URL(uri, 'https://cluster');
  const selectors = ['fieldSelector', 'labelSelector'].map((name) => url.searchParams.get(name) ?? '');
  return [url.pathname, ...selectors].join(' ');
}
