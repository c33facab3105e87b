/** What has to be done for an Installation, from all that it asks for and all that is there. Pure. */
import type { Installation } from '../../api/installation.ts';
import type { OwnerReference } from '../../api/kubernetes.ts';
import type { ApplyMemory } from '../../apply/memory.ts';
import { teardownOf } from '../../apply/ownership.ts';
import { plan } from '../../apply/plan.ts';
import type { Plan } from '../../apply/types.ts';
import type { DesiredObject } from '../../render/types.ts';
import { isWindowsLeftover, isWindowsObject } from '../../render/windows/windows.ts';
import type { WindowsDecision } from '../../resolve/types.ts';
import { ownershipOf } from './outfit.ts';
import type { Stores } from './stores.ts';

/** What is asked for. */
export interface Asked {
  readonly desired: readonly DesiredObject[];
  readonly windows: WindowsDecision;
}

/** Plans every object, and the removal of those of the operator's that are no longer asked for. */
export function planAll(
  installation: Installation,
  { desired, windows }: Asked,
  stores: Pick<Stores, 'live' | 'owned'>,
  history?: ApplyMemory,
): Plan {
  // What is refused leaves what runs as it is.
  const keepsWindows = windows.kind === 'refused' || windows.kind === 'waiting';
  return plan({
    desired,
    live: stores.live,
    ownership: ownershipOf(installation),
    existing: stores.owned.flatMap((store) => store.list()),
    // They have no owner, so that the garbage collector leaves their end to us: also when the spec drops one.
    prunable: (object) => teardownOf(object) === 'last' && !(keepsWindows && isWindowsObject(object)),
    leftover: (object) => windows.kind === 'on' && isWindowsLeftover(object),
    ...(history === undefined ? {} : { history, compare: history.compare }),
  });
}

/** The owner reference that objects of an Installation carry. */
export function ownerOf({ apiVersion, kind, metadata }: Installation): OwnerReference {
  return {
    apiVersion,
    kind,
    name: metadata.name,
    uid: metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}
