/** An Installation that is being deleted: step by step, each found anew from what is still there. */
import { reasons } from '../../api/conditions.ts';
import type { Installation } from '../../api/installation.ts';
import { describeRef, keyOf, refOf } from '../../apply/refs.ts';
import { leavesEverything, planTeardown } from '../../apply/teardown.ts';
import type { ReconcileContext, Result } from '../../runtime/workers.ts';
import { failureOf } from './failure.ts';
import { handBack } from './kube-proxy/hand-back-carrier.ts';
import { type Outfit, ownershipOf } from './outfit.ts';
import { scopeOf } from './scope.ts';
import { blockedReports } from './report.ts';

/** How long an object that the API server refuses to delete holds the teardown up, in milliseconds. */
const patience = 120_000;

/**
 * One step of the teardown, and the next at once where nothing has to be waited for.
 * @param abandoned keys of objects that could not be deleted in time; updated
 */
export async function takeDown(
  leaving: Installation,
  outfit: Outfit,
  abandoned: Set<string>,
  context: ReconcileContext,
): Promise<Result> {
  const { clock, publisher, stores } = outfit;
  const { logger, signal } = context;
  for (;;) {
    // What the step before wrote is what this one's conditions are held against.
    const installation = latest(leaving, stores);
    const facts = {
      installation,
      live: stores.owned
        .flatMap((store) => store.list())
        .filter((object) => !abandoned.has(keyOf(refOf(object)))),
      pods: stores.pods.list().filter(({ app }) => app !== ''),
      ownership: ownershipOf(installation),
      now: clock.now(),
    };
    if (!leavesEverything(facts)) {
      const delay = await handBack(installation, outfit, context);
      if (delay !== undefined) return { kind: 'requeueAfter', delay };
    }
    const step = planTeardown(facts);
    if (step.kind === 'release') {
      const left = step.left.map(describeRef);
      logger.info('Installation taken down', { left, abandoned: [...abandoned, ...step.abandoned] });
      await outfit.setFinalizer(installation, 'lifted', signal);
      return { kind: 'done' };
    }
    const cause = { reason: reasons.Terminating, message: step.message };
    const due = await publisher.publish(
      installation,
      { reports: blockedReports('waiting', [cause], scopeOf(installation, stores)) },
      signal,
    );
    if (step.kind === 'wait') {
      return { kind: 'requeueAfter', delay: Math.min(step.retryAfter, due ?? step.retryAfter) };
    }
    const outcomes = await outfit.execute(step.plan, context);
    const failed = outcomes.filter((outcome) => outcome.kind === 'failed');
    if (untilLate(installation, clock.now()) === 0) {
      for (const { action } of failed) abandoned.add(keyOf(action.ref));
    }
    const failure = failureOf(failed, outfit.failedWrites);
    if (failure?.delay !== undefined) {
      return { ...failure, delay: Math.min(failure.delay, untilLate(installation, clock.now())) };
    }
    if (failure !== undefined) return failure;
    if (signal.aborted || outcomes.some(({ kind }) => kind !== 'done')) {
      return { kind: 'requeueAfter', delay: 1000 };
    }
  }
}

/** Milliseconds until what can't be deleted is left behind. */
function untilLate({ metadata }: Installation, now: number): number {
  return Math.max(0, Date.parse(metadata.deletionTimestamp ?? '') + patience - now);
}

function latest(installation: Installation, { installations }: Outfit['stores']): Installation {
  const { name, uid } = installation.metadata;
  const stored = installations.get(name);
  return stored !== undefined && stored.metadata.uid === uid ? stored : installation;
}
