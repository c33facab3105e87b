/**
 * Which pools of the cluster are the operator's. Every pod's address hangs on its pool, so that nothing is written where
 * there is doubt: pools of others are never touched, and no pool is ever deleted here.
 */
import type { IPPool } from '../../api/calico.ts';
import { reasons } from '../../api/conditions.ts';
import type { Refusal, Warning } from '../../api/refusal.ts';
import { type ExistingPool, poolOwner, readExistingPools } from '../../resolve/pools/existing.ts';
import type { Resolved, ResolvedPool } from '../../resolve/types.ts';
import { stableJson } from '../shared/hash.ts';

/** A pool of the operator's that the spec no longer lists. */
export interface LeftPool {
  readonly name: string;
  readonly cidr: string;
  /**
   * `disable`: it gives out no further addresses, those in use stay. `keep`: left as it is, because nothing else would
   * give pods addresses of its family, or because other pools of the spec are refused.
   */
  readonly action: 'disable' | 'keep';
}

/** Every pool of the cluster and of the spec, sorted out. */
export interface PoolOwnership {
  /** Pools of the spec to write: new ones, ours, and adopted ones. */
  readonly managed: readonly ResolvedPool[];
  /** Names of pools that somebody else made just as the spec has them: they become ours. */
  readonly adopted: readonly string[];
  readonly left: readonly LeftPool[];
  /** Pools of the spec that can't be written. What is in the cluster is not touched. */
  readonly refusals: readonly Refusal[];
  /** What status says about the pools that left. */
  readonly warnings: readonly Warning[];
}

type Verdict =
  | { readonly kind: 'write'; readonly adopted: boolean }
  | { readonly kind: 'refuse'; readonly refusal: Refusal };

/** Sorts out the live pools against the resolved ones. Pure; ranges are compared in canonical form. */
export function poolOwnership(live: readonly IPPool[], resolved: Resolved): PoolOwnership {
  const existing = readExistingPools(live);
  const verdicts = resolved.pools.map((pool, index) => ({ pool, verdict: judge(pool, index, existing) }));
  const written = verdicts.filter(({ verdict }) => verdict.kind === 'write');
  const refusals = verdicts.flatMap(({ verdict }) => (verdict.kind === 'refuse' ? [verdict.refusal] : []));
  const left = findLeft(existing, resolved, refusals.length > 0);
  return {
    managed: written.map(({ pool }) => pool),
    adopted: written.flatMap(({ pool, verdict }) =>
      verdict.kind === 'write' && verdict.adopted ? [pool.name] : [],
    ),
    left,
    refusals,
    warnings: left.map(explainLeft),
  };
}

function judge(pool: ResolvedPool, index: number, existing: readonly ExistingPool[]): Verdict {
  const sameRange = existing.find(({ cidr }) => cidr.text === pool.cidr);
  const sameName = existing.find(({ name }) => name === pool.name);
  if (sameName !== undefined && sameName !== sameRange) {
    return { kind: 'refuse', refusal: nameTaken(pool, index, sameName) };
  }
  if (sameRange === undefined) {
    return { kind: 'write', adopted: false };
  }
  if (sameRange.owned) {
    return sameName === undefined
      ? { kind: 'refuse', refusal: renamed(pool, index, sameRange) }
      : { kind: 'write', adopted: false };
  }
  const differing = differingFields(pool, sameRange);
  return differing.length === 0
    ? { kind: 'write', adopted: true }
    : { kind: 'refuse', refusal: foreign(pool, index, sameRange, differing) };
}

/** Fields of the spec's pool that the live one has otherwise. */
function differingFields(pool: ResolvedPool, { asSpec }: ExistingPool): readonly string[] {
  const { family: _family, allowedUses, ...fields } = pool;
  const scalars = Object.entries(fields).filter(
    ([field, value]) => asSpec[field as keyof typeof asSpec] !== value,
  );
  const sameUses = stableJson([...allowedUses].sort()) === stableJson([...(asSpec.allowedUses ?? [])].sort());
  return [...scalars.map(([field]) => field), ...(sameUses ? [] : ['allowedUses'])];
}

/**
 * When the spec lists no pools at all they are somebody else's, the operator's own from before included: only a list
 * that leaves one out takes it out of service.
 */
function findLeft(
  existing: readonly ExistingPool[],
  resolved: Resolved,
  refused: boolean,
): readonly LeftPool[] {
  if (resolved.poolsManagedElsewhere) return [];
  const listed = new Set(resolved.pools.map(({ cidr }) => cidr));
  return existing
    .filter(({ owned, cidr }) => owned && !listed.has(cidr.text))
    .map((pool) => {
      const replaced = resolved.enabledPools.some(({ family }) => family === pool.cidr.family);
      const action = !refused && (replaced || !pool.servesPods) ? ('disable' as const) : ('keep' as const);
      return { name: pool.name, cidr: pool.cidr.text, action };
    });
}

const place = (index: number, field: string) => ({
  object: 'Installation default',
  field: `spec.calicoNetwork.ipPools[${index}].${field}`,
});

const nameTaken = (pool: ResolvedPool, index: number, other: ExistingPool): Refusal => ({
  ...place(index, 'name'),
  reason: other.owned ? reasons.UnsafeChangeRefused : reasons.ForeignObject,
  value: pool.name,
  problem: `IPPool ${other.name} has the range ${other.cidr.text}, and the range of a pool never changes`,
  cure: `Give the pool for ${pool.cidr} a name of its own`,
});

const renamed = (pool: ResolvedPool, index: number, live: ExistingPool): Refusal => ({
  ...place(index, 'name'),
  reason: reasons.UnsafeChangeRefused,
  value: pool.name,
  problem: `the pool for ${pool.cidr} is IPPool ${live.name}, and a second one would give out the same addresses`,
  cure: `Set the name to ${live.name}`,
});

const foreign = (
  pool: ResolvedPool,
  index: number,
  live: ExistingPool,
  differing: readonly string[],
): Refusal => ({
  ...place(index, 'cidr'),
  reason: reasons.ForeignObject,
  value: pool.cidr,
  problem: `IPPool ${live.name} has this range, is not the operator's and differs in ${differing.join(', ')}`,
  cure:
    'Make the two equal, or leave the range out of the Installation, or hand the IPPool over with the label ' +
    `app.kubernetes.io/managed-by=${poolOwner}`,
});

const explainLeft = ({ name, cidr, action }: LeftPool): Warning => ({
  reason: reasons.ConfigurationWarning,
  object: `IPPool ${name}`,
  value: cidr,
  problem:
    action === 'disable'
      ? 'the Installation no longer lists it, so that it gives out no further addresses; those in use stay'
      : 'the Installation no longer lists it, but it stays in use while nothing can take its place',
  cure: 'List it again, or delete the IPPool once no pod has an address of it',
});
