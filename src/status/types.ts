/** What the status is made from. */
import type { Refusal, Warning } from '../api/refusal.ts';
import type { Reason } from '../api/conditions.ts';

/** One cause for a condition. */
export interface Cause {
  readonly reason: Reason;
  /** One line, without anything that changes by itself: no generated names, no counters, no times. */
  readonly message: string;
}

/** Where a workload's rollout stands. */
export interface RolloutFacts {
  /** As `DaemonSet calico-system/calico-node`. */
  readonly object: string;
  readonly desired: number;
  readonly available: number;
  /** What comes right by itself. Pods that start on nodes which joined after the rollout was complete don't count. */
  readonly progressing: readonly string[];
  /** What somebody has to look at. */
  readonly failing: readonly string[];
  /** Milliseconds after which time alone changes these facts; absent when it does not. */
  readonly changesIn?: number;
  /** To be handed in the next time, so that a stall is noticed. */
  readonly mark: RolloutMark;
}

/** What is remembered of a rollout, for as long as the process lives. */
export interface RolloutMark {
  readonly fingerprint: string;
  /** When it was last seen to move, in milliseconds since the epoch. */
  readonly since: number;
  /** The last time that every pod was available: the workload's generation, and how many pods there were. */
  readonly completed?: { readonly generation: number; readonly available: number };
}

/** Everything that a component's conditions follow from. */
export interface ComponentReport {
  /** Mistakes in the user's input; also what execution refused. */
  readonly refusals: readonly Refusal[];
  /** What failed. */
  readonly problems: readonly Cause[];
  /** What is waited for, besides rollouts. */
  readonly waiting: readonly Cause[];
  readonly rollouts: readonly RolloutFacts[];
  readonly warnings: readonly Warning[];
  /** Fields of the spec that change workloads: the first thing that support asks. */
  readonly customised: readonly string[];
}

/** A report with nothing in it: everything is as asked for. */
export const emptyReport: ComponentReport = {
  refusals: [],
  problems: [],
  waiting: [],
  rollouts: [],
  warnings: [],
  customised: [],
};

/** One report for several components. */
export function joinReports(reports: readonly ComponentReport[]): ComponentReport {
  return {
    refusals: reports.flatMap(({ refusals }) => refusals),
    problems: reports.flatMap(({ problems }) => problems),
    waiting: reports.flatMap(({ waiting }) => waiting),
    rollouts: reports.flatMap(({ rollouts }) => rollouts),
    warnings: reports.flatMap(({ warnings }) => warnings),
    customised: reports.flatMap(({ customised }) => customised),
  };
}
