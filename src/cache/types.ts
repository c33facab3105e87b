/** Local, watched copies of objects. Stores answer from memory and tell keys, never objects. */
import type { KubeObject } from '../api/kubernetes.ts';
import type { ResourceType } from '../api/resources.ts';
import type { Members } from '../kube/skim.ts';
import type { Selection } from '../kube/types.ts';

/** `namespace/name`, or `name` for cluster-scoped objects. */
export type StoreKey = string;

/** Read side of a store. `Item` is what the projection made of the objects. */
export interface Store<Item> {
  readonly selection: Selection;
  /** True once the first complete list arrived. */
  readonly synced: boolean;
  /** `missing` while the API server does not know the resource (its CRD is not installed). */
  readonly state: 'syncing' | 'synced' | 'missing' | 'forbidden';
  get(name: string, namespace?: string): Item | undefined;
  list(): readonly Item[];
  readonly size: number;
  /** Called after each change with the key; exceptions are logged and isolated. Returns the way to unsubscribe. */
  onChange(listener: (key: StoreKey) => void): () => void;
  /** Called when the state becomes `missing` or `forbidden`, or is so no more. */
  onState(listener: () => void): void;
  /**
   * Takes in the API server's answer to a write of ours, unless the watch has already delivered something newer, so
   * that the next reconcile never decides on a state older than its own writes.
   */
  observe(object: KubeObject): void;
  /** The same for a delete that was answered with "gone": the incarnation `uid` is forgotten. Without a uid, the watch will tell. */
  observeDeleted(name: string, namespace: string | undefined, uid: string | undefined): void;
  /** Tries again at once if it pauses after a failure: what it lacked, a permission or a CRD, has just been made. */
  wake(): void;
}

/** A store whose watch runs only while it is needed. Off, it is `synced` and empty. */
export interface OnDemandStore<Item> extends Store<Item> {
  /** Begins or ends the watch; what was known is forgotten when it ends. Does nothing when it is so already. */
  demand(needed: boolean): void;
  /** Resolves when the state is not `syncing`: at once when off, never if the watch ends before. */
  settled(): Promise<void>;
}

/** How a watch delivers objects. */
export interface Delivery {
  /** Metadata only (`PartialObjectMetadata`): for kinds whose content does not matter. */
  readonly metadataOnly?: boolean;
  /** Members that nobody reads: an event of the watch comes without them, so that decoding it costs less. */
  readonly omitted?: Members;
  /**
   * Milliseconds between two reads of the watch, for kinds that change often and whose changes have time: what comes meanwhile
   * is taken in together. A change after a longer silence is told at once.
   */
  readonly pace?: number;
}

/** What to watch, and what to keep of it. */
export interface WatchSpec<Item> extends Delivery {
  readonly selection: Selection;
  /** Runs at decoding, so that what it drops is never held. `managedFields` is already reduced to our managers' entries. */
  readonly project: (object: KubeObject) => Item;
  /** Two projections that are equal cause no notification. Default: never equal. */
  readonly equal?: (a: Item, b: Item) => boolean;
  /** The permission is given later, by the operator itself: until then it is no fault that the watch is forbidden. */
  readonly grantedLater?: boolean;
}

/** All stores of the process. */
export interface Cache {
  watch<Item>(spec: WatchSpec<Item>): Store<Item>;
  /** A watch of a feature that may be off. Nobody waits for it: neither `start` nor `unsynced` knows of it. */
  watchOnDemand<Item>(spec: WatchSpec<Item>): OnDemandStore<Item>;
  /** Starts every watch that is not running; resolves when all are synced, missing or forbidden, or rejects on abort or stop. */
  start(signal: AbortSignal): Promise<void>;
  /** Names of the stores that are not synced, for `/readyz`. */
  unsynced(): readonly string[];
  /** Resources that the API server does not know, as `<plural>.<group>`: their CRDs are not installed. */
  missing(): readonly string[];
  /** Stores of a resource, for write-through after writes. */
  storesOf(resource: ResourceType): readonly Store<unknown>[];
  /** Ends every watch for good. */
  stop(): Promise<void>;
}
