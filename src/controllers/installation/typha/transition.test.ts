import { describe, expect, test } from '@jest/globals';
import type { Phase } from '../../../render/types.ts';
import { decisionWith, nodeWith, typhaWith } from './testing.ts';
import { type TyphaFacts, typhaTransition } from './transition.ts';

const made = Date.parse('2026-01-01T00:00:00Z');
const factsOf = (facts: Partial<TyphaFacts>): TyphaFacts => ({
  decision: decisionWith({}),
  nodeIsOurs: true,
  remembers: true,
  now: made,
  ...facts,
});
const next = (facts: Partial<TyphaFacts>) => typhaTransition(factsOf(facts));
const messages = (facts: Partial<TyphaFacts>) => next(facts).waiting.map(({ message }) => message);

const on = decisionWith({});
const off = decisionWith({ wanted: false, nodes: 3 });
const direct = nodeWith({ uses: false });
const pointed = nodeWith({ uses: true });

const neither: Phase = { typhaDeployed: false, felixUsesTypha: false };
const deployedOnly: Phase = { typhaDeployed: true, felixUsesTypha: false };
const both: Phase = { typhaDeployed: true, felixUsesTypha: true };

describe('on', () => {
  test.each<[string, Partial<TyphaFacts>, Phase]>([
    ['Typha first', { node: direct }, deployedOnly],
    ['not before one is available', { node: direct, typha: typhaWith(0) }, deployedOnly],
    ['nor before a quorum is', { node: direct, typha: typhaWith(1) }, deployedOnly],
    [
      'nor by what the status says of an older Deployment',
      { node: direct, typha: typhaWith(3, false) },
      deployedOnly,
    ],
    ['then calico-node', { node: direct, typha: typhaWith(2) }, both],
    [
      'one of one is a quorum',
      { decision: decisionWith({ replicas: 1 }), node: direct, typha: typhaWith(1) },
      both,
    ],
    [
      'two of two are',
      { decision: decisionWith({ replicas: 2 }), node: direct, typha: typhaWith(1) },
      deployedOnly,
    ],
    ['an outage does not roll it back', { node: pointed, typha: typhaWith(0) }, both],
    ['nor does the loss of the Deployment', { node: pointed }, both],
  ])('%s', (_name, facts, phase) => {
    expect(next({ decision: on, ...facts }).phase).toEqual(phase);
  });

  test('a Deployment on its way out is not available', () => {
    const typha = typhaWith(3);
    const leaving = { ...typha, metadata: { ...typha.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    expect(next({ node: direct, typha: leaving }).phase).toEqual(deployedOnly);
  });

  test('tells each phase', () => {
    expect(messages({ node: direct, typha: typhaWith(1) })).toEqual([
      'TyphaTransition: switching on; calico-node stays as it is until 2 of 3 Typha are available',
    ]);
    const rolling = 'TyphaTransition: switching on; calico-node is being pointed at it node by node';
    expect(messages({ node: direct, typha: typhaWith(2) })).toEqual([rolling]);
    expect(messages({ node: nodeWith({ uses: true, updated: 1 }), typha: typhaWith(3) })).toEqual([rolling]);
    expect(messages({ node: pointed, typha: typhaWith(3) })).toEqual([]);
  });

  test('once on, a rollout for other reasons is no transition', () => {
    const record = { wanted: true, running: true };
    const facts = { node: nodeWith({ uses: true, updated: 1 }), typha: typhaWith(3), record };
    expect(next(facts)).toMatchObject({ waiting: [], status: { running: true } });
  });
});

describe('off', () => {
  test.each<[string, Partial<TyphaFacts>, Phase]>([
    ['calico-node first', { node: pointed, typha: typhaWith(3) }, deployedOnly],
    ['Typha is made again if it is gone too early', { node: pointed }, deployedOnly],
    [
      'it stays until the controller has seen the change',
      { node: nodeWith({ uses: false, observed: false }), typha: typhaWith(3) },
      deployedOnly,
    ],
    [
      'until every node runs without',
      { node: nodeWith({ uses: false, updated: 2 }), typha: typhaWith(3) },
      deployedOnly,
    ],
    [
      'with a surge until the pods before are gone',
      { node: nodeWith({ uses: false, available: 2, maxSurge: 1 }), typha: typhaWith(3) },
      deployedOnly,
    ],
    [
      'also if somebody removes it meanwhile',
      { node: nodeWith({ uses: false, updated: 2 }), record: { wanted: false, running: true } },
      deployedOnly,
    ],
    [
      'until every Windows node runs without',
      { node: direct, nodeWindows: nodeWith({ uses: false, updated: 2 }), typha: typhaWith(3) },
      deployedOnly,
    ],
    [
      'while Windows nodes that are left alone use it',
      { node: direct, nodeWindows: pointed, typha: typhaWith(3) },
      deployedOnly,
    ],
    ['while there is no calico-node to judge by', { typha: typhaWith(3) }, deployedOnly],
    ['then Typha', { node: direct, typha: typhaWith(3) }, neither],
    [
      'a pod that is not ready does not hold it',
      { node: nodeWith({ uses: false, available: 2, maxSurge: 0 }), typha: typhaWith(3) },
      neither,
    ],
    ['never there', {}, neither],
    ['never there, with a rollout under way', { node: nodeWith({ uses: false, updated: 1 }) }, neither],
  ])('%s', (_name, facts, phase) => {
    expect(next({ decision: off, ...facts }).phase).toEqual(phase);
  });

  test('tells that it is under way', () => {
    const text =
      'TyphaTransition: switching off; Typha stays until calico-node runs without it on every node';
    expect(messages({ decision: off, node: pointed, typha: typhaWith(3) })).toEqual([text]);
    expect(messages({ decision: off, node: direct, typha: typhaWith(3) })).toEqual([]);
  });

  test('and again on, before it is gone: no detour', () => {
    const node = nodeWith({ uses: false, updated: 1 });
    expect(next({ decision: on, node, typha: typhaWith(3), record: { wanted: false } }).phase).toEqual(both);
  });
});

describe('on a new cluster', () => {
  test('calico-node waits for the first Typha, so that it is not rolled right after', () => {
    expect(next({ typha: typhaWith(0), now: made + 20_000 })).toMatchObject({
      phase: deployedOnly,
      holds: { node: expect.stringMatching(/starts as soon as 2 of 3 Typha are available/) },
      changesIn: 100_000,
    });
    expect(next({})).toMatchObject({ holds: { node: expect.any(String) }, changesIn: 120_000 });
    expect(next({ typha: typhaWith(2) })).toMatchObject({ phase: both, holds: {} });
  });

  test.each<[string, Partial<TyphaFacts>]>([
    ['for ever', { typha: typhaWith(0), now: made + 120_000 }],
    ['for what cannot come', { decision: decisionWith({ hosts: 0, replicas: 1 }), typha: typhaWith(0) }],
  ])('but not %s', (_name, facts) => {
    expect(next(facts)).toMatchObject({ phase: deployedOnly, holds: {} });
  });
});

describe('taking over from another operator', () => {
  const record = { wanted: true, running: true };
  const leaving = decisionWith({ nodes: 3, belowSince: '2026-01-01T00:00:00Z', changesIn: 60_000 });
  const facts = { node: pointed, typha: typhaWith(2), nodeIsOurs: false, record };

  test('a switch that is off soon anyway comes together with the takeover: one rollout', () => {
    expect(next({ ...facts, decision: leaving })).toMatchObject({
      phase: both,
      holds: { node: expect.stringContaining('switched off at 2026-01-01T00:01:00Z') },
      changesIn: 60_000,
    });
    expect(next({ ...facts, decision: off })).toMatchObject({ phase: deployedOnly, holds: {} });
  });

  test.each<[string, Partial<TyphaFacts>]>([
    ['the switch stays on', { decision: on }],
    ['calico-node was taken over before', { decision: leaving, nodeIsOurs: true }],
    ['calico-node does not use Typha', { decision: leaving, node: direct }],
  ])('nothing waits when %s', (_name, changes) => {
    expect(next({ ...facts, ...changes }).holds).toEqual({});
  });

  test('what runs counts as running', () => {
    const { record: _, ...fresh } = facts;
    expect(next({ ...fresh, decision: leaving })).toMatchObject({ status: { running: true, wanted: true } });
  });
});

describe('where no node can run Typha', () => {
  const homeless = decisionWith({ hosts: 0, replicas: 1 });

  test('calico-node is left alone', () => {
    expect(next({ decision: homeless, node: direct, typha: typhaWith(0) })).toMatchObject({
      phase: deployedOnly,
      holds: {},
      homeless: true,
    });
  });

  test.each([true, false])('a Typha in use keeps what it has (wanted: %s)', (wanted) => {
    const facts = { decision: { ...homeless, wanted }, node: pointed, typha: typhaWith(3) };
    expect(next(facts)).toMatchObject({ holds: { typha: expect.any(String) }, homeless: wanted });
  });

  test('on an empty cluster nothing is wrong', () => {
    const empty = decisionWith({ mode: 'Always', hosts: 0, nodes: 0 });
    expect(next({ decision: empty, node: pointed, typha: typhaWith(0) })).toMatchObject({
      holds: {},
      homeless: false,
    });
  });
});

describe('status.typha', () => {
  const settled = { node: pointed, typha: typhaWith(3) };

  test('says what is, what shall be and where it changes', () => {
    expect(next(settled).status).toEqual({
      wanted: true,
      running: true,
      replicas: 3,
      nodes: 60,
      switchOnAbove: 50,
      switchOffBelow: 40,
    });
    const never = decisionWith({ mode: 'Never', wanted: false });
    expect(next({ decision: never }).status).toEqual({
      wanted: false,
      running: false,
      replicas: 0,
      nodes: 60,
    });
  });

  test('does not follow the number of nodes for its own sake', () => {
    const record = next(settled).status!;
    expect(next({ ...settled, decision: decisionWith({ nodes: 77 }), record }).status).toEqual(record);
    const more = decisionWith({ nodes: 400, replicas: 4 });
    expect(next({ ...settled, decision: more, record }).status).toMatchObject({ nodes: 400, replicas: 4 });
  });

  test('is left out where it would be lost, and no rollout passes for a switch then', () => {
    const rolling = { ...settled, node: nodeWith({ uses: true, updated: 1 }), remembers: false };
    expect(next(rolling)).not.toHaveProperty('status');
    expect(next(rolling).waiting).toEqual([]);
  });

  test('remembers since when there are fewer', () => {
    const record = next(settled).status!;
    const belowSince = '2026-01-01T00:00:00Z';
    const fewer = decisionWith({ nodes: 30, belowSince, changesIn: 1 });
    expect(next({ ...settled, decision: fewer, record }).status).toMatchObject({ belowSince, nodes: 30 });
  });
});
