/** What happens to pods, in words. */
import type { Effect } from './types.ts';

/** `rolls 3 pods, one at a time`. */
export function describeEffect(effect: Effect): string {
  switch (effect.kind) {
    case 'none':
      return 'no restart';
    case 'rolls':
      return `rolls ${describePods(effect.pods)}, ${effect.pace}`;
    case 'starts':
      return `starts ${describePods(effect.pods)}`;
    case 'stops':
      return `stops ${describePods(effect.pods)}`;
    case 'scales':
      return `scales from ${effect.from} to ${describePods(effect.to)}`;
  }
}

/** `1 pod`, `3 pods`. */
export const describePods = (count: number): string => `${count} ${count === 1 ? 'pod' : 'pods'}`;
