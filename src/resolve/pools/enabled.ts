/** The ranges that pods get addresses from, whoever made them. */
import type { EnabledPool, ResolvedPool } from '../types.ts';
import type { ExistingPool } from './existing.ts';

/**
 * Resolved pools in the spec's order, then those of others by name. A pool of the operator's that is in the cluster but
 * not resolved is about to go and does not count; one that is only for Services or tunnels gives pods nothing, and one
 * that pods must name (`assignmentMode: Manual`) counts only where there is no other: to ask for an address of its
 * family for every pod would fail all that do not name it.
 */
export function enabledPools(
  resolved: readonly ResolvedPool[],
  managedElsewhere: boolean,
  existing: readonly ExistingPool[],
): readonly EnabledPool[] {
  const ours = resolved.filter(
    (pool) => !pool.disableNewAllocations && pool.allowedUses.includes('Workload'),
  );
  const ranges = resolved.map((pool) => pool.cidr);
  const others = existing.filter(
    (pool) => pool.servesPods && (managedElsewhere || !pool.owned) && !ranges.includes(pool.cidr.text),
  );
  const all = [
    ...ours,
    ...others.map(({ cidr, encapsulation, asSpec }) => ({
      cidr: cidr.text,
      family: cidr.family,
      encapsulation,
      assignmentMode: asSpec.assignmentMode,
    })),
  ];
  const automatic = all.filter((pool) => pool.assignmentMode !== 'Manual');
  return (automatic.length === 0 ? all : automatic).map(({ cidr, family, encapsulation }) => ({
    cidr,
    family,
    encapsulation,
  }));
}
