/** What a reconcile found and did, sorted by component. Pure. */
import type { DaemonSet, Deployment, KubeObject } from '../../api/kubernetes.ts';
import type { Refusal, Warning } from '../../api/refusal.ts';
import { describeRef, keyOf, refOf } from '../../apply/refs.ts';
import { summarize } from '../../apply/summary.ts';
import type { Outcome } from '../../apply/types.ts';
import type { DesiredObject } from '../../render/types.ts';
import { missingRollout, type ObservedWorkload, rolloutFacts } from '../../status/rollout.ts';
import {
  type Cause,
  type ComponentReport,
  emptyReport,
  type RolloutFacts,
  type RolloutMark,
} from '../../status/types.ts';
import type { PodFacts } from './pods.ts';

/** Components with a TigeraStatus of their own. */
export const components = ['calico', 'ippools'] as const;

export type Component = (typeof components)[number];

/** TigeraStatus of what the operator does with kube-proxy; there only while it has to do with it. */
export const kubeProxyComponent = 'kubeproxy-monitor';

/** Components that come and go. One without a report keeps the status that it has. */
export const optionalComponents = [kubeProxyComponent] as const;

export type OptionalComponent = (typeof optionalComponents)[number];

/** One report for each component. */
export type Reports = Readonly<Record<Component, ComponentReport>> &
  Readonly<Partial<Record<OptionalComponent, ComponentReport>>>;

/** Reports for input that is refused: nothing else is known, and nothing was done. */
export function refusedReports(refusals: readonly Refusal[], warnings: readonly Warning[]): Reports {
  const of = (component: Component): ComponentReport => ({
    ...emptyReport,
    refusals: refusals.filter((refusal) => componentOf(refusal) === component),
    warnings: warnings.filter((warning) => componentOf(warning) === component),
  });
  return { calico: of('calico'), ippools: of('ippools') };
}

/** Reports for something that stands in the way of everything. */
export function blockedReports(kind: 'problems' | 'waiting', causes: readonly Cause[]): Reports {
  const report = { ...emptyReport, [kind]: causes };
  return { calico: report, ippools: report };
}

function componentOf({ field, object }: Refusal): Component {
  return field?.startsWith('spec.calicoNetwork.ipPools') === true || object.startsWith('IPPool ')
    ? 'ippools'
    : 'calico';
}

/** What there is to report after an execution. */
export interface Execution {
  readonly desired: readonly DesiredObject[];
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
  const stated = refusedReports(execution.refusals, execution.warnings);
  const of = (component: Component): ComponentReport => {
    const outcomes = execution.outcomes.filter(
      ({ action }) => (inComponent.get(keyOf(action.ref)) ?? 'calico') === component,
    );
    const summary = summarize(outcomes);
    const { problems = [], waiting = [] } = component === 'calico' ? execution : {};
    return {
      problems: [...problems, ...summary.problems],
      waiting: [...waiting, ...summary.waiting],
      refusals: [...stated[component].refusals, ...summary.refusals],
      warnings: stated[component].warnings,
      rollouts: component === 'calico' ? rollouts(execution) : [],
      customised: component === 'calico' ? execution.customised : [],
    };
  };
  return { calico: of('calico'), ippools: of('ippools') };
}

function rollouts(execution: Execution): readonly RolloutFacts[] {
  return execution.desired.flatMap(({ object }) => {
    if (object.kind !== 'DaemonSet' && object.kind !== 'Deployment') return [];
    const live = execution.live(object) as DaemonSet | Deployment | undefined;
    const name = describeRef(refOf(object));
    if (live === undefined) return [missingRollout(name, execution.now)];
    const previous = execution.marks.get(name);
    return [
      rolloutFacts({
        workload: live as ObservedWorkload,
        pods: execution.pods.flatMap(({ app, observed }) =>
          app === object.metadata.name && observed !== undefined ? [observed] : [],
        ),
        now: execution.now,
        ...(previous === undefined ? {} : { previous }),
      }),
    ];
  });
}
