/** What the process remembers of its own applies. Everything works without it, as after a restart. */
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../api/kubernetes.ts';
import { digest as digestOf } from './digest.ts';
import { canonicalJson } from './json.ts';
import { compare } from './managed-fields.ts';
import { once, oncePerPair } from './once.ts';
import { keyOf, refOf } from './refs.ts';
import type { ApplyHistory, FieldDifference, Outcome } from './types.ts';
import { isWorkload, lasting } from './workloads.ts';

interface Entry {
  /** Of the object as it was last wanted and found, or applied. */
  readonly wanted: string;
  /** Differences that an apply left behind, as text. */
  readonly futile?: string;
}

/**
 * Tells drift from a change of mind, and keeps an apply that the API server answers with something else than what was
 * sent (a default that we don't know, an admission webhook that changes it back) from being repeated for ever.
 * One entry an object, hashes only.
 */
export class ApplyMemory implements ApplyHistory {
  readonly #entries = new Map<string, Entry>();
  /** compare() for the manager, computed once for the same two objects, and for a workload whose status alone has changed. */
  readonly compare: (wanted: KubeObject, live: KubeObject) => readonly FieldDifference[];

  /** @param manager the field manager whose applies are remembered */
  constructor(manager: string) {
    const compareAny: Comparison = (wanted, live) => compare(wanted, live, manager);
    const compareWorkload = unlessStatus(compareAny);
    this.compare = oncePerPair((wanted, live) =>
      isWorkload(live) ? compareWorkload(wanted, live) : compareAny(wanted, live),
    );
  }

  wasAsWanted(object: KubeObject): 'same' | 'other' | 'unknown' {
    const entry = this.#entries.get(keyOf(refOf(object)));
    if (entry === undefined) {
      return 'unknown';
    }
    return entry.wanted === digest(object) ? 'same' : 'other';
  }

  isFutile(object: KubeObject, differences: readonly FieldDifference[]): boolean {
    const entry = this.#entries.get(keyOf(refOf(object)));
    return (
      entry?.futile !== undefined &&
      entry.futile === canonicalJson(differences) &&
      entry.wanted === digest(object)
    );
  }

  /**
   * Takes in what became of a plan.
   * @returns objects whose apply left differences behind, worth a line in the log
   */
  record(outcomes: readonly Outcome[]): readonly { object: KubeObject; left: readonly FieldDifference[] }[] {
    return outcomes.flatMap((outcome) => {
      const { action } = outcome;
      if (outcome.kind !== 'done') {
        return [];
      }
      if (action.kind === 'delete') {
        this.#entries.delete(keyOf(action.ref));
        return [];
      }
      if (!('object' in action)) {
        return [];
      }
      if (outcome.object === undefined) {
        this.#entries.set(keyOf(action.ref), { wanted: digest(action.object) });
        return [];
      }
      const left = this.compare(action.object, outcome.object);
      const wanted = digest(action.object);
      this.#entries.set(
        keyOf(action.ref),
        left.length === 0 ? { wanted } : { wanted, futile: canonicalJson(left) },
      );
      return left.length === 0 ? [] : [{ object: action.object, left }];
    });
  }
}

type Comparison = (wanted: KubeObject, live: KubeObject) => readonly FieldDifference[];

/** The comparison of the latest two objects of a name, for as long as the status is all that changes. */
function unlessStatus(compareThem: Comparison): Comparison {
  const known = new Map<
    string,
    readonly [wanted: KubeObject, rest: object, found: readonly FieldDifference[]]
  >();
  return (wanted, live) => {
    const key = keyOf(refOf(live));
    const before = known.get(key);
    const rest = lasting(live);
    if (before !== undefined && before[0] === wanted && isDeepStrictEqual(before[1], rest)) return before[2];
    const found = compareThem(wanted, live);
    known.set(key, [wanted, rest, found]);
    return found;
  };
}

const digest = once((object: KubeObject) => digestOf(object));
