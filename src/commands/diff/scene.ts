/** What `diff` decides from, and the decision. */
import type { Installation } from '../../api/installation.ts';
import { followedApiServer } from '../../controllers/installation/data-plane.ts';
import { decide, type Decision } from '../../controllers/installation/desired.ts';
import type { StaticFacts } from '../../controllers/installation/facts.ts';
import { gather } from '../../controllers/installation/gather.ts';
import { type LiveWorkloads, liveWorkloads } from '../../controllers/installation/live.ts';
import { referable } from '../../controllers/installation/references.ts';
import type { Stores } from '../../controllers/installation/stores.ts';
import { typhaHistory } from '../../controllers/installation/typha/step.ts';
import type { RenderInput } from '../../render/types.ts';
import type { Snapshot, TyphaHistory } from '../../resolve/types.ts';
import { windowsNeeds } from '../../resolve/windows/needs.ts';
import type { Place } from './place.ts';

/** What there is to decide from. */
export interface Scene {
  readonly installation: Installation;
  readonly stores: Stores;
  readonly facts: StaticFacts;
  readonly place: Place;
  /** Of this program. */
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A scene as the operator sees it, and what it decides. */
export interface Decided {
  readonly workloads: LiveWorkloads;
  readonly snapshot: Snapshot & { readonly typha: TyphaHistory };
  readonly decision: Decision;
}

/** What Windows nodes depend on counts only once it is known that it is needed, as in the operator. */
export function decideScene({ installation, stores, facts, place, now }: Scene): Decided {
  const workloads = liveWorkloads(stores);
  const look = (): Decided => {
    const snapshot = {
      ...gather(installation, stores, facts, place, followedApiServer(stores)),
      typha: typhaHistory(workloads, now),
      referable: referable(stores),
    };
    return { workloads, snapshot, decision: decide(snapshot) };
  };
  const first = look();
  if (first.decision.kind === 'refused') return first;
  stores.windows.need(windowsNeeds(first.decision.resolved.spec));
  return look();
}

/** Who the operator says that it is in what it renders. */
export function operatorIn({ place, version }: Scene): RenderInput['operator'] {
  return { namespace: place.operatorNamespace, serviceAccount: place.serviceAccount, version };
}
