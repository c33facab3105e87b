/** What a cache tells the metrics. */
import type { FailureReason } from './failure.ts';
import type { Health } from './reflector-state.ts';

/** Told by a cache. `watch` is the name of a store, as `cache.unsynced()` gives it; they are few and fixed. */
export interface CacheObserver {
  /** A list or watch had to be begun again; `ended` is the server's ordinary end of a watch after some minutes. */
  restarted(watch: string, reason: FailureReason | 'ended'): void;
  health(watch: string, health: Health): void;
  /** Objects held, after a change. */
  size(watch: string, objects: number): void;
}

/** An observer that keeps nothing. */
export const silentCacheObserver: CacheObserver = {
  restarted: () => undefined,
  health: () => undefined,
  size: () => undefined,
};
