/**
 * Gives memory back when the work is done. V8 lets garbage lie as long as the machine has room, and an operator that has
 * nothing to do allocates too little to ever have it collected (docs/adr/0006-memory-at-rest.md).
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from '../clock.ts';

/** Collects once it has been quiet for a while. */
export interface MemoryKeeper {
  /** Work was done. */
  touch(): void;
  stop(): void;
}

/** How long nothing must have happened, in milliseconds. */
const quietTime = 5_000;

/** @param collect a full collection; it holds the event loop up for some ten milliseconds */
export function createMemoryKeeper(clock: Pick<Clock, 'schedule'>, collect: () => void): MemoryKeeper {
  let timer: { cancel(): void } | undefined;
  return {
    touch: () => {
      timer?.cancel();
      timer = clock.schedule(quietTime, collect);
    },
    stop: () => timer?.cancel(),
  };
}

/** V8's full collection, which also gives the pages back to the system. */
export function systemCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { type: 'major'; flavor: 'last-resort' }) => void;
  return () => collect({ type: 'major', flavor: 'last-resort' });
}
