import { setTimeout as delay } from 'node:timers/promises';

import type { Console } from '../../src/commands/console.ts';
import { withCluster } from '../../src/commands/status/cluster.ts';
import { type StatusReport, reportStatus } from '../../src/commands/status/report.ts';
import { version } from '../../src/commands/version.ts';
import { applyManifest } from '../cluster/manifests.ts';
import { buildOperator, installOperator, type Operator, startOperator } from '../cluster/operator.ts';
import { ApiError } from '../control-plane/api-client.ts';
import type { Progress } from '../control-plane/build/progress.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { startControlPlane } from '../control-plane/control-plane.ts';
import { DemoFailure } from './failure.ts';
import type { View } from './live-view.ts';
import type { MakeNodes, Nodes } from './nodes.ts';
import { inStep } from './step.ts';
import type { WhatToInstall } from './what-to-install.ts';

/** How long everything may take to become available, in milliseconds, besides what each node may add. */
const patience = 300_000;
const patiencePerNode = 200;
const interval = 200;
const logLines = 15;

/** What runs once the demo has been set up. */
export interface Demo {
  readonly controlPlane: ControlPlane;
  readonly nodes: Nodes;
  readonly operator: Operator;
  /** Path of the program that runs. */
  readonly bundle: string;
}

/** Starts a control plane with nodes, and the operator on it. Progress lines tell what takes how long. */
export async function setUp(makeNodes: MakeNodes, progress: Progress): Promise<Demo> {
  const bundle = await inStep(progress, 'bundling the operator', buildOperator);
  const controlPlane = await startControlPlane({ environment: ownCluster(process.env, progress), progress });
  try {
    await inStep(progress, 'installing CRDs, namespace and rights', () => installOperator(controlPlane));
    const nodes = await makeNodes(controlPlane, progress);
    const operator = await inStep(progress, 'starting the operator', () =>
      startOperator(controlPlane, { args: ['--manage-crds'], env: nodes.operatorEnvironment }),
    );
    return { controlPlane, nodes, operator, bundle };
  } catch (error) {
    await controlPlane.stop();
    throw error;
  }
}

/** A demo never touches a cluster that somebody uses, and it needs fake nodes. */
function ownCluster(environment: NodeJS.ProcessEnv, progress: Progress): NodeJS.ProcessEnv {
  if (environment['KUBECONFIG']) progress.note('KUBECONFIG is not used: the demo runs a cluster of its own');
  return { ...environment, KUBECONFIG: undefined, CALICO_OPERATOR_TEST_K3S_IMAGE: undefined };
}

/**
 * Applies the objects and shows what comes of it until everything that the Installation asks for is available.
 * @returns milliseconds from the first object to then
 * @throws DemoFailure with the status and the end of the log, when it will not become available
 */
export async function install(
  { controlPlane, operator }: Demo,
  what: WhatToInstall,
  view: View,
  console: Console,
): Promise<number> {
  const { clock } = console;
  return withCluster(controlPlane.kubeconfig, console, async (facts) => {
    const began = clock.monotonic();
    await apply(controlPlane, what);
    const nodes = await controlPlane.api.list('/api/v1/nodes');
    const limit = patience + nodes.length * patiencePerNode;
    const ended = watchEnd(operator);
    for (;;) {
      const report = reportStatus(facts(), clock.now(), version);
      view.show(report);
      const elapsed = clock.monotonic() - began;
      if (isAvailable(report)) {
        view.end();
        return elapsed;
      }
      const failure = failureOf(report, ended(), elapsed, limit);
      if (failure !== undefined) {
        view.end();
        throw new DemoFailure(`${failure}\n\n${await describeLog(operator)}`);
      }
      await delay(interval);
    }
  });
}

async function apply({ api }: ControlPlane, { objects, file }: WhatToInstall): Promise<void> {
  try {
    await applyManifest(api, objects);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new DemoFailure(`${file} is refused by the API server:\n${error.message}`, { cause: error });
  }
}

function isAvailable({ state, tigeraStatuses }: StatusReport): boolean {
  const available = tigeraStatuses.every(({ conditions }) =>
    conditions.some(({ type, status }) => type === 'Available' && status === 'True'),
  );
  return state === 'ready' && available && tigeraStatuses.length > 0;
}

function failureOf(
  report: StatusReport,
  operatorEnd: string | undefined,
  elapsed: number,
  limit: number,
): string | undefined {
  if (operatorEnd !== undefined) return `The operator ended with ${operatorEnd}`;
  if (report.state === 'refused') return report.message;
  return elapsed < limit ? undefined : `Calico was not available after ${Math.round(limit / 1000)} s`;
}

/** Answers how the operator ended; undefined while it runs. */
function watchEnd(operator: Operator): () => string | undefined {
  let end: string | undefined;
  void operator.exited().then(
    ({ code, signal }) => (end = signal ?? `code ${code ?? '?'}`),
    () => undefined,
  );
  return () => end;
}

async function describeLog(operator: Operator): Promise<string> {
  return `The end of the operator's log:\n${await operator.logTail(logLines)}`;
}
