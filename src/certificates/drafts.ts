/**
 * Pairs that were made and are not stored yet. A Secret that can't be written must not be made of a new key with every
 * attempt: whatever is derived from it, the trust bundle and pairs that it signs, would change each time.
 */
import type { Signed } from './sign.ts';

interface Draft {
  readonly purpose: string;
  /** Milliseconds since the epoch. */
  readonly made: number;
  readonly signed: Signed;
}

/** Its validity counts from when it was made: what could not be stored for a day is made anew. */
const lifetime = 86_400_000;

/** What a process has made; a new process makes its own. */
export class Drafts {
  readonly #drafts = new Map<string, Draft>();

  /**
   * The pair that was made for a Secret, or a new one.
   * @param purpose what it depends on: a draft for another purpose is of no use
   * @param now milliseconds since the epoch
   */
  async take(secretName: string, purpose: string, now: number, make: () => Promise<Signed>): Promise<Signed> {
    const draft = this.#drafts.get(secretName);
    if (draft?.purpose === purpose && now - draft.made < lifetime && now >= draft.made) return draft.signed;
    const signed = await make();
    this.#drafts.set(secretName, { purpose, made: now, signed });
    return signed;
  }

  /** It is stored: whoever deletes the Secret from now on wants another. */
  forget(secretName: string): void {
    this.#drafts.delete(secretName);
  }
}
