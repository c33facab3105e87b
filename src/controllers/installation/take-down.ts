/** An Installation that is being deleted: step by step, each found anew from what is still there. */
import { reasons } from '../../api/conditions.ts';
import type { Installation } from '../../api/installation.ts';
import { describeRef, keyOf, refOf } from '../../apply/refs.ts';
import { leavesEverything, planTeardown } from '../../apply/teardown.ts';
import type { ReconcileContext, Result } from '../../runtime/workers.ts';
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
    if (isLate(installation, clock.now())) {
      for (const { action } of failed) abandoned.add(keyOf(action.ref));
    }
    if (failed[0] !== undefined) return { kind: 'retry', error: failed[0].error };
    if (signal.aborted || outcomes.some(({ kind }) => kind !== 'done')) {
      return { kind: 'requeueAfter', delay: 1000 };
    }
  }
}

function isLate({ metadata }: Installation, now: number): boolean {
  return now - Date.parse(metadata.deletionTimestamp ?? '') > patience;
}

function latest(installation: Installation, { installations }: Outfit['stores']): Installation {
  const { name, uid } = installation.metadata;
  const stored = installations.get(name);
  return stored !== undefined && stored.metadata.uid === uid ? stored : installation;
}
