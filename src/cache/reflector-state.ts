/** The words of the reflector's state machine. */
import type { Entry } from './entry.ts';
import type { Failure, FailureReason, WaitSpan } from './failure.ts';

/** Where a reflector stands. */
export type Phase =
  /** Nothing usable: a complete list is needed. */
  | { readonly kind: 'empty' }
  /** The current state is being streamed (WatchList). */
  | { readonly kind: 'initial-watch' }
  /** The current state is being read page by page. */
  | { readonly kind: 'init-page' }
  /** The state is complete as of this version; a watch from there is to be opened. */
  | { readonly kind: 'init-listed'; readonly resourceVersion: string }
  /** A watch is open. */
  | { readonly kind: 'watching'; readonly resourceVersion: string };

/** How the watch is doing, as its health is reported. */
export type Health = 'starting' | 'ok' | 'failing' | 'missing' | 'forbidden';

/** All that a reflector remembers. */
export interface ReflectorState {
  readonly phase: Phase;
  /** In a row. */
  readonly failures: number;
  /** Lists must be up to date: any state that the server has at hand is good enough only for the very first. */
  readonly consistent: boolean;
  readonly health: Health;
}

/** What happens to a reflector. */
export type Input<Item> =
  /** Started, or a wait is over. */
  | { readonly kind: 'proceed' }
  /** A wait was cut short, as what was lacking is there now: failures from before do not count any more. */
  | { readonly kind: 'woken' }
  /** The server accepted the watch. */
  | { readonly kind: 'opened' }
  | {
      readonly kind: 'page';
      readonly entries: readonly Entry<Item>[];
      readonly resourceVersion: string;
      readonly continueToken: string | undefined;
    }
  | { readonly kind: 'put' | 'drop'; readonly entry: Entry<Item> }
  | { readonly kind: 'bookmark'; readonly resourceVersion: string; readonly initialEnd: boolean }
  /** The server ended the stream. `alive`: milliseconds since it was opened. */
  | { readonly kind: 'closed'; readonly alive: number }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly alive: number };

/** What is to be told to the store and to observers, in order. */
export type Change<Item> =
  /** A complete list begins; `consistent`: it will hold whatever was written before now. */
  | { readonly kind: 'init'; readonly consistent: boolean }
  | { readonly kind: 'init-put' | 'init-drop'; readonly entry: Entry<Item> }
  | { readonly kind: 'init-done'; readonly resourceVersion: string }
  | { readonly kind: 'put' | 'drop'; readonly entry: Entry<Item> }
  /** All up to this version has been told. */
  | { readonly kind: 'progress'; readonly resourceVersion: string }
  | { readonly kind: 'health'; readonly health: Health; readonly message: string }
  | { readonly kind: 'restart'; readonly reason: FailureReason | 'ended' };

/** What to do next. None: go on reading the stream that is open. */
export type Action =
  | { readonly kind: 'stream-list' }
  | {
      readonly kind: 'read-page';
      readonly resourceVersion: string | undefined;
      readonly continueToken: string | undefined;
    }
  | { readonly kind: 'watch'; readonly resourceVersion: string }
  | { readonly kind: 'wait'; readonly span: WaitSpan };

/** The outcome of one step. */
export interface Step<Item> {
  readonly state: ReflectorState;
  readonly changes: readonly Change<Item>[];
  readonly action?: Action;
}
