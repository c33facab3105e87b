/** What the campaign plays: specs, one after the other, on one cluster. */
import { schemaOf } from '../reference/admission/schemas.ts';
import { admissionMistakes, judge } from './judge.ts';
import { type Fields, isFields, type Leaf, leavesOf, withLeaf, withoutLeaf } from './leaves.ts';
import { companionsOf } from './companions.ts';
import { misfits } from './misfits.ts';
import { lists, valuesOf } from './values.ts';
import { type World, worlds } from './worlds.ts';

/** Specs that a user sets one after the other. */
export interface Scenario {
  readonly name: string;
  readonly world: World;
  readonly specs: readonly Fields[];
}

/** Chance from 0 to 1. */
export type Random = () => number;

/** Every setting of the Installation. */
export const leaves: readonly Leaf[] = leavesOf(schemaOf('Installation').properties?.['spec'] ?? {});

/** Overrides do the same on every platform; where Windows or a signer is on there is more to override. */
const overrideWorlds = ['plain with Typha', 'certificates by a signer', 'Windows'];

/** Worlds that a setting may have an effect in. */
export function worldsFor({ path }: Leaf): readonly World[] {
  const isOverride = /^(calico|csi|typha)\w*(DaemonSet|Deployment|Affinity)\./.test(path);
  return isOverride ? worlds.filter(({ name }) => overrideWorlds.includes(name)) : worlds;
}

const specOf = ({ spec }: World): Fields => spec;

/** The user's spec of a world with one setting. */
export function specWith(world: World, leaf: Leaf, value: unknown): Fields {
  return withLeaf(specOf(world), leaf, value, companionsOf);
}

/** The same without the setting, but with what stood beside it. */
export function specBeside(world: World, leaf: Leaf): Fields {
  return withoutLeaf(specWith(world, leaf, valuesOf(leaf).good[0]), leaf);
}

/** A setting off, on, changed, deleted and rolled back; then every wrong value of it, each followed by a good one. */
export function scenarioOf(leaf: Leaf): Scenario {
  const { good, odd } = valuesOf(leaf);
  const isTaken = (value: unknown) => (world: World) =>
    judge(world, specWith(world, leaf, value)).kind === 'rendered';
  const candidates = worldsFor(leaf);
  const world =
    candidates.find((each) => good.slice(0, 2).every((value) => isTaken(value)(each))) ?? candidates[0];
  if (world === undefined) throw new Error(`no world for ${leaf.path}`);
  const off = specOf(world);
  const [on, changed = on] = good.map((value) => specWith(world, leaf, value));
  const deleted = specBeside(world, leaf);
  const wrong = odd.flatMap((value) => [specWith(world, leaf, value), on ?? off]);
  const further = good.slice(2).map((value) => specWith(world, leaf, value));
  return {
    name: leaf.path,
    world,
    specs: [off, on ?? off, changed ?? off, deleted, on ?? off, off, ...further, ...wrong],
  };
}

/** What works the same on every kind of cluster: overrides, and how pods are placed. */
const isOfPods = ({ path }: Leaf): boolean =>
  /^(calico|csi|typha)\w*(DaemonSet|Deployment|Affinity)\b|^componentResources|olerations|NodeSelector/.test(
    path,
  );

/** A spec on a kind of cluster. */
interface Crossing {
  readonly world: World;
  readonly spec: Fields;
}

/**
 * Every value of every other setting in every world, as what suits one cluster is wrong on another; and what does not go
 * together.
 */
export function crossings(): readonly Crossing[] {
  const settings = leaves.filter((leaf) => !isOfPods(leaf));
  return worlds.flatMap((world, index): readonly Crossing[] => [
    ...settings.flatMap((leaf) => {
      const { good, odd } = valuesOf(leaf);
      return [...good, ...odd].map((value) => ({ world, spec: specWith(world, leaf, value) }));
    }),
    ...(index === 0 ? misfits : []).map((misfit) => ({ world, spec: merge(specOf(world), misfit) })),
  ]);
}

/** What stands in every override alike: looked at closely in one of them. */
export function isRepeated({ path }: Leaf): boolean {
  const inOverride = /^(csi|typhaDep|calicoKube|calicoNodeWindows)\w*\./.test(path);
  return (
    inOverride &&
    /\.(affinity|tolerations|volumes|env|volumeMounts|resources|metadata|topology\w*)[.[{]/.test(path)
  );
}

/** Several settings at once, some of them wrong, then a change and its undoing. */
export function randomScenario(random: Random): Scenario {
  const world = pick(worlds, random);
  const count = 1 + Math.floor(random() * 6);
  let first = specOf(world);
  for (let index = 0; index < count; index += 1) first = set(first, random);
  const second = set(first, random);
  return { name: `${count} settings`, world, specs: [first, second, first] };
}

/** One more setting; mostly one that is right and goes with the others. */
function set(spec: Fields, random: Random): Fields {
  if (random() < 0.12) return withLeafAndValue(spec, 'odd', random);
  const attempts = Array.from({ length: 4 }, () => withLeafAndValue(spec, 'good', random));
  return attempts.find((attempt) => admissionMistakes(attempt).length === 0) ?? spec;
}

function withLeafAndValue(spec: Fields, kind: 'good' | 'odd', random: Random): Fields {
  if (kind === 'good' && random() < 0.2) return merge(spec, pick(lists, random));
  const leaf = pick(pick(leavesByField, random), random);
  return withLeaf(spec, leaf, pick(valuesOf(leaf)[kind], random), companionsOf);
}

function merge(spec: Fields, more: Fields): Fields {
  const merged = Object.entries(more).map(([name, value]): [string, unknown] => {
    const below = spec[name];
    return [name, isFields(below) && isFields(value) ? merge(below, value) : value];
  });
  return { ...spec, ...Object.fromEntries(merged) };
}

/** By field of the spec or of calicoNetwork, so that the many settings of affinities do not drown the others. */
const leavesByField: readonly (readonly Leaf[])[] = [
  ...Map.groupBy(leaves, ({ path }) =>
    path
      .split(/[.[{]/)
      .slice(0, path.startsWith('calicoNetwork') ? 2 : 1)
      .join('.'),
  ).values(),
];

function pick<T>(items: readonly T[], random: Random): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

/** The same spec, with the keys of every map and the entries of every list without order in another order. */
export function shuffled(spec: Fields, random: Random): Fields {
  const network = spec['calicoNetwork'];
  const onWindows = isFields(network) && network['windowsDataplane'] === 'HNS';
  return shuffle(spec, '', random, onWindows ? unorderedOnWindows : unordered) as Fields;
}

/** Lists of the schema whose order says nothing. */
const unordered: ReadonlySet<string> = new Set(
  leavesAndLists(schemaOf('Installation').properties?.['spec'] ?? {}, ''),
);

/** The first IPv4 pool is the one that Windows nodes use. */
const unorderedOnWindows: ReadonlySet<string> = new Set(
  [...unordered].filter((path) => path !== '.calicoNetwork.ipPools'),
);

function leavesAndLists(schema: ReturnType<typeof schemaOf>, path: string): readonly string[] {
  // Variables may refer to earlier ones, so that their order says something, though no two have the same name.
  const isFree = ['set', 'map'].includes(schema['x-kubernetes-list-type'] ?? '') && !path.endsWith('.env');
  const own = isFree ? [path] : [];
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    leavesAndLists(field, `${path}.${name}`),
  );
  return [
    ...own,
    ...fields,
    ...(schema.items === undefined ? [] : leavesAndLists(schema.items, `${path}[]`)),
  ];
}

function shuffle(value: unknown, path: string, random: Random, free: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => shuffle(item, `${path}[]`, random, free));
    return free.has(path) ? inAnyOrder(items, random) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(
    ([key, item]) => [key, shuffle(item, `${path}.${key}`, random, free)] as const,
  );
  return Object.fromEntries(inAnyOrder(entries, random));
}

function inAnyOrder<T>(items: readonly T[], random: Random): readonly T[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
