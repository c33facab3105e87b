/** When Typha is switched on and off: `Auto` has a memory, so that a cluster that breathes does not roll every node. */
import type { TyphaDecision } from '../types.ts';

/** What the switch is decided from. */
export interface SwitchFacts
  extends Pick<TyphaDecision, 'mode' | 'nodes' | 'switchOnAbove' | 'switchOffBelow' | 'switchOffAfter'> {
  /** Typha is on by the decision before; without one, by what is in the cluster. */
  readonly runs: boolean;
  /** RFC 3339: since when nodes are below the lower limit, as noted before. */
  readonly belowSince?: string;
  /** What is noted is kept. Otherwise the time could never be over, and what is on stays on. */
  readonly remembers: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** On or off; while the lower limit is undercut, since when, and in how many milliseconds that counts. */
export type Switch = Pick<TyphaDecision, 'wanted' | 'belowSince' | 'changesIn'>;

/**
 * Above the upper limit Typha is on. Once on it goes off when nodes have been below the lower limit for the whole time
 * without a break. Between the limits, and before the time is over, it stays as it is.
 */
export function decideSwitch(facts: SwitchFacts): Switch {
  const { mode, nodes, runs, now } = facts;
  if (mode !== 'Auto') return { wanted: mode === 'Always' };
  if (nodes > facts.switchOnAbove) return { wanted: true };
  if (!runs) return { wanted: false };
  if (nodes >= facts.switchOffBelow || !facts.remembers) return { wanted: true };
  const since = startOf(facts.belowSince, now);
  const left = since + facts.switchOffAfter - now;
  return left <= 0 || facts.switchOffAfter === 0
    ? { wanted: false }
    : { wanted: true, belowSince: asTime(since), changesIn: left };
}

/** The noted start; now, if there is none or the clock was set back behind it. In whole seconds, never too early. */
function startOf(noted: string | undefined, now: number): number {
  const begin = Math.ceil(now / 1000) * 1000;
  const since = Date.parse(noted ?? '');
  return Number.isNaN(since) || since > begin ? begin : since;
}

function asTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}
