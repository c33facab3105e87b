/** What the outcomes of a plan mean for the status. */
import { type Reason, reasons } from '../api/conditions.ts';
import type { Refusal } from '../api/refusal.ts';
import { isForbidden, isNamespaceTerminating, isNotFound } from '../kube/errors.ts';
import type { Action, Outcome } from './types.ts';

/** One cause for a condition; the status room's `Cause` is the same. */
export interface OutcomeCause {
  readonly reason: Reason;
  readonly message: string;
}

/** Outcomes by what they ask for. */
export interface OutcomeSummary {
  readonly refusals: readonly Refusal[];
  readonly problems: readonly OutcomeCause[];
  readonly waiting: readonly OutcomeCause[];
}

/** Sorts outcomes; what was done or skipped says nothing. */
export function summarize(outcomes: readonly Outcome[]): OutcomeSummary {
  return {
    refusals: outcomes.flatMap((outcome) => (outcome.kind === 'refused' ? [outcome.refusal] : [])),
    problems: outcomes.flatMap((outcome) =>
      outcome.kind === 'failed' && !isPassing(outcome.error)
        ? [{ reason: reasonOf(outcome.action, outcome.error.cause), message: outcome.error.message }]
        : [],
    ),
    waiting: outcomes.flatMap((outcome) => {
      if (outcome.kind === 'waiting') {
        return [{ reason: reasons.ResourceNotReady, message: outcome.reason }];
      }
      return outcome.kind === 'failed' && isPassing(outcome.error)
        ? [{ reason: reasons.ResourceNotReady, message: outcome.error.message }]
        : [];
    }),
  };
}

/** A namespace that goes comes back by itself. */
function isPassing(error: Error): boolean {
  return isNamespaceTerminating(error.cause);
}

function reasonOf(action: Action, cause: unknown): Reason {
  if (isForbidden(cause)) {
    return reasons.PermissionDenied;
  }
  if (isNotFound(cause) && action.ref.namespace === undefined) {
    return reasons.CustomResourceDefinitionMissing;
  }
  return action.kind === 'create' || action.kind === 'recreate'
    ? reasons.ResourceCreateError
    : reasons.ResourceUpdateError;
}
