/** The ranges that pods get addresses from, whoever made them. */
import type { EnabledPool, ResolvedPool } from '../types.ts';
import type { ExistingPool } from './existing.ts';

/**
 * Resolved pools in the spec's order, then those of others by name. A pool of the operator's that is in the cluster but
 * not resolved is about to go and does not count; one that is only for Services or tunnels gives pods nothing.
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
  return [
    ...ours.map(({ cidr, family, encapsulation }) => ({ cidr, family, encapsulation })),
    ...others.map(({ cidr, encapsulation }) => ({ cidr: cidr.text, family: cidr.family, encapsulation })),
  ];
}
