import { describe, expect, test } from '@jest/globals';
import { waitAfter } from './failure.ts';
import type { FailureReason } from './failure.ts';
import type { Health, Input, Phase, ReflectorState } from './reflector-state.ts';
import { initialState, step } from './reflector-step.ts';

const entry = { key: 'a', uid: 'u', resourceVersion: '7', deleting: false, item: 1 };
const state = (phase: Phase, more: Partial<ReflectorState> = {}): ReflectorState => ({
  phase,
  failures: 0,
  consistent: true,
  health: 'ok',
  ...more,
});
const streaming: Phase = { kind: 'initial-watch' };
const paging: Phase = { kind: 'init-page' };
const listed: Phase = { kind: 'init-listed', resourceVersion: '5' };
const watching: Phase = { kind: 'watching', resourceVersion: '5' };
const failure = (reason: FailureReason, alive = 0): Input<number> => ({
  kind: 'failed',
  failure: { reason, message: 'm' },
  alive,
});

describe('the ordinary way', () => {
  test('from nothing over a streamed list to a watch', () => {
    const begun = step(initialState, { kind: 'proceed' });
    expect(begun.action).toEqual({ kind: 'stream-list' });
    expect(begun.changes).toEqual([{ kind: 'init', consistent: true }]);
    const item = step(begun.state, { kind: 'put', entry });
    expect(item).toEqual({ state: begun.state, changes: [{ kind: 'init-put', entry }] });
    const gone = step(item.state, { kind: 'drop', entry });
    expect(gone.changes).toEqual([{ kind: 'init-drop', entry }]);
    const done = step(gone.state, { kind: 'bookmark', resourceVersion: '9', initialEnd: true });
    expect(done).toEqual({
      state: {
        phase: { kind: 'watching', resourceVersion: '9' },
        failures: 0,
        consistent: true,
        health: 'ok',
      },
      changes: [
        { kind: 'init-done', resourceVersion: '9' },
        { kind: 'health', health: 'ok', message: '' },
      ],
    });
  });

  test.each([
    [{ kind: 'put', entry } as const, '7', [{ kind: 'put', entry }]],
    [{ kind: 'drop', entry } as const, '7', [{ kind: 'drop', entry }]],
    [
      { kind: 'bookmark', resourceVersion: '8', initialEnd: false } as const,
      '8',
      [{ kind: 'progress', resourceVersion: '8' }],
    ],
  ])('%j on a watch moves on and forgets failures', (input, resourceVersion, changes) => {
    expect(step(state(watching, { failures: 3 }), input)).toEqual({
      state: state({ kind: 'watching', resourceVersion }),
      changes,
    });
  });

  test('a watch that ends is followed by the next one at once', () => {
    const { action, changes } = step<number>(state(watching), { kind: 'closed', alive: 5000 });
    expect(action).toEqual({ kind: 'watch', resourceVersion: '5' });
    expect(changes).toEqual([{ kind: 'restart', reason: 'ended' }]);
    const opened = step<number>(state(listed), { kind: 'opened' });
    expect(opened.state.phase).toEqual(watching);
  });

  test('one that ends as soon as it began is a failure', () => {
    const { action, changes } = step<number>(state(watching), { kind: 'closed', alive: 999 });
    expect(action?.kind).toBe('wait');
    expect(changes).toEqual([{ kind: 'restart', reason: 'short' }]);
  });
});

describe('servers without streamed lists', () => {
  test.each(['unsupported', 'idle'] as const)('%s leads to pages at once', (reason) => {
    const first = step(state(streaming, { consistent: false }), failure(reason));
    expect(first.state.phase).toEqual(paging);
    expect(first.changes).toContainEqual({ kind: 'init', consistent: false });
    expect(first.action).toEqual({ kind: 'read-page', resourceVersion: '0', continueToken: undefined });
    const later = step(state(streaming), failure(reason));
    expect(later.changes).toContainEqual({ kind: 'init', consistent: true });
    expect(later.action).toMatchObject({ resourceVersion: undefined });
  });

  test('so does a memory that is not filled yet, but they come from the store', () => {
    const { state: after, action } = step(state(streaming, { consistent: false }), failure('initializing'));
    expect(after.phase).toEqual(paging);
    expect(action).toEqual({ kind: 'read-page', resourceVersion: undefined, continueToken: undefined });
  });

  test('so does a bookmark that is not the end of the list', () => {
    const { action } = step<number>(state(streaming), {
      kind: 'bookmark',
      resourceVersion: '8',
      initialEnd: false,
    });
    expect(action?.kind).toBe('read-page');
  });

  test('pages follow each other, and the last leads to the watch', () => {
    const page = { kind: 'page', entries: [entry], resourceVersion: '9', continueToken: 'c' } as const;
    const first = step(state(paging), page);
    expect(first.changes).toEqual([{ kind: 'init-put', entry }]);
    expect(first.action).toEqual({ kind: 'read-page', resourceVersion: undefined, continueToken: 'c' });
    const last = step(first.state, { ...page, continueToken: undefined });
    expect(last.changes).toContainEqual({ kind: 'init-done', resourceVersion: '9' });
    expect(last.action).toEqual({ kind: 'watch', resourceVersion: '9' });
  });
});

describe('failures', () => {
  const relisting = ['expired', 'unsupported', 'missing', 'corrupt'] as const;
  const resuming = [
    'forbidden',
    'unauthorized',
    'throttled',
    'initializing',
    'unavailable',
    'connection',
    'idle',
    'short',
  ] as const;
  test.each(relisting)('%s on a watch leads to a new list, after a wait', (reason) => {
    const { state: after, action } = step(state(watching), failure(reason));
    expect([after.phase, after.failures, action?.kind]).toEqual([{ kind: 'empty' }, 1, 'wait']);
  });

  test.each(resuming)('%s on a watch goes on from where it was, after a wait', (reason) => {
    for (const phase of [watching, listed]) {
      const { state: after, action } = step(state(phase), failure(reason));
      expect([after.phase, action?.kind]).toEqual([listed, 'wait']);
      expect(step(after, { kind: 'proceed' }).action).toEqual({ kind: 'watch', resourceVersion: '5' });
    }
  });

  test.each([...relisting, ...resuming])('%s while listing begins the list anew', (reason) => {
    expect(step(state(paging), failure(reason)).state.phase).toEqual({ kind: 'empty' });
  });

  test('after an expired version even the first list must be up to date', () => {
    expect(step(state(paging, { consistent: false }), failure('expired')).state.consistent).toBe(true);
    expect(step(state(paging, { consistent: false }), failure('connection')).state.consistent).toBe(false);
  });

  test.each<[string, Health, FailureReason, number, Health | undefined]>([
    ['one broken connection', 'ok', 'connection', 0, undefined],
    ['the second in a row', 'ok', 'connection', 1, 'failing'],
    ['the third', 'failing', 'connection', 2, undefined],
    ['no such resource at the start', 'starting', 'missing', 0, 'missing'],
    ['no such resource for a moment', 'ok', 'missing', 0, undefined],
    ['no such resource any more', 'ok', 'missing', 1, 'missing'],
    ['no right to it', 'starting', 'forbidden', 0, 'forbidden'],
  ])('%s', (_, health, reason, failures, reported) => {
    const { changes } = step(state(watching, { health, failures }), failure(reason));
    const told = changes.find((change) => change.kind === 'health');
    expect(told?.health).toBe(reported);
  });

  test('a watch that lived a minute makes earlier failures forgotten', () => {
    expect(step(state(watching, { failures: 7 }), failure('connection', 60_000)).state.failures).toBe(1);
    expect(step(state(watching, { failures: 7 }), failure('connection', 59_000)).state.failures).toBe(8);
  });

  test('a watch that opens again is healthy, but its failures count until something comes', () => {
    const { state: after } = step<number>(state(listed, { health: 'forbidden', failures: 4 }), {
      kind: 'opened',
    });
    expect([after.health, after.failures]).toEqual(['ok', 4]);
  });
});

describe('waitAfter', () => {
  const span = (reason: FailureReason, failures: number, retryAfter?: number): unknown =>
    waitAfter({ reason, message: '', ...(retryAfter === undefined ? {} : { retryAfter }) }, failures);

  test('doubles from 0.8 s to the ceiling of the reason', () => {
    expect([1, 2, 3, 4, 5, 50].map((failures) => span('connection', failures))).toEqual(
      [800, 1600, 3200, 6400, 10_000, 10_000].map((to) => ({ from: 0, to })),
    );
  });

  test.each([
    ['missing', 300_000],
    ['forbidden', 220_000],
  ] as const)('%s is left to a person: 25 tries in the first hour at most', (reason, ceiling) => {
    expect([1, 2, 50].map((failures) => span(reason, failures))).toEqual(
      [800, 1600, ceiling].map((to) => ({ from: 0.95 * to, to })),
    );
    let tries = 1;
    for (let elapsed = 0; ; tries++) {
      elapsed += waitAfter({ reason, message: '' }, tries).from;
      if (elapsed > 3_600_000) break;
    }
    expect(tries).toBeLessThanOrEqual(25);
  });

  test('is never shorter than the server asks', () => {
    expect(span('throttled', 1, 5000)).toEqual({ from: 5000, to: 6000 });
    expect(span('throttled', 1, 3_600_000)).toEqual({ from: 30_000, to: 36_000 });
  });
});
