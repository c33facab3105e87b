/** The Installation's reconciler: brings up, takes down, or tidies after it. */
import type { Installation } from '../../api/installation.ts';
import type { Reconciler } from '../../runtime/workers.ts';
import type { RolloutMark } from '../../status/types.ts';
import { bringUp } from './bring-up.ts';
import { followOptional } from './data-plane.ts';
import { readFacts, type StaticFacts } from './facts.ts';
import { retryAfter } from './failure.ts';
import type { Surroundings } from './gather.ts';
import { measureNothing } from './measure.ts';
import type { Outfit } from './outfit.ts';
import { takeDown } from './take-down.ts';
import type { TyphaMemory } from './typha/step.ts';

/** The only Installation that is acted on; `overlay` is laid over it. */
export const installationName = 'default';

/** Makes the reconciler. What it remembers between passes is a convenience: everything works without, as after a restart. */
export function createInstallationReconciler(outfit: Outfit, surroundings: Surroundings): Reconciler {
  const marks = new Map<string, RolloutMark>();
  const typha: TyphaMemory = { remembers: true };
  const abandoned = new Set<string>();
  let known: { readonly uid: string; readonly facts: StaticFacts } | undefined;

  const factsFor = async (
    { metadata: { uid = '' } }: Installation,
    signal: AbortSignal,
  ): Promise<StaticFacts> => {
    if (known?.uid !== uid) known = { uid, facts: await readFacts(outfit.client, signal) };
    return known.facts;
  };

  let input = '';
  /** Whoever changes the spec may have seen to what failed before; also true on the first pass. */
  const isNewInput = ({ metadata: { uid, generation } }: Installation): boolean => {
    const overlay = outfit.stores.installations.get('overlay')?.metadata;
    const before = input;
    input = JSON.stringify([uid, generation, overlay?.uid, overlay?.generation]);
    return input !== before;
  };

  return async (_key, context) => {
    const { installations } = outfit.stores;
    if (!installations.synced) return { kind: 'done' };
    try {
      const installation = installations.get(installationName);
      const stays = installation !== undefined && installation.metadata.deletionTimestamp === undefined;
      // Nobody reports on requests of pods that go.
      if (!stays) outfit.stores.certificateRequests.demand(false);
      if (installation === undefined) {
        await outfit.stores.windows.follow({ ipam: false }, outfit.clock, context.signal);
        await outfit.publisher.retract(context.signal);
        measureNothing(outfit.metrics);
        followOptional(outfit.stores);
        outfit.stores.aws.follow(false);
        return { kind: 'done' };
      }
      if (installation.metadata.deletionTimestamp !== undefined) {
        return await takeDown(installation, outfit, abandoned, context);
      }
      abandoned.clear();
      if (isNewInput(installation)) {
        outfit.failedWrites.forget();
        outfit.stores.wake();
      }
      const facts = await factsFor(installation, context.signal);
      return await bringUp({ installation, facts, surroundings, outfit, marks, typha, context });
    } catch (error) {
      return retryAfter(error instanceof Error ? error : new Error(String(error)));
    }
  };
}
