/** What holds of every spec, whatever it says. */
import type { KubeObject } from '../../src/api/kubernetes.ts';
import type { Refusal } from '../../src/api/refusal.ts';
import {
  admissionMistakes,
  judge,
  judgeStored,
  type Judgement,
  noPast,
  type Past,
  planMistakes,
  stableText,
  textOfObjects,
} from './judge.ts';
import { objectMistakes } from './kubernetes/object-mistakes.ts';
import { type Fields, isFields } from './leaves.ts';
import { type Random, type Scenario, shuffled } from './scenarios.ts';
import type { World } from './worlds.ts';

/** What playing scenarios has shown. */
export class Findings {
  specs = 0;
  readonly outcomes = { inadmissible: 0, refused: 0, rendered: 0 };
  /** Broken properties, each with the spec that broke it. */
  readonly broken: string[] = [];
  /** Fields whose frozen default another spec in between has moved. */
  readonly moved = new Set<string>();
  /** Refusals of what admission let through, with how often and an example each; by reason, field and problem. */
  readonly refusals = new Map<string, { count: number; readonly example: string }>();

  /** Notes that a property does not hold, once for each of the details. */
  expect(property: string, details: readonly string[], { name, world }: Scenario, spec: Fields): void {
    for (const detail of details)
      this.broken.push(
        `${property}: ${detail} (${name}; ${world.name}): ${JSON.stringify(spec).slice(0, 1500)}`,
      );
  }

  refuse(refusal: Refusal, spec: Fields): void {
    const key = describeRefusal(refusal);
    const known = this.refusals.get(key);
    if (known !== undefined) known.count += 1;
    else
      this.refusals.set(key, {
        count: 1,
        example: `${refusal.value ?? ''} in ${JSON.stringify(spec).slice(0, 300)}`,
      });
  }
}

/** Judges a spec for its refusals alone. */
export function noteRefusals(world: World, spec: Fields, findings: Findings): void {
  const judgement = judge(world, spec);
  findings.specs += 1;
  findings.outcomes[judgement.kind] += 1;
  if (judgement.kind === 'refused') for (const refusal of judgement.refusals) findings.refuse(refusal, spec);
}

/** A refusal without what differs from spec to spec. */
export function describeRefusal({ reason, field = '', problem, object }: Refusal): string {
  const place = field.replace(/\[[^\]]*\]/g, '[]');
  const what = problem.replaceAll(/[0-9][0-9a-f.:/]*/g, '#').replaceAll(/IPPool \S+/g, 'IPPool …');
  return `${reason} ${object} ${place}: ${what}`;
}

/** Plays a scenario on a fresh cluster and holds every step against the properties. */
export function play(scenario: Scenario, random: Random, findings: Findings): void {
  let past = noPast;
  const seen = new Map<Fields, Judgement>();
  for (const spec of scenario.specs) {
    findings.specs += 1;
    const judgement = attempt(scenario, spec, past, random, findings);
    if (judgement === undefined) continue;
    findings.outcomes[judgement.kind] += 1;
    const before = seen.get(spec);
    if (before?.kind === 'rendered') {
      const moved = movedDefaults(before, judgement);
      for (const path of moved) findings.moved.add(path);
      if (moved.length === 0)
        findings.expect('rolled back, it is as before', differences(before, judgement), scenario, spec);
    }
    seen.set(spec, judgement);
    if (judgement.kind === 'rendered') past = judgement.past;
  }
}

function attempt(
  scenario: Scenario,
  spec: Fields,
  past: Past,
  random: Random,
  findings: Findings,
): Judgement | undefined {
  try {
    const mistakes = admissionMistakes(spec);
    if (mistakes.length > 0) return { kind: 'inadmissible', mistakes };
    const judgement = judgeStored(scenario.world, spec, past);
    const again = judgeStored(scenario.world, shuffled(spec, random), past);
    findings.expect('order does not matter', differences(judgement, again), scenario, spec);
    if (judgement.kind === 'refused')
      for (const refusal of judgement.refusals) findings.refuse(refusal, spec);
    if (judgement.kind === 'rendered') inspect(judgement, scenario, spec, findings);
    return judgement;
  } catch (error) {
    findings.expect('it never throws', [String(error)], scenario, spec);
    return undefined;
  }
}

/**
 * Fields that the user leaves open and that another spec in between has moved for good, as a pool that stays in the
 * cluster, or a plugin that a later platform goes with as well. Empty: the two must ask for the same.
 */
function movedDefaults(before: Rendered, now: Judgement): readonly string[] {
  if (now.kind === 'refused')
    return now.refusals.every(({ reason }) => reason === 'UnsafeChangeRefused') ? ['(refused)'] : [];
  if (now.kind !== 'rendered') return [];
  const open = new Set([...before.resolved.defaulted, ...now.resolved.defaulted].map(outerField));
  return [...open].filter((path) => valueAt(before, path) !== valueAt(now, path));
}

/** The pool list as a whole; any other field as it is. */
const outerField = (path: string): string => path.replace(/^(calicoNetwork\.ipPools)\b.*/, '$1');

function valueAt({ resolved }: Rendered, path: string): string {
  const value = path
    .split('.')
    .reduce<unknown>((fields, name) => (isFields(fields) ? fields[name] : undefined), resolved.spec);
  return stableText(value ?? null);
}

type Rendered = Extract<Judgement, { kind: 'rendered' }>;

function inspect(judgement: Rendered, scenario: Scenario, spec: Fields, findings: Findings): void {
  findings.expect('all is created, once', planMistakes(judgement.desired), scenario, spec);
  for (const { object } of judgement.desired) {
    const name = `${object.kind} ${object.metadata.name}`;
    findings.expect(`Kubernetes takes ${name}`, knownMistakes(object), scenario, spec);
  }
  const next = judgeStored(scenario.world, spec, judgement.past);
  findings.expect('the next reconcile wants the same', differences(judgement, next), scenario, spec);
}

const inspected = new Map<string, readonly string[]>();

/** Most objects are the same for most specs. */
function knownMistakes(object: Rendered['desired'][number]['object']): readonly string[] {
  const text = JSON.stringify(object);
  const known = inspected.get(text);
  if (known !== undefined) return known;
  const mistakes = objectMistakes(object);
  inspected.set(text, mistakes);
  return mistakes;
}

/** In what two judgements differ; nothing if they ask for the same. Pools that left the list stay: they are history. */
function differences(one: Judgement, other: Judgement): readonly string[] {
  if (one.kind !== 'rendered' || other.kind !== 'rendered')
    return one.kind === other.kind
      ? []
      : [`${one.kind}, then ${other.kind}${reasonOf(one)}${reasonOf(other)}`];
  const [a, b] = [listed(one), listed(other)];
  if (
    a.length === b.length &&
    a.every((object, index) => JSON.stringify(object) === JSON.stringify(b[index]))
  )
    return [];
  const [before, after] = [textOfObjects(a), textOfObjects(b)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((key) => before.get(key) !== after.get(key))
    .map((key) => describeDifference(key, before.get(key) ?? '', after.get(key) ?? ''));
}

const reasonOf = (judgement: Judgement): string =>
  judgement.kind === 'refused' ? ` (${judgement.refusals.map(describeRefusal).join('; ')})` : '';

function describeDifference(key: string, before: string, after: string): string {
  let from = 0;
  while (from < before.length && before[from] === after[from]) from += 1;
  const start = Math.max(0, from - 60);
  return `${key}: …${before.slice(start, from + 120)}… then …${after.slice(start, from + 120)}…`;
}

function listed({ desired, resolved }: Rendered): readonly KubeObject[] {
  const names = new Set(resolved.pools.map(({ name }) => name));
  return desired
    .map(({ object }) => (object.kind === 'IPPool' ? withoutFalse(object) : object))
    .filter(({ kind, metadata }) => kind !== 'IPPool' || names.has(metadata.name));
}

/** A pool's field that is off means the same as none, and is written only where a pool has it. */
function withoutFalse(pool: KubeObject): KubeObject {
  const { spec = {} } = pool as KubeObject & { readonly spec?: object };
  const kept = Object.entries(spec).filter(([, value]) => value !== false);
  return { ...pool, spec: Object.fromEntries(kept) } as KubeObject;
}
