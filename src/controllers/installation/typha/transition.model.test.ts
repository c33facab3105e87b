/**
 * The transition played through: nodes come and go, pods roll one at a time, Typha becomes available and fails, and the
 * operator is killed between any two of its writes, in whatever order they go.
 */
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { replicasFor } from '../../../resolve/typha/decision.ts';
import { decideSwitch } from '../../../resolve/typha/switch.ts';
import { decisionWith, nodeWith, typhaWith } from './testing.ts';
import { type TyphaStatus, type TyphaTransition, typhaTransition } from './transition.ts';
import { quorumOf } from './workloads.ts';

const limits = { mode: 'Auto', switchOnAbove: 50, switchOffBelow: 40, switchOffAfter: 60_000 } as const;

type Event =
  | { readonly kind: 'nodes'; readonly count: number }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'typha up' | 'typha down' | 'observe' | 'roll' }
  /** A pass of the operator, which is killed after so many of its writes. */
  | { readonly kind: 'pass'; readonly writes: number; readonly order: number };

class Model {
  nodes = 3;
  now = Date.parse('2026-01-01T00:00:00Z');
  template = false;
  observed = true;
  /** Of each node, whether its pod uses Typha. */
  pods: boolean[] = [false, false, false];
  /** Available replicas; undefined without a Deployment. */
  typha: number | undefined;
  record: TyphaStatus | undefined;
  switches = 0;

  decide(): TyphaTransition {
    const present = this.typha !== undefined || this.template;
    const { belowSince, wanted } = this.record ?? {};
    const replicas = replicasFor(this.nodes);
    const decision = decideSwitch({
      ...limits,
      nodes: this.nodes,
      runs: wanted ?? present,
      remembers: true,
      now: this.now,
      ...(belowSince === undefined ? {} : { belowSince }),
    });
    const updated = this.pods.filter((uses) => uses === this.template).length;
    return typhaTransition({
      decision: decisionWith({ ...limits, nodes: this.nodes, replicas, ...decision }),
      node: nodeWith({ uses: this.template, pods: this.nodes, updated, observed: this.observed }),
      ...(this.typha === undefined ? {} : { typha: typhaWith(this.typha) }),
      nodeIsOurs: true,
      remembers: true,
      ...(this.record === undefined ? {} : { record: this.record }),
      now: this.now,
    });
  }

  /** The pass's writes: workloads in any order, then what is no longer wanted goes, then the status. */
  pass(writes = Infinity, order = 0): void {
    const { phase, status } = this.decide();
    const workloads = [
      () => this.#applyNode(phase.felixUsesTypha),
      () => this.#applyTypha(phase.typhaDeployed),
    ];
    if (order % 2 === 1) workloads.reverse();
    const all = [...workloads, () => this.#prune(phase.typhaDeployed), () => void (this.record = status)];
    for (const write of all.slice(0, writes)) write();
  }

  #applyNode(uses: boolean): void {
    if (uses === this.template) return;
    if (uses) expect(this.typha ?? 0).toBeGreaterThanOrEqual(quorumOf(replicasFor(this.nodes)));
    this.template = uses;
    this.observed = false;
    this.switches++;
  }

  #applyTypha(deployed: boolean): void {
    if (deployed) this.typha ??= 0;
  }

  #prune(deployed: boolean): void {
    if (deployed || this.typha === undefined) return;
    expect([this.template, ...this.pods]).not.toContain(true);
    this.typha = undefined;
  }

  play(event: Event): void {
    switch (event.kind) {
      case 'nodes':
        this.nodes = event.count;
        this.pods = Array.from({ length: this.nodes }, (_, i) => this.pods[i] ?? this.template);
        return;
      case 'wait':
        this.now += event.seconds * 1000;
        return;
      case 'typha up':
        if (this.typha !== undefined) this.typha = Math.min(this.typha + 1, replicasFor(this.nodes));
        return;
      case 'typha down':
        if (this.typha !== undefined) this.typha = Math.max(this.typha - 1, 0);
        return;
      case 'observe':
        this.observed = true;
        return;
      case 'roll': {
        const old = this.observed ? this.pods.indexOf(!this.template) : -1;
        if (old >= 0) this.pods[old] = this.template;
        return;
      }
      case 'pass':
        this.pass(event.writes, event.order);
        return;
    }
  }

  /** Everything that comes by itself comes, with an operator that nobody disturbs, in two hours. */
  settle(): void {
    for (let round = 0; round < 120; round++) {
      this.pass();
      this.play({ kind: 'observe' });
      for (let i = 0; i < 8; i++) this.play({ kind: 'typha up' });
      for (let i = 0; i < this.nodes; i++) this.play({ kind: 'roll' });
      this.play({ kind: 'wait', seconds: 60 });
    }
  }
}

const count = fc.oneof(fc.integer({ min: 1, max: 80 }), fc.constantFrom(39, 40, 50, 51));
const event: fc.Arbitrary<Event> = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant('nodes' as const), count }), weight: 2 },
  {
    arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 90 }) }),
    weight: 2,
  },
  {
    arbitrary: fc.record({ kind: fc.constantFrom('typha up', 'typha up', 'typha down', 'observe', 'roll') }),
    weight: 6,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      writes: fc.integer({ min: 0, max: 4 }),
      order: fc.integer({ min: 0, max: 1 }),
    }),
    weight: 5,
  },
);

test('calico-node is never pointed at a Typha that is not there, and any interruption ends in the same state', () => {
  const last = fc.oneof(fc.integer({ min: 1, max: 39 }), fc.integer({ min: 51, max: 80 }));
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), last, (events, nodes) => {
      const model = new Model();
      for (const each of events) model.play(each);
      model.play({ kind: 'nodes', count: nodes });
      model.settle();
      const on = nodes > limits.switchOnAbove;
      expect(new Set(model.pods)).toEqual(new Set([on]));
      expect(model.typha).toBe(on ? replicasFor(nodes) : undefined);
      expect(model.record).toMatchObject({ wanted: on, running: on });
      expect(model.decide().waiting).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test('from 49 to 51 nodes and back, again and again within the time: one switch', () => {
  const model = new Model();
  for (const nodes of [49, 51, 49, 51, 49, 51]) {
    model.play({ kind: 'nodes', count: nodes });
    for (let i = 0; i < 5; i++) {
      model.pass();
      for (const kind of ['typha up', 'typha up', 'observe', 'roll'] as const) model.play({ kind });
      model.play({ kind: 'wait', seconds: 10 });
    }
  }
  expect(model.switches).toBe(1);
});
