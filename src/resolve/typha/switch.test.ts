import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { decideSwitch, type SwitchFacts } from './switch.ts';

const start = Date.parse('2026-01-01T00:00:00Z');
const minutes = 60_000;
const auto = {
  mode: 'Auto',
  switchOnAbove: 50,
  switchOffBelow: 40,
  switchOffAfter: 10 * minutes,
} as const;

const facts = (changes: Partial<SwitchFacts>): SwitchFacts => ({
  ...auto,
  nodes: 3,
  runs: false,
  remembers: true,
  now: start,
  ...changes,
});

describe('Auto', () => {
  test.each([
    ['off up to the upper limit', { nodes: 50 }, { wanted: false }],
    ['on above it', { nodes: 51 }, { wanted: true }],
    ['stays on down to the lower limit', { nodes: 40, runs: true }, { wanted: true }],
    [
      'below it the time begins',
      { nodes: 39, runs: true },
      { wanted: true, belowSince: '2026-01-01T00:00:00Z', changesIn: 10 * minutes },
    ],
    [
      'in whole seconds, later rather than earlier',
      { nodes: 39, runs: true, now: start - 999 },
      { wanted: true, belowSince: '2026-01-01T00:00:00Z', changesIn: 10 * minutes + 999 },
    ],
    [
      'and runs on from what was noted',
      { nodes: 3, runs: true, belowSince: '2025-12-31T23:51:00Z' },
      { wanted: true, belowSince: '2025-12-31T23:51:00Z', changesIn: minutes },
    ],
    ['until it is over', { nodes: 3, runs: true, belowSince: '2025-12-31T23:50:00Z' }, { wanted: false }],
    [
      'a break ends it, however short',
      { nodes: 40, runs: true, belowSince: '2025-12-31T23:50:00Z' },
      { wanted: true },
    ],
    [
      'a clock that was set back begins it anew',
      { nodes: 3, runs: true, belowSince: '2026-01-01T01:00:00Z' },
      { wanted: true, belowSince: '2026-01-01T00:00:00Z', changesIn: 10 * minutes },
    ],
    [
      'so does a note that says nothing',
      { nodes: 3, runs: true, belowSince: 'yesterday' },
      { wanted: true, belowSince: '2026-01-01T00:00:00Z', changesIn: 10 * minutes },
    ],
    [
      'where the time cannot be noted, it stays on',
      { nodes: 3, runs: true, remembers: false },
      { wanted: true },
    ],
    [
      'without a time, off at once',
      { nodes: 3, runs: true, switchOffAfter: 0, now: start - 1 },
      { wanted: false },
    ],
  ])('%s', (_name, changes, expected) => {
    expect(decideSwitch(facts(changes))).toEqual(expected);
  });
});

test.each([
  ['Always', true],
  ['Never', false],
] as const)('%s looks at nothing else', (mode, wanted) => {
  for (const nodes of [0, 45, 5000]) {
    for (const runs of [true, false]) expect(decideSwitch(facts({ mode, nodes, runs }))).toEqual({ wanted });
  }
});

/** Goes through counts of nodes, each for some seconds, with a decision at each change and whenever one is due. */
function play(steps: readonly { readonly nodes: number; readonly seconds: number }[]) {
  let now = start;
  let runs = false;
  let belowSince: string | undefined;
  const switches: { readonly on: boolean; readonly at: number; readonly nodes: number }[] = [];
  const decide = (nodes: number): number => {
    const decision = decideSwitch(
      facts({ nodes, runs, now, ...(belowSince === undefined ? {} : { belowSince }) }),
    );
    if (decision.wanted !== runs) switches.push({ on: decision.wanted, at: now, nodes });
    ({ wanted: runs, belowSince } = { belowSince: undefined, ...decision });
    return decision.changesIn ?? Infinity;
  };
  for (const { nodes, seconds } of steps) {
    const end = now + seconds * 1000;
    for (let due = now + decide(nodes); due <= end; due = now + decide(nodes)) now = due;
    now = end;
  }
  return switches;
}

test('49, 51, 49, 51 nodes within ten minutes: on once, never off', () => {
  const steps = [49, 51, 49, 51, 49, 51].map((nodes) => ({ nodes, seconds: 90 }));
  expect(play(steps).map(({ on }) => on)).toEqual([true]);
});

test('on is always above the upper limit; off only after the whole time below the lower one', () => {
  const step = fc.record({
    nodes: fc.integer({ min: 0, max: 80 }),
    seconds: fc.integer({ min: 1, max: 900 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const below = (from: number, to: number): boolean => {
        let begin = start;
        return steps.every(({ nodes, seconds }) => {
          const end = begin + seconds * 1000;
          const overlaps = begin < to && end > from;
          begin = end;
          return !overlaps || nodes < auto.switchOffBelow;
        });
      };
      for (const { on, at, nodes } of play(steps)) {
        if (on) expect(nodes).toBeGreaterThan(auto.switchOnAbove);
        else expect(below(at - auto.switchOffAfter, at)).toBe(true);
      }
    }),
  );
});
