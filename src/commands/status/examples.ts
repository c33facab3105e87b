/** Clusters in several states, for tests. Never imported by the program. */
import type { Condition, Installation } from '../../api/installation.ts';
import type { DaemonSet, Deployment } from '../../api/kubernetes.ts';
import type { TigeraStatus } from '../../api/tigera-status.ts';
import type { PodFacts } from '../../controllers/installation/pods.ts';
import type { ObservedContainer } from '../../status/pods.ts';
import {
  conditionTime,
  componentJudgements,
  installationJudgements,
  judge,
  withTimes,
} from '../../status/conditions.ts';
import { type ComponentReport, emptyReport } from '../../status/types.ts';
import type { StatusFacts } from './facts.ts';

/** The time of all examples. */
export const now = Date.parse('2030-01-01T00:10:00Z');
const since = conditionTime(now - 180_000);

/** A cluster with nothing of Calico but its CRDs. */
export const empty: StatusFacts = {
  server: 'https://10.0.0.1:6443',
  kubernetesVersion: 'v1.36.1',
  installations: [],
  statuses: [],
  pools: [],
  workloads: [],
  pods: [],
  unreadable: [],
};

/** An Installation whose status is what the operator makes of a report. */
export function installation(
  report: ComponentReport | undefined,
  { metadata = {}, status = {} }: { readonly metadata?: object; readonly status?: object } = {},
): Installation {
  const conditions: readonly Condition[] | undefined =
    report === undefined ? undefined : withTimes(installationJudgements(judge(report)), [], 1, since);
  return {
    apiVersion: 'operator.tigera.io/v1',
    kind: 'Installation',
    metadata: { name: 'default', generation: 1, ...metadata },
    spec: {},
    ...(conditions === undefined ? {} : { status: { observedGeneration: 1, conditions, ...status } }),
  };
}

function tigeraStatus(name: string, report: ComponentReport): TigeraStatus {
  const conditions = withTimes(componentJudgements(judge(report)), [], 1, since);
  return {
    apiVersion: 'operator.tigera.io/v1',
    kind: 'TigeraStatus',
    metadata: { name },
    status: { conditions },
  };
}

function daemonSet(available: number, desired: number, updated = desired): DaemonSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'calico-node', namespace: 'calico-system', generation: 1 },
    status: {
      observedGeneration: 1,
      currentNumberScheduled: desired,
      desiredNumberScheduled: desired,
      numberAvailable: available,
      numberMisscheduled: 0,
      numberReady: available,
      updatedNumberScheduled: updated,
    },
  };
}

const kubeControllers: Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'calico-kube-controllers', namespace: 'calico-system', generation: 1 },
  spec: { replicas: 1, selector: {}, template: {} },
  status: { observedGeneration: 1, availableReplicas: 1, updatedReplicas: 1 },
};

/** A pod of calico-node that is not ready. */
export function pod(node: string | undefined, container: Partial<ObservedContainer> = {}): PodFacts {
  const name = `calico-node-${node ?? 'new'}`;
  return {
    namespace: 'calico-system',
    name,
    app: 'calico-node',
    ...(node === undefined ? {} : { node }),
    observed: {
      metadata: { creationTimestamp: conditionTime(now - 60_000) },
      ...(node === undefined ? {} : { spec: { nodeName: node } }),
      status: {
        phase: 'Running',
        containerStatuses: [{ name: 'calico-node', ready: false, ...container }],
      },
    },
  };
}

/** A container that crashes again and again. */
export const crashing: Partial<ObservedContainer> = {
  restartCount: 5,
  state: { waiting: { reason: 'CrashLoopBackOff' } },
  lastState: { terminated: { reason: 'Error', exitCode: 1 } },
};

const running = { calicoVersion: 'v3.32.1' };

/** Everything is as asked for. */
export const ready: StatusFacts = {
  ...empty,
  installations: [installation(emptyReport, { status: running })],
  statuses: [tigeraStatus('calico', emptyReport), tigeraStatus('ippools', emptyReport)],
  pools: [
    {
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'IPPool',
      metadata: { name: 'default-ipv4-ippool' },
      spec: { cidr: '10.244.0.0/16', vxlanMode: 'CrossSubnet', natOutgoing: true, blockSize: 26 },
    },
    {
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'IPPool',
      metadata: { name: 'old' },
      spec: { cidr: '10.9.0.0/16', disabled: true },
    },
  ],
  workloads: [kubeControllers, daemonSet(3, 3)],
};

const rolling: ComponentReport = {
  ...emptyReport,
  waiting: [
    { reason: 'ResourceNotReady', message: 'DaemonSet calico-system/calico-node: 1 of 3 pods available' },
  ],
};

/** The first pods are there. */
export const installing: StatusFacts = {
  ...ready,
  installations: [installation(rolling)],
  statuses: [tigeraStatus('calico', rolling)],
  pools: [],
  workloads: [daemonSet(1, 3, 2)],
  pods: [pod('node-b'), pod(undefined)],
};

const crash: ComponentReport = {
  ...emptyReport,
  problems: [
    {
      reason: 'PodFailure',
      message:
        'DaemonSet calico-system/calico-node: container calico-node crash-loops (Error, exit code 1) on node node-c',
    },
  ],
};

/** calico-node crashes on one node. */
export const crashLoop: StatusFacts = {
  ...ready,
  installations: [installation(crash, { status: running })],
  statuses: [tigeraStatus('calico', crash)],
  workloads: [kubeControllers, daemonSet(2, 3)],
  pods: [pod('node-a'), pod('node-c', crashing)],
};

const mistake: ComponentReport = {
  ...emptyReport,
  refusals: [
    {
      reason: 'InvalidConfigurationError',
      object: 'Installation default',
      field: 'spec.calicoNetwork.ipPools[0].cidr',
      value: '10.0.0.0/40',
      problem: 'it is no range',
      cure: 'Write it as 10.0.0.0/16',
    },
  ],
};

/** What is asked for cannot be. */
export const refused: StatusFacts = {
  ...ready,
  installations: [installation(mistake, { status: running })],
  statuses: [tigeraStatus('calico', mistake)],
};

/** The Installation is on its way out. */
export const deleting: StatusFacts = {
  ...ready,
  installations: [
    installation(
      { ...emptyReport, waiting: [{ reason: 'Terminating', message: 'waiting for 2 pods to end' }] },
      { metadata: { deletionTimestamp: since }, status: running },
    ),
  ],
};
