/**
 * Where Typha stands on its way on or off: make before break, both ways. Read from the cluster and `status.typha` alone,
 * so that it goes on wherever an operator that ended has left it. See docs/adr/0007-typha.md.
 */
import { reasons } from '../../../api/conditions.ts';
import type { InstallationStatus } from '../../../api/installation.ts';
import type { DaemonSet, Deployment } from '../../../api/kubernetes.ts';
import type { Phase } from '../../../render/types.ts';
import { isHomeless } from '../../../resolve/typha/decision.ts';
import type { TyphaDecision } from '../../../resolve/types.ts';
import type { Cause } from '../../../status/types.ts';
import { hasQuorum, isRolledOut, quorumOf, usesTypha } from './workloads.ts';

/** `status.typha`. */
export type TyphaStatus = NonNullable<InstallationStatus['typha']>;

/** What the next step is decided from. */
export interface TyphaFacts {
  readonly decision: TyphaDecision;
  /** DaemonSets calico-node and calico-node-windows, and Deployment calico-typha, as they are. */
  readonly node?: DaemonSet;
  readonly nodeWindows?: DaemonSet;
  readonly typha?: Deployment;
  /** calico-node was applied by us; false while it is as another operator left it. */
  readonly nodeIsOurs: boolean;
  /** `status.typha` as it was written last. */
  readonly record?: TyphaStatus;
  /** The API server keeps `status.typha`. */
  readonly remembers: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Workloads that are left as they are for now, or not made yet; and why. */
export interface Holds {
  readonly node?: string;
  readonly typha?: string;
}

/** The next step. */
export interface TyphaTransition {
  readonly phase: Phase;
  readonly holds: Holds;
  /** Absent where it would not be kept. */
  readonly status?: TyphaStatus;
  /** Empty when nothing is under way. */
  readonly waiting: readonly Cause[];
  /** Typha is wanted, and no node can run it. */
  readonly homeless: boolean;
  /** Milliseconds after which time alone makes another step. */
  readonly changesIn?: number;
}

/**
 * How long the first calico-node of a cluster waits for the first Typha, in milliseconds. Without waiting every node
 * would be rolled right after the installation; waiting for ever would leave pods without network.
 */
const startPatience = 120_000;

type Step = Pick<TyphaTransition, 'phase' | 'holds' | 'waiting' | 'changesIn'> & {
  readonly running: boolean;
};

/** The next step for the cluster as it is. Pure. */
export function typhaTransition(facts: TyphaFacts): TyphaTransition {
  const { decision, record, remembers } = facts;
  const { running, holds, ...step } = decision.wanted ? switchOn(facts) : switchOff(facts);
  return {
    ...step,
    holds: { ...holds, ...holdTypha(facts) },
    ...(remembers ? { status: statusOf(decision, step.phase, running, record) } : {}),
    homeless: decision.wanted && isHomeless(decision),
  };
}

/** Typha first. calico-node is pointed at it when a quorum is available; an outage later on does not take it off again. */
function switchOn(facts: TyphaFacts): Step {
  const { decision, node, typha, record, remembers } = facts;
  const used = usesTypha(node);
  const available = hasQuorum(typha, decision.replicas);
  const felixUsesTypha = used || available;
  // Without a record nobody knows whether a rollout is the transition's or any other.
  const running = used && (record?.running === true || !remembers || isRolledOut(node));
  const quorum = `${quorumOf(decision.replicas)} of ${decision.replicas} Typha are available`;
  const phase = { typhaDeployed: true, felixUsesTypha };
  const held = node === undefined ? holdStart(facts, available) : holdAdoption(facts, used);
  if (held !== undefined) {
    return {
      phase,
      running,
      holds: { node: held.text },
      waiting: [causeOf(held.text)],
      changesIn: held.changesIn,
    };
  }
  const under = felixUsesTypha
    ? 'calico-node is being pointed at it node by node'
    : `calico-node stays as it is until ${quorum}`;
  return {
    phase,
    running,
    holds: {},
    waiting: running ? [] : [causeOf(`TyphaTransition: switching on; ${under}`)],
  };
}

/** calico-node first, on Windows too. Typha goes when every node runs without it. */
function switchOff({ node, nodeWindows, typha, record }: TyphaFacts): Step {
  const agents = nodeWindows === undefined ? [node] : [node, nodeWindows];
  const wasThere = typha !== undefined || record?.running === true;
  const typhaDeployed = agents.some(usesTypha) || (wasThere && !agents.every(isRolledOut));
  const text = 'TyphaTransition: switching off; Typha stays until calico-node runs without it on every node';
  return {
    phase: { typhaDeployed, felixUsesTypha: false },
    running: typhaDeployed,
    holds: {},
    waiting: typhaDeployed ? [causeOf(text)] : [],
  };
}

interface Hold {
  readonly text: string;
  readonly changesIn: number;
}

/** On a new cluster Typha needs no network of ours, so that calico-node can start with it right away. */
function holdStart({ decision, typha, now }: TyphaFacts, available: boolean): Hold | undefined {
  if (available || isHomeless(decision)) return undefined;
  const made = Date.parse(typha?.metadata.creationTimestamp ?? '');
  const left = Number.isNaN(made) ? startPatience : made + startPatience - now;
  const text = `TyphaTransition: switching on; calico-node starts as soon as ${quorumOf(decision.replicas)} of ${decision.replicas} Typha are available, or without Typha ${startPatience / 60_000} minutes after it was deployed`;
  return left <= 0 ? undefined : { text, changesIn: left };
}

/** Taking over rolls calico-node, and so does switching off: where both are near, they become one. */
function holdAdoption({ decision, nodeIsOurs, now }: TyphaFacts, used: boolean): Hold | undefined {
  const { belowSince, changesIn } = decision;
  if (nodeIsOurs || !used || belowSince === undefined || changesIn === undefined) return undefined;
  const until = new Date(now + changesIn).toISOString().replace(/\.\d+Z$/, 'Z');
  const text = `TyphaTransition: calico-node stays as the operator before has left it until Typha is switched off at ${until}, so that its pods are replaced only once. Set spec.typha.mode to Never or Always to go on at once`;
  return { text, changesIn };
}

/** A change that no node could run would take away what runs. */
function holdTypha({ decision, node, typha }: TyphaFacts): Holds {
  return typha !== undefined && isHomeless(decision) && (usesTypha(node) || !isRolledOut(node))
    ? { typha: 'Deployment calico-system/calico-typha is left as it is while no node can run it' }
    : {};
}

function causeOf(message: string): Cause {
  return { reason: reasons.TyphaTransition, message };
}

/** Nodes come and go: their number is written only along with something else. */
function statusOf(
  decision: TyphaDecision,
  { typhaDeployed }: Phase,
  running: boolean,
  record: TyphaStatus | undefined,
): TyphaStatus {
  const { mode, wanted, replicas, switchOnAbove, switchOffBelow, belowSince } = decision;
  const { nodes: before, ...known } = record ?? {};
  const next = {
    wanted,
    running,
    replicas: typhaDeployed ? replicas : 0,
    ...(mode === 'Auto' ? { switchOnAbove, switchOffBelow } : {}),
    ...(belowSince === undefined ? {} : { belowSince }),
  };
  return { ...next, nodes: before !== undefined && isEqual(next, known) ? before : decision.nodes };
}

function isEqual(a: object, b: object): boolean {
  const sorted = (value: object): string => JSON.stringify(Object.entries(value).sort());
  return sorted(a) === sorted(b);
}
