/** One run: install, rest, restart, with the bundle started as the Deployment starts it. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import { repository } from '../../scripts/bundle/bundle.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import {
  applyInstallation,
  calicoNodePath,
  holds,
  madeObjects,
  operatorReads,
  operatorRequests,
  operatorWrites,
  readInstallation,
  untilQuiet,
} from '../cluster/harness.ts';
import { readManifest } from '../cluster/manifests.ts';
import { buildOperator, installOperator, type Operator, startOperator } from '../cluster/operator.ts';
import { countBy } from '../control-plane/audit-log.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { consistently, eventually } from '../control-plane/eventually.ts';
import { memoryOf } from './process.ts';
import type { Measured } from './table.ts';

export interface MeasureOptions {
  readonly nodes: number;
  readonly restSeconds: number;
}

/** Installs the operator and Calico on the control plane, which must be fresh, and measures. */
export async function measure(
  cluster: ControlPlane,
  { nodes, restSeconds }: MeasureOptions,
): Promise<Measured> {
  const { api, auditLog } = cluster;
  say(`preparing ${nodes} nodes`);
  await installOperator(cluster);
  await cluster.createNodes(nodes);
  const bundle = await buildOperator();
  const env = await deploymentEnvironment();

  say('installing');
  const beginning = await auditLog.mark();
  const { operator, timeToReadyz } = await startTimed(cluster, env);
  const install = await measureInstall(cluster);
  const watches = (await operatorRequests(cluster, beginning)).filter(
    ({ verb, code }) => verb === 'watch' && code < 400,
  );
  const objects = (await madeObjects(api)).length;

  say(`resting ${restSeconds} s`);
  const resting = await auditLog.mark();
  await consistently(() => undefined, restSeconds * 1000, 1000);
  const writesAtRest = (await operatorWrites(cluster, resting)).length;
  const { residentMiB, anonymousMiB } = await memoryOf(operator.pid);

  say('restarting');
  await operator.stop();
  const restarted = await auditLog.mark();
  const again = await startTimed(cluster, env);
  await untilQuiet(cluster, 5000);
  const writesAfterRestart = (await operatorWrites(cluster, restarted)).length;
  await again.operator.stop();
  return {
    nodes,
    objects,
    timeToReadyz,
    ...install,
    restSeconds,
    writesAtRest,
    writesAfterRestart,
    timeToReadyzAgain: again.timeToReadyz,
    watches: watches.length,
    residentMiB,
    anonymousMiB,
    bundleMiB: (await stat(bundle)).size / 1024 ** 2,
  };
}

async function startTimed(
  cluster: ControlPlane,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly operator: Operator; readonly timeToReadyz: number }> {
  const operator = await startOperator(cluster, { env });
  const began = performance.now();
  await eventually(async () => (await fetch(`${operator.url}/readyz`)).ok, { interval: 10 });
  const timeToReadyz = performance.now() - began;
  return { operator, timeToReadyz };
}

type Install = Pick<
  Measured,
  'timeToDaemonSet' | 'timeToLastObject' | 'timeToReady' | 'readyAfterLastPod' | 'writes' | 'reads'
>;

async function measureInstall(cluster: ControlPlane): Promise<Install> {
  const { api, auditLog } = cluster;
  const mark = await auditLog.mark();
  await applyInstallation(api);
  const applied = Date.now();
  const pods = untilPodsReady(cluster);
  await eventually(async () => holds(await readInstallation(api), 'Ready'), {
    interval: 10,
    timeout: 120_000,
  });
  const ready = Date.now();
  const lastPod = await pods;
  await untilQuiet(cluster);
  const writes = await operatorWrites(cluster, mark);
  const kinds = countBy(writes, ({ verb, resource, code }) => `${verb} ${resource} ${code}`);
  say(`writes: ${JSON.stringify(kinds)}`);
  const at = (path: RegExp): number =>
    Math.max(
      ...writes
        .filter(({ uri, code }) => path.test(uri) && code === 201)
        .map(({ receivedAt }) => Date.parse(receivedAt)),
    );
  return {
    timeToDaemonSet: at(/daemonsets\/calico-node/) - applied,
    timeToLastObject: at(/^(?!.*(\/events|\/tigerastatuses|\/status))/) - applied,
    timeToReady: ready - applied,
    readyAfterLastPod: Math.max(0, ready - lastPod),
    writes: writes.length,
    reads: (await operatorReads(cluster, mark)).length,
  };
}

interface DaemonSetStatus extends KubeObject {
  readonly status?: { readonly desiredNumberScheduled?: number; readonly numberReady?: number };
}

/** The moment at which every pod of every workload was seen ready. */
async function untilPodsReady({ api }: ControlPlane): Promise<number> {
  return eventually(
    async () => {
      const [node, controllers] = await Promise.all([
        api.find<DaemonSetStatus>(calicoNodePath),
        api.find<{ status?: { readyReplicas?: number } }>(
          calicoNodePath.replace('daemonsets/calico-node', 'deployments/calico-kube-controllers'),
        ),
      ]);
      const { desiredNumberScheduled = 0, numberReady = 0 } = node?.status ?? {};
      const all = desiredNumberScheduled > 0 && numberReady === desiredNumberScheduled;
      return all && (controllers?.status?.readyReplicas ?? 0) > 0 ? Date.now() : undefined;
    },
    { interval: 10, timeout: 120_000 },
  );
}

interface Deployment extends KubeObject {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly {
          readonly env?: readonly { readonly name: string; readonly value?: string }[];
        }[];
      };
    };
  };
}

/** The fixed environment variables of the shipped Deployment. */
export async function deploymentEnvironment(): Promise<Readonly<Record<string, string>>> {
  const manifest = await readManifest(join(repository, 'deploy', 'manifests', 'operator.yaml'));
  const deployment = manifest.find(({ kind }) => kind === 'Deployment') as Deployment | undefined;
  const env = deployment?.spec.template.spec.containers[0]?.env ?? [];
  return Object.fromEntries(env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
}

const say = (text: string): void => void process.stderr.write(`${text}\n`);
