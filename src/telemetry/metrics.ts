/**
 * The program's metrics, on a registry of their own. Names that users of controller-runtime have on their dashboards are
 * kept for reconciles, queues and leadership; the rest begins with `calico_operator_`. docs/metrics.md lists them.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { boundLabel } from './bounded-label.ts';
import { registerProcessMetrics } from './process-metrics.ts';
import type { ApiRequest, QueueObserver, ReconcileObserver, ReconcileOutcome } from './observers.ts';

/** Longest list of values that a label with names from outside may take; more are counted as `other`. */
const mostValues = 100;

const durations = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export interface MetricsOptions {
  readonly version: string;
  readonly calicoVersion: string;
  /** Name of the Lease, as label of the leader status. */
  readonly leaseName: string;
}

/** What is measured of a condition. */
export interface MeasuredCondition {
  readonly type: string;
  /** `True`, `False`, or else unknown. */
  readonly status: string;
}

/** Pods of a workload. */
export interface PodCounts {
  readonly desired: number;
  readonly ready: number;
}

/** Everything that the program counts and measures. */
export interface Metrics {
  readonly contentType: string;
  /** The exposition text. */
  text(): Promise<string>;
  /** Observers of one controller and its queue; its series exist from this call on. */
  controller(
    name: string,
    concurrency?: number,
  ): {
    readonly reconcile: ReconcileObserver;
    readonly queue: QueueObserver;
  };
  /** One exchange with the API server. */
  requestDone(request: ApiRequest): void;
  /** A watch had to be started again, for a reason of a fixed list. */
  watchRestarted(resource: string, reason: string): void;
  /** Replaces the numbers of objects that we keep, by kind. */
  setManagedObjects(byKind: Readonly<Record<string, number>>): void;
  /** An object that somebody else had changed or deleted was put right. */
  driftRepaired(kind: string): void;
  /** Replaces the conditions, by component. */
  setConditions(byComponent: Readonly<Record<string, readonly MeasuredCondition[]>>): void;
  /** Replaces the certificates' ends, by name: milliseconds since the epoch. */
  setCertificates(notAfter: Readonly<Record<string, number>>): void;
  setNodes(nodes: number): void;
  setTypha(replicas: PodCounts): void;
  /** Replaces the counts of calico-node's pods, by name of the DaemonSet. */
  setNodePods(byDaemonSet: Readonly<Record<string, PodCounts>>): void;
  setLeader(leading: boolean): void;
}

/** Creates the metrics. Nothing global is touched: each call has a registry of its own. */
export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  registerProcessMetrics(registry);
  registerBuild(registry, options);
  const leader = leaderGauge(registry, options.leaseName);
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    controller: controllerMetrics(registry),
    ...apiMetrics(registry),
    ...stateMetrics(registry),
    setLeader: (leading) => leader.set({ name: options.leaseName }, leading ? 1 : 0),
  };
}

function registerBuild(registry: Registry, { version, calicoVersion }: MetricsOptions): void {
  new Gauge({
    name: 'calico_operator_build_info',
    help: 'Always 1; its labels say which operator this is, which Calico it installs and what it runs on.',
    labelNames: ['version', 'calico_version', 'node_version'],
    registers: [registry],
  }).set({ version, calico_version: calicoVersion, node_version: process.version }, 1);
}

function leaderGauge(registry: Registry, name: string): Gauge<'name'> {
  const gauge = new Gauge({
    name: 'leader_election_master_status',
    help: 'Whether this process leads (1) or stands by (0), by name of the lease.',
    labelNames: ['name'],
    registers: [registry],
  });
  gauge.set({ name }, 0);
  return gauge;
}

/** How outcomes are counted: as controller-runtime counts them, where a stalled reconcile is a terminal error. */
const resultOf: Readonly<Record<ReconcileOutcome, string | undefined>> = {
  success: 'success',
  requeue_after: 'requeue_after',
  error: 'error',
  stalled: 'error',
  panic: 'error',
  aborted: undefined,
};

function controllerMetrics(registry: Registry): Metrics['controller'] {
  const series = controllerSeries(registry);
  const queueOf = queueMetrics(registry);
  return (controller, concurrency = 1) => {
    for (const result of ['success', 'error', 'requeue_after']) series.total.inc({ controller, result }, 0);
    for (const counter of [series.errors, series.terminal, series.panics]) counter.inc({ controller }, 0);
    series.limit.set({ controller }, concurrency);
    series.active.set({ controller }, 0);
    return {
      queue: queueOf(controller),
      reconcile: {
        started: () => series.active.inc({ controller }),
        finished: (outcome, seconds) => {
          series.active.dec({ controller });
          series.time.observe({ controller }, seconds);
          const result = resultOf[outcome];
          if (result !== undefined) series.total.inc({ controller, result });
          if (result === 'error') series.errors.inc({ controller });
          if (outcome === 'stalled') series.terminal.inc({ controller });
          if (outcome === 'panic') series.panics.inc({ controller });
        },
      },
    };
  };
}

function controllerSeries(registry: Registry) {
  const common = { labelNames: ['controller'] as const, registers: [registry] };
  return {
    total: new Counter({
      name: 'controller_runtime_reconcile_total',
      help: 'Finished reconciles by controller and result.',
      labelNames: ['controller', 'result'],
      registers: [registry],
    }),
    errors: new Counter({
      ...common,
      name: 'controller_runtime_reconcile_errors_total',
      help: 'Reconciles that ended with an error, by controller.',
    }),
    terminal: new Counter({
      ...common,
      name: 'controller_runtime_terminal_reconcile_errors_total',
      help: 'Reconciles that ended with an error which only a change of input can cure, by controller.',
    }),
    panics: new Counter({
      ...common,
      name: 'controller_runtime_reconcile_panics_total',
      help: 'Reconciles that ended with an unexpected exception, by controller.',
    }),
    time: new Histogram({
      ...common,
      name: 'controller_runtime_reconcile_time_seconds',
      help: 'Time that a reconcile took, by controller.',
      buckets: durations,
    }),
    active: new Gauge({
      ...common,
      name: 'controller_runtime_active_workers',
      help: 'Reconciles in progress, by controller.',
    }),
    limit: new Gauge({
      ...common,
      name: 'controller_runtime_max_concurrent_reconciles',
      help: 'Reconciles that may be in progress at the same time, by controller.',
    }),
  };
}

function queueMetrics(registry: Registry): (name: string) => QueueObserver {
  const common = { labelNames: ['name'] as const, registers: [registry] };
  const depth = new Gauge({
    ...common,
    name: 'workqueue_depth',
    help: 'Keys that are ready and wait for a worker, by queue.',
  });
  const adds = new Counter({ ...common, name: 'workqueue_adds_total', help: 'Keys added, by queue.' });
  const retries = new Counter({
    ...common,
    name: 'workqueue_retries_total',
    help: 'Keys put back after a failure, by queue.',
  });
  const backOff = new Gauge({
    ...common,
    name: 'workqueue_back_off_seconds',
    help: 'Time from the last failure to the next attempt; 0 when the last attempt did not fail. By queue.',
  });
  const waits = new Histogram({
    ...common,
    name: 'workqueue_queue_duration_seconds',
    help: 'Time that a key waited for a worker, by queue.',
    buckets: durations,
  });
  return (name) => {
    depth.set({ name }, 0);
    adds.inc({ name }, 0);
    retries.inc({ name }, 0);
    backOff.set({ name }, 0);
    return {
      depth: (keys) => depth.set({ name }, keys),
      added: () => adds.inc({ name }),
      retried: (seconds) => {
        retries.inc({ name });
        backOff.set({ name }, seconds);
      },
      recovered: () => backOff.set({ name }, 0),
      taken: (seconds) => waits.observe({ name }, seconds),
    };
  };
}

function apiMetrics(registry: Registry): Pick<Metrics, 'requestDone' | 'watchRestarted'> {
  const resourceLabel = boundLabel(mostValues);
  const requests = new Counter({
    name: 'calico_operator_api_requests_total',
    help: 'Requests to the API server by verb, resource and HTTP status code, or "error" without an answer.',
    labelNames: ['verb', 'resource', 'code'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'calico_operator_api_request_duration_seconds',
    help: 'Time until the API server answered, by verb; for a watch, until it was accepted.',
    labelNames: ['verb'],
    buckets: durations,
    registers: [registry],
  });
  const restarts = new Counter({
    name: 'calico_operator_watch_restarts_total',
    help: 'Watches that had to be started again, by resource and reason.',
    labelNames: ['resource', 'reason'],
    registers: [registry],
  });
  return {
    requestDone: (request) => {
      const { verb, code } = request;
      requests.inc({ verb, resource: resourceLabel(request.resource), code: String(code) });
      seconds.observe({ verb }, request.seconds);
    },
    watchRestarted: (resource, reason) => restarts.inc({ resource: resourceLabel(resource), reason }),
  };
}

type StateMetrics = Pick<
  Metrics,
  | 'setManagedObjects'
  | 'driftRepaired'
  | 'setConditions'
  | 'setCertificates'
  | 'setNodes'
  | 'setTypha'
  | 'setNodePods'
>;

const conditionValues: ReadonlyMap<string, number> = new Map([
  ['True', 1],
  ['False', 0],
]);

function stateMetrics(registry: Registry): StateMetrics {
  const certificateLabel = boundLabel(mostValues);
  const { certificates, conditions, drift, nodePods, nodes, objects, typha } = stateSeries(registry);
  return {
    setManagedObjects: (byKind) => {
      objects.reset();
      for (const [kind, count] of Object.entries(byKind)) objects.set({ kind }, count);
    },
    driftRepaired: (kind) => drift.inc({ kind }),
    setConditions: (byComponent) => {
      conditions.reset();
      for (const [component, its] of Object.entries(byComponent)) {
        for (const { type, status } of its)
          conditions.set({ component, type }, conditionValues.get(status) ?? -1);
      }
    },
    setCertificates: (notAfter) => {
      certificates.reset();
      for (const [name, time] of Object.entries(notAfter)) {
        certificates.set({ name: certificateLabel(name) }, Math.round(time / 1_000));
      }
    },
    setNodes: (count) => nodes.set(count),
    setTypha: ({ desired, ready }) => {
      typha.set({ state: 'desired' }, desired);
      typha.set({ state: 'ready' }, ready);
    },
    setNodePods: (byDaemonSet) => {
      nodePods.reset();
      for (const [daemonset, { desired, ready }] of Object.entries(byDaemonSet)) {
        nodePods.set({ daemonset, state: 'desired' }, desired);
        nodePods.set({ daemonset, state: 'ready' }, ready);
      }
    },
  };
}

function stateSeries(registry: Registry) {
  const registers = [registry];
  return {
    objects: new Gauge({
      name: 'calico_operator_managed_objects',
      help: 'Objects that the operator keeps as they should be, by kind.',
      labelNames: ['kind'],
      registers,
    }),
    drift: new Counter({
      name: 'calico_operator_drift_repairs_total',
      help: 'Objects that somebody else had changed or deleted and that were put right, by kind.',
      labelNames: ['kind'],
      registers,
    }),
    conditions: new Gauge({
      name: 'calico_operator_condition',
      help: 'Status of a condition: 1 true, 0 false, -1 unknown; by component and condition type.',
      labelNames: ['component', 'type'],
      registers,
    }),
    certificates: new Gauge({
      name: 'calico_operator_certificate_expiration_timestamp_seconds',
      help: 'When a certificate ends, as seconds since the epoch, by name of its Secret.',
      labelNames: ['name'],
      registers,
    }),
    nodes: new Gauge({
      name: 'calico_operator_nodes',
      help: 'Nodes of the cluster that Calico is meant to run on.',
      registers,
    }),
    typha: new Gauge({
      name: 'calico_operator_typha_replicas',
      help: 'Replicas of Typha, desired and ready.',
      labelNames: ['state'],
      registers,
    }),
    nodePods: new Gauge({
      name: 'calico_operator_node_pods',
      help: 'Pods of calico-node, one a node, desired and ready, by DaemonSet.',
      labelNames: ['daemonset', 'state'],
      registers,
    }),
  };
}
