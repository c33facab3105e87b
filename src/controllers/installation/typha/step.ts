/** Typha's transition as a reconcile sees it: what goes in from the cluster, and what comes out for the status. */
import { reasons } from '../../../api/conditions.ts';
import type { Installation } from '../../../api/installation.ts';
import type { DaemonSet, Deployment } from '../../../api/kubernetes.ts';
import { describeRefusal } from '../../../api/refusal.ts';
import { appliedFields } from '../../../apply/managed-fields.ts';
import { homelessTypha } from '../../../resolve/typha/decision.ts';
import type { Snapshot, TyphaDecision, TyphaHistory } from '../../../resolve/types.ts';
import type { Cause } from '../../../status/types.ts';
import { installationManager } from '../outfit.ts';
import { type TyphaStatus, type TyphaTransition, typhaTransition } from './transition.ts';
import { usesTypha } from './workloads.ts';

/** The workloads of the cluster that a transition is about. */
export interface Workloads {
  readonly node?: DaemonSet;
  readonly nodeWindows?: DaemonSet;
  readonly typha?: Deployment;
}

/** What the cluster tells of Typha, for the decision whether it should run. */
export function typhaHistory(
  { node, typha }: Workloads,
  now: number,
  { remembers }: TyphaMemory = { remembers: true },
): TyphaHistory {
  return { present: typha !== undefined || usesTypha(node), remembers, now };
}

/** What a process learns about `status.typha`: that it is not kept shows only after it was written. */
export interface TyphaMemory {
  remembers: boolean;
}

/**
 * Looks at what became of `status.typha` once it was written.
 * @returns true when the process has just learnt that it is not kept, so that the step has to be decided anew
 */
export function learnsThatItIsLost(
  memory: TyphaMemory,
  told: TyphaStatus | undefined,
  stored: Installation | undefined,
): boolean {
  if (told === undefined || stored === undefined || stored.status?.typha !== undefined) return false;
  memory.remembers = false;
  return true;
}

/** The next step of the transition. */
export function nextTyphaStep(
  { installation, typha: history }: Snapshot & { readonly typha: TyphaHistory },
  decision: TyphaDecision,
  workloads: Workloads,
): TyphaTransition {
  const { node } = workloads;
  const record = installation.status?.typha;
  return typhaTransition({
    decision,
    ...workloads,
    nodeIsOurs: node !== undefined && appliedFields(node, installationManager) !== undefined,
    ...(record === undefined ? {} : { record }),
    remembers: history.remembers,
    now: history.now,
  });
}

/** What somebody has to do something about. */
export function typhaProblems(snapshot: Snapshot, { homeless }: TyphaTransition): readonly Cause[] {
  return homeless
    ? [{ reason: reasons.ResourceScalingError, message: describeRefusal(homelessTypha(snapshot)) }]
    : [];
}
