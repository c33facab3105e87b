/** What a reconcile found and did, sorted by component. Pure. */
import type { DaemonSet, Deployment, KubeObject } from '../../api/kubernetes.ts';
import { reasons } from '../../api/conditions.ts';
import type { Refusal, Warning } from '../../api/refusal.ts';
import { describeRef, keyOf, refOf } from '../../apply/refs.ts';
import { summarize } from '../../apply/summary.ts';
import type { Outcome } from '../../apply/types.ts';
import type { DesiredObject } from '../../render/types.ts';
import type { WindowsDecision } from '../../resolve/types.ts';
import { missingRollout, type ObservedWorkload, rolloutFacts } from '../../status/rollout.ts';
import {
  type Cause,
  type ComponentReport,
  emptyReport,
  type RolloutFacts,
  type RolloutMark,
} from '../../status/types.ts';
import type { ObservedPod } from '../../status/pods.ts';
import type { PodFacts } from './pods.ts';

/** Components with a TigeraStatus of their own. */
export const components = ['calico', 'ippools', 'calico-windows'] as const;

export type Component = (typeof components)[number];

/** TigeraStatus of what the operator does with kube-proxy; there only while it has to do with it. */
export const kubeProxyComponent = 'kubeproxy-monitor';

/** Components that come and go. One without a report keeps the status that it has. */
export const optionalComponents = [kubeProxyComponent] as const;

export type OptionalComponent = (typeof optionalComponents)[number];

/** One report for each component; none for Windows where it is off: then its status is removed. */
export type Reports = Readonly<Record<Exclude<Component, 'calico-windows'>, ComponentReport>> &
  Readonly<Partial<Record<'calico-windows' | OptionalComponent, ComponentReport>>>;

/** Whether the user asks for Windows. */
export interface Scope {
  readonly windows: boolean;
}

/** Reports for input that is refused: nothing else is known, and nothing was done, on Windows neither. */
export function refusedReports(
  refusals: readonly Refusal[],
  warnings: readonly Warning[],
  { windows }: Scope,
): Reports {
  const all = { ...emptyReport, refusals };
  return { ...inputReports(refusals, warnings), ...(windows ? { 'calico-windows': all } : {}) };
}

/** Reports for something that stands in the way of everything. */
export function blockedReports(
  kind: 'problems' | 'waiting',
  causes: readonly Cause[],
  { windows }: Scope,
): Reports {
  const report = { ...emptyReport, [kind]: causes };
  return { calico: report, ippools: report, ...(windows ? { 'calico-windows': report } : {}) };
}

function inputReports(refusals: readonly Refusal[], warnings: readonly Warning[]) {
  const of = (component: Component): ComponentReport => ({
    ...emptyReport,
    refusals: refusals.filter((refusal) => componentOf(refusal) === component),
    warnings: warnings.filter((warning) => componentOf(warning) === component),
  });
  return { calico: of('calico'), ippools: of('ippools') };
}

function componentOf({ field, object }: Refusal): Component {
  return field?.startsWith('spec.calicoNetwork.ipPools') === true || object.startsWith('IPPool ')
    ? 'ippools'
    : 'calico';
}

/** What there is to report after an execution. */
export interface Execution {
  readonly desired: readonly DesiredObject[];
  readonly windows: WindowsDecision;
  readonly outcomes: readonly Outcome[];
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly Warning[];
  /** Fields of the spec that change workloads. */
  readonly customised: readonly string[];
  /** What is under way, and what is wrong, beside what was carried out. */
  readonly waiting?: readonly Cause[];
  readonly problems?: readonly Cause[];
  readonly pods: readonly PodFacts[];
  readonly live: (object: KubeObject) => KubeObject | undefined;
  /** Where rollouts stood the last time, by workload. */
  readonly marks: ReadonlyMap<string, RolloutMark>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Reports of what was carried out. */
export function executionReports(execution: Execution): Reports {
  const inComponent = new Map(
    execution.desired.map(({ object, component }) => [keyOf(refOf(object)), component]),
  );
  const { windows } = execution;
  const pods = unready(execution.pods);
  const stated: Reports = {
    ...inputReports(execution.refusals, execution.warnings),
    'calico-windows': windowsReport(windows),
  };
  const of = (component: Component): ComponentReport => {
    const { refusals, warnings, waiting: ownWaiting } = stated[component] ?? emptyReport;
    const outcomes = execution.outcomes.filter(
      ({ action }) => (inComponent.get(keyOf(action.ref)) ?? 'calico') === component,
    );
    const summary = summarize(outcomes);
    const { problems = [], waiting = [] } = component === 'calico' ? execution : {};
    return {
      problems: [...problems, ...summary.problems],
      waiting: [...ownWaiting, ...waiting, ...summary.waiting],
      refusals: [...refusals, ...summary.refusals],
      warnings,
      rollouts: rollouts(execution, component, pods),
      customised: component === 'calico' ? execution.customised : [],
    };
  };
  return {
    calico: of('calico'),
    ippools: of('ippools'),
    ...(windows.kind === 'off' ? {} : { 'calico-windows': of('calico-windows') }),
  };
}

/** What is wrong with Windows is told of Windows alone. */
function windowsReport(windows: WindowsDecision): ComponentReport {
  switch (windows.kind) {
    case 'off':
      return emptyReport;
    case 'on':
      return { ...emptyReport, warnings: windows.warnings };
    case 'refused':
      return { ...emptyReport, refusals: windows.refusals, warnings: windows.warnings };
    case 'waiting':
      return {
        ...emptyReport,
        waiting: [{ reason: reasons.ResourceNotReady, message: 'Reading what Windows nodes depend on' }],
      };
  }
}

type UnreadyPods = ReadonlyMap<string, readonly ObservedPod[]>;

/** By the name of their workload. */
function unready(pods: readonly PodFacts[]): UnreadyPods {
  const byApp = new Map<string, ObservedPod[]>();
  for (const { app, observed } of pods) {
    if (observed === undefined) continue;
    const known = byApp.get(app);
    if (known === undefined) byApp.set(app, [observed]);
    else known.push(observed);
  }
  return byApp;
}

function rollouts(execution: Execution, component: Component, pods: UnreadyPods): readonly RolloutFacts[] {
  return execution.desired.flatMap(({ object, component: its }) => {
    if (its !== component) return [];
    if (object.kind !== 'DaemonSet' && object.kind !== 'Deployment') return [];
    const live = execution.live(object) as DaemonSet | Deployment | undefined;
    const name = describeRef(refOf(object));
    if (live === undefined) return [missingRollout(name, execution.now)];
    const previous = execution.marks.get(name);
    return [
      rolloutFacts({
        workload: live as ObservedWorkload,
        pods: pods.get(object.metadata.name) ?? [],
        now: execution.now,
        ...(previous === undefined ? {} : { previous }),
      }),
    ];
  });
}

/** Rollouts of all components. */
export function rolloutsOf(reports: Reports): readonly RolloutFacts[] {
  return components.flatMap((component) => reports[component]?.rollouts ?? []);
}
