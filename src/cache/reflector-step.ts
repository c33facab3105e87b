/** The reflector's state machine: how a watched copy follows the API server through every fault. Pure. */
import { waitAfter } from './failure.ts';
import type { Failure, FailureReason } from './failure.ts';
import type { Action, Change, Health, Input, Phase, ReflectorState, Step } from './reflector-state.ts';

/** Before the first list. */
export const initialState: ReflectorState = {
  phase: { kind: 'empty' },
  failures: 0,
  consistent: false,
  health: 'starting',
};

// A watch that lived this long was a good one: what happened before it no longer counts.
const calm = 60_000;
// A watch that ends sooner than this did not really begin; opening the next at once could go round in a circle.
const short = 1_000;
// One broken connection is everyday life; a second failure in a row is news.
const failuresToReport = 2;

// Servers before 1.27 refuse the parameters of a streamed list; what ignores them sends the state but never says that it is
// complete. A server whose memory is not filled yet asks for a second's patience, but lists from its store at once.
const pagesHelp: ReadonlySet<FailureReason> = new Set(['unsupported', 'idle', 'initializing']);

/** Takes in one input: the new state, what changes, and what to do next. */
export function step<Item>(state: ReflectorState, input: Input<Item>): Step<Item> {
  switch (input.kind) {
    case 'proceed':
      return proceed(state);
    case 'woken':
      return proceed({ ...state, failures: 0 });
    case 'opened':
      return opened(state);
    case 'page':
      return page(state, input);
    case 'put':
    case 'drop':
      return event(state, input);
    case 'bookmark':
      return bookmark(state, input);
    case 'closed':
      return closed(state, input.alive);
    case 'failed':
      return failed(state, input.failure, input.alive);
  }
}

function proceed<Item>(state: ReflectorState): Step<Item> {
  const { phase } = state;
  switch (phase.kind) {
    case 'empty':
    case 'initial-watch':
    case 'init-page':
      return {
        state: { ...state, phase: { kind: 'initial-watch' } },
        changes: [{ kind: 'init', consistent: true }],
        action: { kind: 'stream-list' },
      };
    case 'init-listed':
    case 'watching':
      return follow(state, phase.resourceVersion, []);
  }
}

function opened<Item>(state: ReflectorState): Step<Item> {
  if (state.phase.kind !== 'init-listed') return { state, changes: [] };
  const { resourceVersion } = state.phase;
  return healthy({ ...state, phase: { kind: 'watching', resourceVersion } }, []);
}

function page<Item>(state: ReflectorState, input: Extract<Input<Item>, { kind: 'page' }>): Step<Item> {
  const changes = input.entries.map((entry): Change<Item> => ({ kind: 'init-put', entry }));
  const { continueToken, resourceVersion } = input;
  if (continueToken !== undefined) {
    return { state, changes, action: { kind: 'read-page', resourceVersion: undefined, continueToken } };
  }
  changes.push({ kind: 'init-done', resourceVersion });
  const listed = healthy({ ...state, consistent: true }, changes);
  return follow(listed.state, resourceVersion, listed.changes);
}

function event<Item>(
  state: ReflectorState,
  input: Extract<Input<Item>, { kind: 'put' | 'drop' }>,
): Step<Item> {
  const { kind, entry } = input;
  if (state.phase.kind === 'initial-watch') {
    return { state, changes: [{ kind: kind === 'put' ? 'init-put' : 'init-drop', entry }] };
  }
  return heard(state, entry.resourceVersion, [{ kind, entry }]);
}

function bookmark<Item>(
  state: ReflectorState,
  input: Extract<Input<Item>, { kind: 'bookmark' }>,
): Step<Item> {
  const { resourceVersion, initialEnd } = input;
  if (state.phase.kind !== 'initial-watch') {
    return heard(state, resourceVersion, [{ kind: 'progress', resourceVersion }]);
  }
  if (!initialEnd) return readPages(state, 'unsupported');
  const phase: Phase = { kind: 'watching', resourceVersion };
  return healthy({ ...state, phase, consistent: true }, [{ kind: 'init-done', resourceVersion }]);
}

/** Something came on the open watch: it works. */
function heard<Item>(
  state: ReflectorState,
  resourceVersion: string,
  changes: readonly Change<Item>[],
): Step<Item> {
  const phase: Phase = { kind: 'watching', resourceVersion };
  return healthy({ ...state, phase, failures: 0 }, changes);
}

function closed<Item>(state: ReflectorState, alive: number): Step<Item> {
  const { phase } = state;
  if (phase.kind === 'watching' && alive >= short) {
    const calmed = alive >= calm ? { ...state, failures: 0 } : state;
    return follow(calmed, phase.resourceVersion, [{ kind: 'restart', reason: 'ended' }]);
  }
  const message = 'the server ended the watch at once';
  return failed(state, { reason: 'short', message }, alive);
}

function failed<Item>(state: ReflectorState, failure: Failure, alive: number): Step<Item> {
  const { reason } = failure;
  if (state.phase.kind === 'initial-watch' && pagesHelp.has(reason)) return readPages(state, reason);
  const failures = (alive >= calm ? 0 : state.failures) + 1;
  const health = healthAfter(state.health, reason, failures);
  const changes: Change<Item>[] = [{ kind: 'restart', reason }];
  if (health !== state.health) changes.push({ kind: 'health', health, message: failure.message });
  return {
    state: {
      phase: phaseAfter(state.phase, reason),
      failures,
      consistent: state.consistent || reason === 'expired',
      health,
    },
    changes,
    action: { kind: 'wait', span: waitAfter(failure, failures) },
  };
}

/** Where a failure leads: back to a full list only when the version to go on from is lost or the stream cannot be trusted. */
function phaseAfter(phase: Phase, reason: FailureReason): Phase {
  if (phase.kind !== 'init-listed' && phase.kind !== 'watching') return { kind: 'empty' };
  switch (reason) {
    case 'expired':
    case 'unsupported':
    case 'missing':
    case 'corrupt':
      return { kind: 'empty' };
    case 'forbidden':
    case 'unauthorized':
    case 'throttled':
    case 'initializing':
    case 'unavailable':
    case 'connection':
    case 'idle':
    case 'short':
      return { kind: 'init-listed', resourceVersion: phase.resourceVersion };
  }
}

function healthAfter(health: Health, reason: FailureReason, failures: number): Health {
  // A server that is starting up may deny for a moment what it grants and knows.
  if (health === 'ok' && failures < failuresToReport) return health;
  if (reason === 'missing' || reason === 'forbidden') return reason;
  return failures >= failuresToReport ? 'failing' : health;
}

function readPages<Item>(state: ReflectorState, reason: FailureReason): Step<Item> {
  const { consistent } = state;
  const action: Action = {
    kind: 'read-page',
    // Any version would be asked of the memory that is not filled yet; without one the server asks its store.
    resourceVersion: consistent || reason === 'initializing' ? undefined : '0',
    continueToken: undefined,
  };
  return {
    state: { ...state, phase: { kind: 'init-page' } },
    changes: [
      { kind: 'restart', reason },
      { kind: 'init', consistent },
    ],
    action,
  };
}

function follow<Item>(
  state: ReflectorState,
  resourceVersion: string,
  changes: readonly Change<Item>[],
): Step<Item> {
  return {
    state: { ...state, phase: { kind: 'init-listed', resourceVersion } },
    changes,
    action: { kind: 'watch', resourceVersion },
  };
}

function healthy<Item>(state: ReflectorState, changes: readonly Change<Item>[]): Step<Item> {
  if (state.health === 'ok') return { state, changes };
  return {
    state: { ...state, health: 'ok' },
    changes: [...changes, { kind: 'health', health: 'ok', message: '' }],
  };
}
