/** The same object for the same content. */
import { createHash } from 'node:crypto';
import type { KubeObject } from '../api/kubernetes.ts';
import { keyOf, refOf } from './refs.ts';
import type { Target } from './types.ts';

interface Known {
  readonly content: string;
  readonly object: KubeObject;
}

/**
 * Renders come out anew in every pass, and are nearly always what they were. Handing out the object of the pass before
 * lets all that is known of it be found by its identity, instead of being computed from it again. One entry an object,
 * those of the latest pass.
 */
export class Interner {
  #known: ReadonlyMap<string, Known> = new Map();
  #latest: { readonly targets: readonly Target[]; readonly interned: readonly Target[] } | undefined;

  /** The targets, with the objects of the pass before where these say the same. */
  intern<T extends Target>(targets: readonly T[]): readonly T[] {
    if (targets === this.#latest?.targets) return this.#latest.interned as readonly T[];
    const known = new Map<string, Known>();
    const interned = targets.map((target) => {
      const key = keyOf(refOf(target.object));
      const content = hash(target.object);
      const before = this.#known.get(key);
      const kept = before?.content === content ? before : { content, object: target.object };
      known.set(key, kept);
      return kept.object === target.object ? target : { ...target, object: kept.object };
    });
    this.#known = known;
    this.#latest = { targets, interned };
    return interned;
  }
}

/** Of the text in the order in which it was made: another order only costs another look. */
function hash(object: KubeObject): string {
  return createHash('sha256').update(JSON.stringify(object)).digest('base64');
}
