/** The entries of a store and the rules by which lists, events and our own writes change them. No I/O, no listeners. */
import { compareVersions } from './entry.ts';
import type { Entry } from './entry.ts';
import type { StoreKey } from './types.ts';

/** A deleted incarnation, until the watch has told of it as well. */
interface Tombstone {
  readonly uid: string;
  /** The last version known; older news are about it or about those before it. */
  readonly resourceVersion: string;
}

// One per name at most, and names are few; the bound only makes sure of it.
const maxTombstones = 256;

/**
 * What is known of a selection's objects. Two sources speak: the watch, which is complete but late, and the answers to our own
 * writes, which are at once but may be overtaken. resourceVersions say who is right. Each change answers with the keys that
 * differ now.
 */
export class Contents<Item> {
  #entries = new Map<StoreKey, Entry<Item>>();
  /** Keys whose entry comes from a write of ours that the watch has not delivered yet. */
  readonly #ahead = new Set<StoreKey>();
  readonly #tombstones = new Map<StoreKey, Tombstone>();
  #list: Map<StoreKey, Entry<Item>> | undefined;
  /** The watch has told all that happened up to this version. */
  #progress = '';
  readonly #equal: (a: Item, b: Item) => boolean;

  constructor(equal: (a: Item, b: Item) => boolean) {
    this.#equal = equal;
  }

  get entries(): ReadonlyMap<StoreKey, Entry<Item>> {
    return this.#entries;
  }

  /** A complete list begins. `consistent`: it is asked for now and of the latest state, so it contains what we wrote before. */
  beginList(consistent: boolean): void {
    this.#list = new Map();
    if (consistent) this.#ahead.clear();
  }

  /** An entry of the list that is coming in. */
  listed(entry: Entry<Item>): void {
    this.#list?.set(entry.key, entry);
  }

  /** An entry that was deleted while the list came in. */
  unlisted(entry: Entry<Item>): void {
    this.#list?.delete(entry.key);
  }

  /** The list is complete and takes the place of everything but writes of ours that are newer than it. */
  endList(resourceVersion: string): readonly StoreKey[] {
    const before = this.#entries;
    const after = this.#list ?? new Map<StoreKey, Entry<Item>>();
    this.#list = undefined;
    for (const key of this.#ahead) {
      const written = before.get(key);
      if (
        written !== undefined &&
        isNewer(written.resourceVersion, after.get(key)?.resourceVersion ?? resourceVersion)
      ) {
        after.set(key, written);
      } else {
        this.#ahead.delete(key);
      }
    }
    for (const [key, tombstone] of this.#tombstones) {
      // A list without the object was made after the delete, unless it is older than what we knew of the object.
      if (!after.has(key) && isNewer(resourceVersion, tombstone.resourceVersion))
        this.#tombstones.delete(key);
    }
    for (const [key, entry] of after) if (this.#isBuried(entry)) after.delete(key);
    this.#entries = after;
    this.#progress = resourceVersion;
    return changedKeys(before, after, (a, b) => this.#same(a, b));
  }

  /** The watch has told all up to this version. */
  progressed(resourceVersion: string): void {
    this.#progress = resourceVersion;
  }

  /** The watch says that an object is thus. */
  put(entry: Entry<Item>): readonly StoreKey[] {
    const { key } = entry;
    this.#progress = entry.resourceVersion;
    if (this.#isBuried(entry)) return [];
    const known = this.#entries.get(key);
    if (known !== undefined && !isNewer(entry.resourceVersion, known.resourceVersion)) {
      if (known.resourceVersion === entry.resourceVersion) this.#ahead.delete(key);
      return [];
    }
    this.#ahead.delete(key);
    return this.#set(entry, known);
  }

  /** The watch says that an object is gone. */
  drop(entry: Entry<Item>): readonly StoreKey[] {
    const { key, uid } = entry;
    this.#progress = entry.resourceVersion;
    if (this.#tombstones.get(key)?.uid === uid) this.#tombstones.delete(key);
    const known = this.#entries.get(key);
    if (known === undefined) return [];
    // An older incarnation's end, while we know of the next one from our own write.
    if (known.uid !== uid && !isNewer(entry.resourceVersion, known.resourceVersion)) return [];
    this.#ahead.delete(key);
    this.#entries.delete(key);
    return [key];
  }

  /** The answer to a write of ours. */
  observe(entry: Entry<Item>): readonly StoreKey[] {
    const { key } = entry;
    const known = this.#entries.get(key);
    // What the watch has passed already may have been deleted since: taken in, it would stay for ever.
    if (!isNewer(entry.resourceVersion, this.#progress) || this.#isBuried(entry)) return [];
    if (known !== undefined && !isNewer(entry.resourceVersion, known.resourceVersion)) return [];
    this.#ahead.add(key);
    return this.#set(entry, known);
  }

  /** A delete of ours was answered with "gone". */
  observeDeleted(key: StoreKey, uid: string): readonly StoreKey[] {
    const known = this.#entries.get(key);
    if (known === undefined) this.#bury(key, { uid, resourceVersion: '' });
    if (known?.uid !== uid) return [];
    this.#bury(key, known);
    this.#ahead.delete(key);
    this.#entries.delete(key);
    return [key];
  }

  #set(entry: Entry<Item>, known: Entry<Item> | undefined): readonly StoreKey[] {
    this.#tombstones.delete(entry.key);
    this.#entries.set(entry.key, entry);
    return known !== undefined && this.#same(known, entry) ? [] : [entry.key];
  }

  #same(a: Entry<Item>, b: Entry<Item>): boolean {
    return a.uid === b.uid && (a === b || this.#equal(a.item, b.item));
  }

  /** Late news of an incarnation that we deleted, or of one before it. One that waits for its finalizers is still there. */
  #isBuried(entry: Entry<Item>): boolean {
    const tombstone = this.#tombstones.get(entry.key);
    if (tombstone === undefined) return false;
    if (tombstone.uid === entry.uid) return !entry.deleting;
    return (compareVersions(entry.resourceVersion, tombstone.resourceVersion) ?? 1) <= 0;
  }

  #bury(key: StoreKey, { uid, resourceVersion }: Tombstone): void {
    this.#tombstones.delete(key);
    this.#tombstones.set(key, { uid, resourceVersion });
    const oldest = this.#tombstones.keys().next();
    if (this.#tombstones.size > maxTombstones && oldest.done !== true) this.#tombstones.delete(oldest.value);
  }
}

/** Newer, or not comparable, in which case the latest word counts. */
function isNewer(version: string, than: string): boolean {
  return (compareVersions(version, than) ?? 1) > 0;
}

function changedKeys<Item>(
  before: ReadonlyMap<StoreKey, Entry<Item>>,
  after: ReadonlyMap<StoreKey, Entry<Item>>,
  same: (a: Entry<Item>, b: Entry<Item>) => boolean,
): readonly StoreKey[] {
  const changed: StoreKey[] = [];
  for (const [key, entry] of after) {
    const known = before.get(key);
    if (known === undefined || !same(known, entry)) changed.push(key);
  }
  for (const key of before.keys()) if (!after.has(key)) changed.push(key);
  return changed;
}
