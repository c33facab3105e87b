/** Keys that are ready to be worked on: highest priority first, first come first served within one. */

interface Entry {
  readonly priority: number;
  /** When the key became ready. */
  readonly since: number;
}

/** An ordered set of keys. There are few different priorities, so each has a set of its own. */
export class ReadyList {
  readonly #entries = new Map<string, Entry>();
  readonly #byPriority = new Map<number, Set<string>>();

  get size(): number {
    return this.#entries.size;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Adds a key, or raises its priority; it is never lowered, and the time of the first adding stays. */
  add(key: string, priority: number, now: number): void {
    const present = this.#entries.get(key);
    if (present !== undefined && present.priority >= priority) return;
    if (present !== undefined) this.#byPriority.get(present.priority)?.delete(key);
    this.#entries.set(key, { priority, since: present?.since ?? now });
    const bucket = this.#byPriority.get(priority);
    if (bucket === undefined) this.#byPriority.set(priority, new Set([key]));
    else bucket.add(key);
  }

  /** Removes and returns the key whose turn it is. */
  take(): { readonly key: string; readonly priority: number; readonly since: number } | undefined {
    let best: number | undefined;
    for (const [priority, keys] of this.#byPriority) {
      if (keys.size > 0 && (best === undefined || priority > best)) best = priority;
    }
    if (best === undefined) return undefined;
    for (const key of this.#byPriority.get(best) ?? []) {
      const entry = this.#entries.get(key);
      this.#byPriority.get(best)?.delete(key);
      this.#entries.delete(key);
      if (entry !== undefined) return { key, ...entry };
    }
    return undefined;
  }

  clear(): void {
    this.#entries.clear();
    this.#byPriority.clear();
  }
}
